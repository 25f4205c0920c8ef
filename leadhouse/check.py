"""`leadhouse check`: is each source configured, does its key work, what is left; free requests only.

Letrics documents no answer, so of each of its collections one page is read, and what was understood of it is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sources.contactout.api import ask_stats
from sources.landing import Entity, Understanding, decode, json_type, shown_key, split, understand
from sources.leadiq.readings import ask_account
from sources.letrics.api import PAGE_SIZES, TOTALS, holder, is_map_of_records, stated
from sources.letrics.api import walks as letrics_walks
from sources.metered import Answer, Clock, Question, Stop, learned_parts
from sources.paging import Window

from .catalogue import SOURCES
from .failures import CannotDo, Exit, worst
from .free import ask_aside, priced
from .instance import Instance
from .settings import Settings, load_settings, read_as_of
from .sync import EXIT_OF
from .warehouse import open_warehouse
from .wish import choose_sources

CHECKS = "check"
PAGE = 25
"""Records of the page that is read to see what is understood; Letrics' documented default."""
NOT_FOUND = 404
WHAT_TO_DO = (
    "Compare it with Letrics' answer and set contacts_path, companies_path, method or list_keys under [sources.letrics] in "
    ".dlt/config.toml; the names that are looked for are listed in sources/letrics/README.md, and raw keeps every answer whole"
)


def run_check(named: tuple[str, ...]) -> tuple[Exit, list[dict[str, Any]]]:
    """One line per source: {"source", "ok", "says", "remarks"}; Letrics' has `collections`, see `_collection`.

    Raises:
        CannotDo: configuration or warehouse cannot be used, or nothing can be checked without spending.
    """
    settings = load_settings()
    sources, skipped = choose_sources(settings, named)
    lines: list[dict[str, Any]] = []
    codes: set[Exit] = set()
    with open_warehouse(settings) as warehouse:
        for name in sources:
            with _Free(name, settings, warehouse.instance) as free:
                line = _letrics(free) if name == "letrics" else _meters(free)
                lines.append(line | {"remarks": _remarks(name, settings)})
            codes |= free.codes
    if all(line["ok"] is None for line in lines):
        raise CannotDo(" ".join(f"{line['source']} {line['says']}." for line in lines))
    lines.extend({"source": name, "ok": None, "says": f"skipped: {reason}"} for name, reason in skipped.items())
    return worst(codes), lines


class _Free:
    """Asks one provider, as part of one check, what costs nothing; the answers leave the journal at the end.

    Attributes:
        codes: the exit codes that follow from what could not be asked.
        lost: a stop that concerns the whole provider and not one address.
    """

    def __init__(self, name: str, settings: Settings, instance: Instance) -> None:
        self.name = name
        self.settings = settings
        self.provider = SOURCES[name].provider(settings)
        self.codes: set[Exit] = set()
        self.lost: Stop | None = None
        self._journal = instance.journal
        self._clock = Clock(read_as_of())
        # Each check is its own place in the journal, so that none is answered by an earlier one.
        self._sync_id = f"{CHECKS}-{datetime.now():%Y%m%dT%H%M%S%f}"

    def __enter__(self) -> _Free:
        return self

    def __exit__(self, *_: object) -> None:
        self._journal.forget_answers(self._sync_id)

    def window(self) -> Window:
        return {"id": CHECKS, "step": 0, "position": None, "to": self._clock.now().isoformat(), "from": None}

    def learned_parts(self) -> list[str]:
        """Output fields that the account was found not to know, as `Type.field`."""
        return sorted(learned_parts(self._journal, self.provider))

    def __call__(self, question: Question) -> Answer | Stop:
        """The answer to a free question, or why there is none."""
        place = replace(question, resource=CHECKS, window=f"{question.operation} {CHECKS}")
        answer, round = ask_aside(self.provider, self.settings, self._journal, self._sync_id, place)
        if answer is not None:
            return answer
        stop = round.stopped(self.name, CHECKS) or next(iter(round.stops.values()))
        self.codes.add(EXIT_OF[stop.kind])
        statuses = [row.http_status for row in self._journal.requests(self._sync_id)]
        if (self.name, None) in round.stops and statuses[-1:] != [NOT_FOUND]:
            self.lost = stop
        return stop


def _meters(free: _Free) -> dict[str, Any]:
    """Whether the key works, and what the provider says about credits."""
    question = {"leadiq": ask_account, "contactout": ask_stats}[free.name](free.window())
    operation = priced(free.provider, question)
    if operation is not None:
        return {"source": free.name, "ok": None, "says": _not_free(free.name, operation)}
    answer = free(question)
    if isinstance(answer, Stop):
        return {"source": free.name, "ok": False, "says": answer.sentence}
    says = f"the key works; {_balance(free.name, free.settings, answer.document)}"
    unknown = free.learned_parts()
    if unknown:
        says += f"; the account does not know {', '.join(unknown)}, which are left out"
    return {"source": free.name, "ok": True, "says": says, "unknown_fields": unknown}


def _remarks(name: str, settings: Settings) -> list[str]:
    """What somebody may have meant otherwise in the configuration of a source, by resource."""
    return [f"{walk.resource}: {remark}" for walk in SOURCES[name].walks(settings) for remark in walk.remarks]


def _not_free(name: str, operation: str) -> str:
    return f"has a price for {operation} in [prices.{name}], so its key cannot be checked without spending"


def _balance(name: str, settings: Settings, document: Any) -> str:
    """What the provider says about credits, in a few words."""
    read = next((walk.forecast.meters for walk in SOURCES[name].walks(settings) if walk.forecast.meters), None)
    meters = read(document) if read is not None else {}
    return "; ".join(f"{kind}: {meter.says}" for kind, meter in meters.items()) or f"{name} states no credits"


# -- what was understood -----------------------------------------------------------------------------------------------


def _letrics(free: _Free) -> dict[str, Any]:
    """Whether the key works, and what is understood of both collections."""
    inputs = free.settings.sources.letrics
    small = inputs.model_copy(update={"per_page": min(PAGE, inputs.per_page)})
    entities = {entity.name: entity for entity in SOURCES["letrics"].entities}
    collections: list[dict[str, Any]] = []
    for walk in letrics_walks(small):
        question = walk.question(free.window())
        if priced(free.provider, question) is not None:
            says = f"not read: [prices.letrics] gives {question.operation} a price, and check spends nothing"
            collections.append({"collection": walk.resource, "state": "not_read", "says": says})
            continue
        answer = free.lost or free(question)
        collections.append(
            {"collection": walk.resource, "state": "failed", "says": answer.sentence}
            if isinstance(answer, Stop)
            else _collection(walk.resource, entities[walk.entity], answer)
        )
    if any(one["state"] == "unknown" for one in collections):
        # The key works, and yet a sync would load nothing.
        free.codes.add(Exit.PROVIDER_FAILED)
    failed = [one for one in collections if one["state"] == "failed"]
    answered = [one for one in collections if one["state"] not in ("failed", "not_read")]
    ok: bool | None = not failed
    if failed and answered:
        says = f"the key works for {answered[0]['collection']}; {failed[0]['collection']}: {failed[0]['says']}"
    elif failed:
        says = "; ".join(dict.fromkeys(one["says"] for one in failed))
    elif answered:
        says = "the key works; letrics states no credits"
    else:
        ok, says = None, _not_free("letrics", " and ".join(one["collection"] for one in collections))
    return {"source": "letrics", "ok": ok, "says": says, "collections": collections}


def _collection(name: str, entity: Entity, answer: Answer) -> dict[str, Any]:
    """What one page of a collection holds; no value of it, only names, types and counts.

    Returns:
        `state`: `understood`, `empty`, `unknown` (no list of records was found), `failed` or `not_read`; `says`: the
        sentence for it; `answer`: the answer's own keys and their types; `place`, `is_map`: where the records stand;
        `total`, `page_size`: (where, number) that `meta` states, or None; and the fields of `Understanding`.
    """
    document = answer.document
    place, held = holder(document, name)
    total, page_size = stated(document, TOTALS), stated(document, PAGE_SIZES)
    told: dict[str, Any] = {
        "collection": name,
        "answer": _types(document),
        "place": place,
        "is_map": isinstance(held, dict),
        "total": total and {"where": total[0], "says": total[1]},
        "page_size": page_size and {"where": page_size[0], "says": page_size[1]},
    }
    if not held and (held is not None or (total is not None and total[1] == 0)):
        singular = {"contacts": "contact", "companies": "company"}[name]
        return told | {
            "state": "empty",
            "says": f"no {singular} matches the filters in [sources.letrics.{name}]: nothing to understand yet",
        }
    if held is None or (isinstance(held, dict) and not is_map_of_records(held)):
        stood = f"the answer holds {_in_words(document)}"
        if isinstance(held, dict):
            stood += f"; data holds {_in_words(held)}"
        elif "data" in document:
            stood += ", and data is neither a list nor a map"
        return told | {"state": "unknown", "says": f"no list of records was found: {stood}. {WHAT_TO_DO}"}
    understood = understand(entity, split(decode(answer.body), entity.where)[0])
    where = f"in the {'map' if told['is_map'] else 'list'} {place}"
    says = f"{len(held):,} record(s) {where}"
    if len(held) > understood.records:
        says += f"; the first {understood.records} were looked at"
    if not understood.understood:
        says += f"; none of their fields was understood. {WHAT_TO_DO}"
    return told | {"state": "understood", "says": says, **_as_json(understood)}


def _types(document: Any) -> dict[str, str]:
    return {shown_key(key): json_type(one) for key, one in document.items()}


def _in_words(document: Any) -> str:
    return ", ".join(f"{key} ({kind})" for key, kind in _types(document).items()) or "nothing"


def _as_json(understood: Understanding) -> dict[str, Any]:
    return dict(_plain(asdict(understood)))


def _plain(document: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Of each finding what applies to it."""
    for key, one in document.items():
        if isinstance(one, list):
            one = [
                {name: part for name, part in finding.items() if part != ()} if isinstance(finding, dict) else finding
                for finding in one
            ]
        yield key, one
