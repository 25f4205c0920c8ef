"""What every resource of every source promises, each as a check that fails where the promise is broken.

A check takes a bench: a resource, and desks at which it is asked. It is written against what a walk declares, so that a
new resource is put to every one of them by being listed. What a provider cannot do stands in `Walk.cannot` with its
reason; the check then holds the resource to what is left of the promise.
"""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, get_args, get_origin

import yaml
from annotated_types import Ge, Le
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from leadhouse.catalogue import SOURCES, Source
from sources.landing import columns, put_together
from sources.metered import Period, StopKind, price
from sources.paging import Incremental, Refresh, UntilDone, Walk
from tests.desk import CREDIT_PER_RECORD, Desk, Kept, Resource, Visit, charges, first_question, settings
from tests.house import DAYS, PROJECT

DAY_LATER = timedelta(days=2)
LATER_DAY = DAYS[2]
FAR_FUTURE = timedelta(days=365 * 70)
BETWEEN_REFRESHES = timedelta(days=60)


class Broken(AssertionError):
    """A promise does not hold; the message begins with its name."""


@dataclass
class Bench:
    """A resource under test.

    Args:
        new_desk: makes a desk with an empty state and empty books; takes `changes`.
        source: another source than the catalogue's of that name.
        reader: who makes raw rows of an answer, where it is not the house's own.
    """

    resource: Resource
    new_desk: Callable[..., Desk]
    source: Source | None = None
    more: Mapping[str, Any] = field(default_factory=dict)

    def desk(self, at: datetime | None = None, day: str | None = None, **changes: Any) -> Desk:
        """A desk that knows nothing yet.

        Args:
            at: its clock before the first sync.
            day: the provider's day.
            changes: settings of the source by dotted key, with `__` for the dot.
        """
        chosen = {f"sources.{self.resource.source}.{name}": value for name, value in changes.items()}
        desk = self.new_desk(self.resource, changes=chosen, source=self.source, **self.more)
        if at is not None:
            desk.now = at
        if day is not None:
            desk.town.move_to(day)
        return desk

    def desk_beside(self, other: Desk) -> Visit:
        """What is there now, after what happened at another desk: its books and faults stay as they are."""
        folder = other.folder / f"beside-{other.now:%H}"
        folder.mkdir()
        fresh = Desk(self.resource, other.town, folder, other.pauses, other.changes, self.source)
        visit = fresh.sync()
        fresh.close()
        return visit

    @cached_property
    def walk(self) -> Walk:
        source = self.source or SOURCES[self.resource.source]
        walks = source.walks(settings(self.resource.account))
        return next(walk for walk in walks if walk.resource == self.resource.name)

    @cached_property
    def whole(self) -> Visit:
        """Everything there is on the first day."""
        return complete(self.desk().sync(), "full read")


def hold(promise: str, kept: bool, found: object = "") -> None:
    """Says which promise is broken."""
    if not kept:
        raise Broken(f"{promise}: {found}"[:1500])


def complete(visit: Visit, promise: str) -> Visit:
    hold(promise, visit.stops == {}, f"it was to be read to its end without a word: {visit.stops}")
    hold(promise, visit.proven, f"its window was to be complete: {visit.state.get('window')}")
    return visit


def same(promise: str, found: Iterable[Kept], expected: Iterable[Kept], what: str) -> None:
    """The same records, each as often."""
    missing, extra = Counter(expected), Counter(found)
    missing, extra = missing - Counter(found), extra - Counter(expected)
    hold(
        promise, not missing and not extra,
        f"{what}: {missing.total()} missing, {extra.total()} too many, "
        f"e.g. {[one.key for one in (*missing, *extra)][:3]}",
    )  # fmt: skip


def records(kept: Iterable[Kept]) -> list[dict[str, Any]]:
    """The canonical records."""
    return [json.loads(one.record) for one in kept if one.record is not None]


def pages_needed(number: int, size: int) -> int:
    """Requests that so many records take where a total or a last page says where the end is."""
    return max(1, -(-number // size))


# -- time -------------------------------------------------------------------------------------------------------------


def moment(walk: Walk, kept: Kept) -> datetime:
    """When a record says it belongs, by what its windows go by."""
    value: Any = json.loads(kept.record or "null")
    for step in walk.goes_by.split("."):
        value = (value or {}).get(step)
    hold("schema", isinstance(value, str), f"a record has no {walk.goes_by}, by which its windows go")
    return datetime.fromisoformat(value).replace(tzinfo=None)


def within(walk: Walk, kept: Kept, begins: datetime | None, ends: datetime | None) -> bool:
    """Whether a record lies in a period, both ends included; of a day any moment will do."""
    at = moment(walk, kept)
    is_day = at == at.replace(hour=0, minute=0, second=0) and len(_text(walk, kept)) == 10
    first = begins and (begins.replace(hour=0, minute=0, second=0) if is_day else begins)
    return (first is None or at >= first) and (ends is None or at <= ends)


def _text(walk: Walk, kept: Kept) -> str:
    value: Any = json.loads(kept.record or "null")
    for step in walk.goes_by.split("."):
        value = value[step]
    return str(value)


# -- the promises -----------------------------------------------------------------------------------------------------


RESTS = (Refresh, UntilDone)
"""Schedules by which what was read whole is not asked for in the next sync."""


def check_schema(bench: Bench) -> None:
    """Every record has a key and is read without a surprise; every declared field comes, and is described in staging."""
    promise, entity = "schema", bench.desk().entity
    found = complete(bench.desk(**_fullest(bench.walk)).sync(), promise)
    hold(promise, bool(found.kept), "the sandbox has a record to show")
    for one in found.kept:
        hold(promise, one.record is not None, f"{one.key} could not be read")
        hold(promise, bool(one.key) and not one.key.startswith("weak:"), "a record has no key of its own")
    for findings in found.findings:
        hold(promise, not findings.drift, f"the sandbox sends what is not declared: {findings.drift}")
    declared = list(columns(entity.model))
    filled = records(found.kept)
    empty = [".".join(one.path) for one in declared if not any(_is_filled(record, one.path) for record in filled)]
    hold(promise, not empty or "filled" in bench.walk.cannot, f"declared, and never filled: {empty}")
    described = staging_of(bench.resource.source, entity.name)
    for column in declared:
        name = f"stg_{bench.resource.source}__{entity.name}" + (f"__{column.name}" if column.is_list else "")
        fields = described.get(name, {})
        wanted = [column.name] if not column.is_list else list(fields)
        hold(
            promise,
            bool(wanted) and all(fields.get(one) for one in wanted),
            f"staging describes {column.name} ({name})",
        )
    plain = {one.name for one in declared if not one.is_list}
    ours = {name for name in described[f"stg_{bench.resource.source}__{entity.name}"] if not name.startswith("_")}
    hold(promise, ours - {"record_key", "unknown_fields"} <= plain, f"staging has what no record has: {ours - plain}")


def _fullest(walk: Walk) -> dict[str, Any]:
    """The setting by which a search shows all that can be bought."""
    key = f"{walk.page_size.removesuffix('page_size')}data"
    return {key: ["profile", "emails", "phones", "company"]} if walk.entity.startswith("search_") else {}


def _is_filled(record: Any, path: tuple[str, ...]) -> bool:
    if isinstance(record, list):
        return any(_is_filled(one, path) for one in record)
    if not path:
        return record not in (None, "", [], {})
    return isinstance(record, dict) and _is_filled(record.get(path[0]), path[1:])


def staging_of(source: str, entity: str) -> dict[str, dict[str, str]]:
    """Model -> column -> description, of the staging of an entity."""
    file = PROJECT / "dbt_project" / "models" / "staging" / source / f"_{source}__models.yml"
    models = yaml.safe_load(file.read_text())["models"]
    stem = f"stg_{source}__{entity}"
    return {
        model["name"]: {column["name"]: column.get("description", "") for column in model["columns"]}
        for model in models
        if model["name"] == stem or model["name"].startswith(f"{stem}__")
    }


def check_full_read(bench: Bench) -> None:
    """Read twice from nothing, it holds the same records."""
    again = complete(bench.desk().sync(), "full read")
    same("full read", again.kept, bench.whole.kept, "a second reading")
    hold("full read", len({one.key for one in again.kept}) == len(again.kept), "a record came twice")


def check_incremental(bench: Bench) -> None:
    """What is new is asked for alone: nothing older than the watermark less its overlap, and all that is newer."""
    promise, walk = "incremental", bench.walk
    desk = bench.desk()
    complete(desk.sync(), promise)
    watermark = datetime.fromisoformat(desk.state["watermark"])
    desk.town.move_to(LATER_DAY)
    second = desk.sync(after=DAY_LATER)
    now = desk.now
    if "incremental" in walk.cannot:
        if isinstance(walk.schedule, RESTS):
            hold(
                promise,
                second.rows == [],
                "what was read whole is not asked for again, at least within its refresh interval",
            )
            return
        complete(second, promise)
        everything = bench.desk(now - timedelta(hours=1), LATER_DAY).sync()
        same(promise, second.kept, everything.kept, "what is read whole is read whole every day")
        return
    complete(second, promise)
    assert isinstance(walk.schedule, Incremental)
    begins = watermark - walk.schedule.overlap
    everything = complete(bench.desk(now - timedelta(hours=1), LATER_DAY).sync(), promise)
    hold(promise, len(everything.kept) > len(second.kept), "a day's reading is less than all there is")
    older = [one.key for one in second.kept if not within(walk, one, begins, None)]
    hold(promise, not older, f"{len(older)} record(s) are older than {begins}, e.g. {older[:3]}")
    # What the sandbox dates later on that very day cannot have been there yet.
    missed = {one for one in everything.kept if begins < moment(walk, one) <= now} - set(second.kept)
    hold(promise, not missed, f"{len(missed)} new record(s) were not read, e.g. {[one.key for one in missed][:3]}")


CHANGES: tuple[tuple[str, int], ...] = (
    ("insert_front", 1),
    ("insert_back", 1),
    ("update", 1),
    ("remove", 1),
    ("remove", 3),
)
"""What may happen to a result between two of its pages, and to how many records."""


def check_changes(bench: Bench) -> None:
    """What happens to a result between two pages costs no other record, or is noticed, said, and healed."""
    promise, walk = "changes", bench.walk
    pages = len(bench.whole.pages)
    if pages == 1 or walk.reads_meter:
        hold(promise, "changes" in walk.cannot, "what has one page cannot change while it is read, and says so")
        return
    for what, by in CHANGES:
        for skip in sorted({1, pages - 1}):
            desk = bench.desk()
            desk.order({"kind": "change", "what": what, "by": by, "skip": skip})
            first = desk.sync()
            there = bench.desk_beside(desk)
            name = f"{what} of {by} before page {skip + 1}"
            stop = first.stop()
            if stop is None:
                hold(promise, first.proven, f"{name}: no word, and not complete")
                missing = {one.key for one in there.kept if one.key not in _newcomers(there, bench)} - _keys(first)
                tells_total = any(walk.forecast.total(document) is not None for document in first.documents)
                if missing and what == "remove" and not tells_total:
                    # Pages by number, and no word of how many there are: nothing shows that one moved up.
                    missing -= _keys(desk.sync(after=BETWEEN_REFRESHES))
                hold(promise, not missing, f"{name}: {len(missing)} record(s) missing without a word")
                continue
            hold(promise, stop.kind is StopKind.SHIFTED, f"{name}: {stop}")
            hold(promise, not first.proven, f"{name}: said, and yet taken for complete")
            healed = desk.sync(after=BETWEEN_REFRESHES) if "changes" in walk.cannot else desk.sync()
            hold(promise, healed.stops == {} and healed.proven, f"{name}: the next reading is complete: {healed.stops}")
            missing = _keys(there) - _keys(first) - _keys(healed)
            hold(promise, not missing, f"{name}: {len(missing)} record(s) still missing after the next reading")


def _keys(visit: Visit) -> set[str]:
    return {one.key for one in visit.kept}


def _newcomers(visit: Visit, bench: Bench) -> set[str]:
    """Who came while it was read; whether a reader still meets them is the provider's affair."""
    return _keys(visit) - _keys(bench.whole)


def check_empty_day(bench: Bench) -> None:
    """A day on which nothing happened costs its first page at most."""
    promise, walk = "empty day", bench.walk
    desk = bench.desk()
    complete(desk.sync(), promise)
    sent, charged = desk.sent(), desk.charged()
    second = desk.sync(after=timedelta(days=1))
    requests = desk.sent() - sent
    if isinstance(walk.schedule, RESTS):
        hold(promise, requests == 0 and desk.charged() == charged, f"{requests} requests within the refresh interval")
    elif "incremental" in walk.cannot:
        hold(promise, requests == len(bench.whole.pages), f"{requests} requests for what is read whole")
    else:
        complete(second, promise)
        hold(promise, requests == 1, f"{requests} requests")
        question = first_question(walk)
        units = {unit: min(number, max(bench.whole.pages)) for unit, number in question.at_most.items()}
        most = price(desk.provider.prices, question.operation, units)
        bought = {kind: round(desk.charged()[kind] - charged.get(kind, 0), 6) for kind in desk.charged()}
        hold(promise, all(credits <= most.get(kind, 0) + 1e-6 for kind, credits in bought.items()), f"it cost {bought}")


def check_states(bench: Bench) -> None:
    """From wherever a sync stopped, the next one reads exactly the rest; a state from the far future asks for nothing."""
    promise = "states"
    steps = len(bench.whole.pages)
    for after in range(1, steps):
        desk = bench.desk()
        first = desk.sync(answers_per_round=after)
        hold(promise, len(first.pages) == after and not first.proven, f"it stops after {after} answers")
        # The same day: what it was asked for is what was asked for.
        rest = desk.sync(after=timedelta(0))
        hold(promise, rest.stops == {}, f"the rest after {after} answers is read: {rest.stops}")
        same(
            promise,
            [*first.kept, *rest.kept][: len(bench.whole.kept)],
            bench.whole.kept,
            f"stopped after {after} answers",
        )
        if "freshness" not in bench.walk.cannot and isinstance(bench.walk.schedule, RESTS):
            hold(promise, desk.sent() == steps, f"{desk.sent()} requests for {steps} pages, stopped after {after}")
    desk = bench.desk()
    complete(desk.sync(after=FAR_FUTURE), promise)
    desk.now -= FAR_FUTURE
    sent = desk.sent()
    now = desk.sync()
    if "freshness" in bench.walk.cannot:
        same(promise, now.kept, bench.whole.kept, "what is read in every sync, from a state of the far future")
        return
    hold(promise, desk.sent() == sent and now.kept == [], "a state from the far future asks for nothing")
    stop = now.stop()
    hold(promise, stop is not None and stop.kind is StopKind.AHEAD, f"and says so: {now.stops}")


def check_backfill(bench: Bench) -> None:
    """A period read on request holds what lies in it, both ends included, and equals the same period read as new."""
    promise, walk = "backfill", bench.walk
    if "backfill" in walk.cannot:
        desk = bench.desk()
        visit = desk.sync(backfill=Period(datetime(2025, 1, 1), datetime(2025, 7, 1)))
        hold(promise, (visit.rows, visit.kept, desk.sent()) == ([], [], 0), "what knows no period is not asked for one")
        return
    whole = sorted(bench.whole.kept, key=lambda one: moment(walk, one))
    moments = [moment(walk, one) for one in whole]
    middle = moments[len(moments) // 2]
    periods = [
        Period(None, middle), Period(middle, None), Period(middle, middle), Period(moments[0], moments[-1]),
        Period(moments[len(moments) // 4], moments[3 * len(moments) // 4]), Period(datetime(1990, 1, 1), datetime(1990, 2, 1)),
    ]  # fmt: skip
    desk = bench.desk()
    complete(desk.sync(), promise)
    before = {name: value for name, value in desk.state.items() if name in ("watermark", "window", "full_at")}
    for period in periods:
        visit = desk.sync(backfill=period)
        hold(promise, visit.stops == {}, f"{period} is read to its end: {visit.stops}")
        expected = [one for one in whole if within(walk, one, period.begins, period.ends)]
        same(promise, visit.kept, expected, f"the period {period}")
        if period.begins is not None:
            other = bench.desk((period.ends or desk.now) - timedelta(hours=1))
            other.walk = replace(other.walk, schedule=Incremental(timedelta(0), period.begins))
            same(promise, complete(other.sync(), promise).kept, expected, f"{period} as if it were new")
    after = {name: value for name, value in desk.state.items() if name in before}
    hold(promise, after == before, "no watermark moves")
    stopped = bench.desk()
    first = stopped.sync(backfill=periods[3], answers_per_round=1)
    rest = stopped.sync(backfill=periods[3])
    same(promise, [*first.kept, *rest.kept], whole, "a backfill that was stopped and goes on")
    hold(
        promise,
        stopped.sent() == len(bench.whole.pages),
        f"{stopped.sent()} requests for {len(bench.whole.pages)} pages",
    )


def check_pages(bench: Bench) -> None:
    """Pages of one record, of the default and of the greatest number hold the same, in as many requests as that takes."""
    promise, walk = "pages", bench.walk
    whole = bench.whole
    if not walk.page_size:
        hold(promise, "page_size" in walk.cannot, "it has pages of a size one can set, or says why not")
        size = max(whole.pages)
        if len(whole.pages) > 1 and isinstance(walk.schedule, RESTS):
            hold(promise, len(whole.pages) == pages_needed(len(whole.kept), size), f"{len(whole.pages)} requests")
        return
    info = setting(bench.resource.source, walk.page_size)
    smallest = next(one.ge for one in info.metadata if isinstance(one, Ge))
    largest = next(one.le for one in info.metadata if isinstance(one, Le))
    for size in dict.fromkeys((smallest, info.default, largest)):
        desk = bench.desk(**{walk.page_size: size})
        visit = complete(desk.sync(), promise)
        same(promise, visit.kept, whole.kept, f"pages of {size}")
        # A provider may give fewer at once than it is asked for, and says so by its first page.
        needed = pages_needed(len(whole.kept), min(int(size), max(visit.pages)))
        hold(promise, desk.sent() == needed, f"pages of {size}: {desk.sent()} requests, {needed} needed")


def setting(source: str, key: str) -> FieldInfo:
    """The declaration of a configuration key below a source."""
    model: type[BaseModel] = type(getattr(settings("free").sources, source))
    *above, name = key.split(".")
    for step in above:
        if step not in model.model_fields:
            continue  # The name of a saved search.
        inner = model.model_fields[step].annotation
        inner = get_args(inner)[1] if get_origin(inner) is dict else inner
        assert isinstance(inner, type)
        model = inner
    return model.model_fields[name]


def check_money(bench: Bench) -> None:
    """What the provider charges is what the price list says and what the ledger has; what is fresh is not bought again."""
    promise, walk = "money", bench.walk
    desk = bench.desk()
    first = complete(desk.sync(), promise)
    charged = desk.charged()
    hold(promise, charged == desk.spent(), f"charged {charged}, in the ledger {desk.spent()}")
    hold(promise, bool(charged) == desk.paid, f"charged {charged}")
    kinds = charges().get(bench.resource.source, {}).get(desk.operation)
    if desk.paid and kinds:
        of_all = round(len(first.kept) * CREDIT_PER_RECORD, 6)
        hold(
            promise, charged == dict.fromkeys(kinds, of_all), f"{len(first.kept)} records cost {charged}, not {of_all}"
        )
    second = desk.sync()
    again = {kind: round(credits - charged.get(kind, 0), 6) for kind, credits in desk.charged().items()}
    hold(promise, desk.charged() == desk.spent(), f"charged {desk.charged()}, in the ledger {desk.spent()}")
    if isinstance(walk.schedule, RESTS):
        hold(promise, second.rows == [] and not any(again.values()), f"what is fresh was bought again: {again}")
    elif "freshness" not in walk.cannot and desk.paid:
        if kinds:
            overlap = round(len(second.kept) * CREDIT_PER_RECORD, 6)
            hold(promise, set(again.values()) <= {overlap, 0.0}, f"{len(second.kept)} records of overlap cost {again}")
        hold(promise, len(second.kept) < len(first.kept), "all of it was bought again")
    if desk.paid:
        check_lost_answer(bench)


def check_lost_answer(bench: Bench) -> None:
    """A paid request whose answer was lost is repeated only as far as the configuration risks credits for it."""
    promise = "money"
    for risked, requests in ((0.0, 1), (1e6, 2)):
        desk = bench.desk()
        desk.order({"kind": "reset", "times": 1})
        visit = desk.sync(repeat_unknown_up_to=risked)
        sent = desk.sent() - max(len(visit.pages) - 1, 0)
        hold(promise, sent == requests, f"{sent} requests for a lost answer, with {risked:g} credits to risk")
        hold(promise, "unknown" in visit.disturbed(), f"the lost request is unknown in the ledger: {visit.disturbed()}")
        charged, known = desk.charged(), desk.spent()
        hold(
            promise,
            all(credits <= known.get(kind, 0) for kind, credits in charged.items()),
            f"{charged}, known {known}",
        )


def check_lossless(bench: Bench) -> None:
    """Every answer is put together again from raw, and is the same JSON, digit for digit, or the same table, cell for cell."""
    reads = bench.desk().entity.reads
    for landed in bench.whole.answers:
        try:
            whole = put_together(landed.envelope, landed.payloads)
        except (KeyError, IndexError, TypeError) as problem:
            raise Broken(f"lossless: an answer cannot be put together again ({problem!r})") from None
        hold(
            "lossless",
            _exact(whole) == _exact(_document(landed.body, reads)),
            "an answer differs from what raw keeps of it",
        )
        for payload in landed.payloads.values():
            came = reads == "csv" or payload.encode() in landed.body
            hold("lossless", came, "a payload is not what came, character for character")


def _document(body: bytes, reads: str) -> Any:
    """An answer as it came; CSV as the sandbox writes it, read without the connector's reader."""
    if reads == "json":
        return json.loads(body)
    header, *rows = csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""))
    return {"columns": header, "rows": [dict(zip(header, row, strict=True)) for row in rows]}


def check_volume(bench: Bench, number: int) -> None:
    """However many records there are, reading them takes no more memory.

    Args:
        number: records that the sandbox adds to those it has.
    """
    promise, walk = "volume", bench.walk
    if "volume" in walk.cannot:
        hold(promise, len(bench.whole.pages) == 1, "what comes in several answers need not be held in memory")
        return
    if walk.forecast.requests is not None:
        hold(promise, len(bench.whole.kept) <= walk.forecast.requests, "it has no records in numbers")
        return
    sizes: dict[str, Any] = {walk.page_size: 100} if walk.page_size else {}
    desk = bench.desk(**sizes)
    desk.order({"kind": "change", "what": "insert_back", "by": number})
    expected = len(bench.whole.kept) + number
    read, half, peaks = 0, 0, [0, 0]
    tracemalloc.start(1)
    try:
        for _, table in desk.streams():
            read += table.num_rows
            peaks[half] = max(peaks[half], tracemalloc.get_traced_memory()[1])
            if not half and read >= number * 2 // 5:
                half = 1
                tracemalloc.reset_peak()
    finally:
        tracemalloc.stop()
    hold(promise, read == expected, f"{read:,} records of {expected:,}")
    first, rest = peaks
    hold(promise, rest < 1.25 * first, f"{rest / 2**20:.0f} MiB at the end, {first / 2**20:.0f} MiB after two fifths")


def _exact(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
