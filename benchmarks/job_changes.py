"""What `fct_job_changes` makes of 120 simulated days, beside what the sandbox says happened: precision and recall.

    python -m benchmarks.job_changes [--days 120] [--seed 7] [--people 400] [--every 2] [--keep FOLDER]

A change is found when a row names its person, type and destination and its day within 45 days; a row that answers to no
change, or to one that another row answered to, is one too many. Days are synced in one process. Two houses live through
them:

- `announced` reads all three providers, so that each change is announced once and told twice more by others that lag
  behind: what it shows is that nothing is counted twice;
- `told late` reads ContactOut and Letrics alone, which announce nothing: what it shows is what histories and versions
  reveal. Its truth is what either took in between two of its readings.

The exit code is 1 when `announced` misses a target.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sandbox.population import JobChange, Population, invent
from tests.house import DAYS as FIRST_DAYS
from tests.house import UNHURRIED, House, Sandbox, running_sandbox

START = date.fromisoformat(FIRST_DAYS[0])
WITHIN_DAYS = 45
PRECISION, RECALL = 0.98, 0.97
TYPES = {"JobChange": "new_company", "Promotion": "promotion", "Departure": "departure"}
REFRESH_DAYS = 8
"""Everybody is read anew so often, where a provider has no way to say what is new. Addresses are bought, since some people
are known at LeadIQ by nothing else: whom nothing connects with the others is a second person, and so are their changes."""
SEARCHES = f"""
full_refresh_days = {REFRESH_DAYS}
[sources.contactout.searches.everybody]
refresh_days = {REFRESH_DAYS}
detailed_experience = true
[sources.leadiq.searches.everybody]
refresh_days = {REFRESH_DAYS}
data = ["profile", "emails", "company"]
company = {{ sizes = [{{ min = 1 }}] }}
"""


@dataclass(frozen=True, slots=True)
class Told:
    """A job change: whose, of what type, where to (or from, of a departure), and the days on which it may be dated."""

    person: str
    type: str
    company: str
    earliest: date
    latest: date

    @property
    def what(self) -> tuple[str, str, str]:
        return self.person, self.type, self.company


@dataclass(frozen=True, slots=True)
class Score:
    """How rows answer to the truth."""

    true: int
    rows: int
    matched: int
    missing: list[Told]
    too_many: list[Told]

    @property
    def precision(self) -> float:
        return self.matched / self.rows if self.rows else 1.0

    @property
    def recall(self) -> float:
        return self.matched / self.true if self.true else 1.0


@dataclass(frozen=True, slots=True)
class Life:
    """A house and what it reads."""

    name: str
    sources: tuple[str, ...]


ANNOUNCED = Life("announced", ("leadiq", "contactout", "letrics"))
TOLD_LATE = Life("told late", ("contactout", "letrics"))


def live(life: Life, folder: Path, town: Sandbox, days: int, every: int) -> House:
    """A house that syncs on every so many days, and builds at the end and twice before."""
    from dlt.common.configuration.container import Container
    from dlt.common.configuration.specs.pluggable_run_context import PluggableRunContext

    from leadhouse.__main__ import DLT
    from leadhouse.failures import Exit
    from leadhouse.report import Quiet
    from leadhouse.sync import run_sync
    from leadhouse.wish import Wish

    folder.mkdir(parents=True, exist_ok=True)
    house = House(folder).configure(town.info)
    config = folder / ".dlt" / "config.toml"
    settings, rates = config.read_text().split("\n[rates]")
    # The keys of Letrics' table come last in what every house has.
    config.write_text(settings.rstrip() + "\n" + SEARCHES.strip() + "\n\n[rates]" + rates)
    os.environ |= DLT | UNHURRIED | {"HOME": str(folder)}
    os.chdir(folder)
    Container()[PluggableRunContext].reload(str(folder))
    for day in synced_days(days, every):
        today = START + timedelta(days=day)
        town.move_to(today.isoformat())
        os.environ["LEADHOUSE_AS_OF"] = f"{today.isoformat()}T06:00:00"
        built = day in {0, days // 2 // every * every, days - 1}
        outcomes = run_sync(Wish(life.sources, build=built), Quiet())
        if [one.exit_code for one in outcomes] != [Exit.COMPLETE]:
            raise SystemExit(f"{today}: {outcomes[-1].notes}")
    return house


def synced_days(days: int, every: int) -> list[int]:
    """The days on which a house syncs, the first and the last among them."""
    return sorted({*range(0, days, every), days - 1})


def announced(town: Sandbox) -> Iterator[Told]:
    """What LeadIQ told of, as the sandbox says."""
    for change in town.truth()["job_changes"]:
        on = date.fromisoformat(change["effective_on"])
        company = change["to_company_truth_id"] or change["from_company_truth_id"]
        # Where LeadIQ does not say when it began, the day on which it noticed stands for it.
        reported = date.fromisoformat(change["reported_on"])
        yield Told(change["person_truth_id"], TYPES[change["type"]], company, on, reported)


def told_late(population: Population, days: int, every: int) -> Iterator[tuple[Told, bool]]:
    """What ContactOut or Letrics took in after the person was first read, and whether a reading must have shown it.

    What came too late for a last reading of all, or was followed by more before the next one, may be seen or not. What
    one of them knew already at first sight is no change, however late the other tells of it.
    """
    last = START + timedelta(days=days - 1)
    slack = timedelta(days=REFRESH_DAYS + every)
    for change in population.changes:
        readings = [one for provider in ("contactout", "letrics") if (one := _told_by(change, provider)) is not None]
        told = [day for day, first_read, _ in readings if first_read < day <= last]
        if told and all(day > START for day, _, _ in readings):
            company = (change.after or change.before).company.truth_id
            certain = any(
                first_read + slack < day <= last - slack and all(abs(day - other) > slack for other in others)
                for day, first_read, others in readings
            )
            yield (
                Told(change.person.truth_id, TYPES[change.kind], company, change.effective_on, max(told)),
                certain,
            )


def _told_by(change: JobChange, provider: str) -> tuple[date, date, list[date]] | None:
    """When a provider tells of a change, when it was first asked about the person, and what else may hide the change.

    None when it never tells: Letrics knows no departures, and not every company. A history hides nothing but departures.
    """
    person = change.person
    if provider not in person.seen_since:
        return None
    if provider == "letrics" and (change.after is None or not change.after.company.in_letrics):
        return None
    hides = provider == "letrics" or change.kind == "Departure"
    others = [one.follow_on[provider] for one in person.changes if one is not change] if hides else []
    return change.follow_on[provider], max(START, person.seen_since[provider]), others


def found(house: House, town: Sandbox) -> list[Told]:
    """The rows of the mart in the truth's names."""
    truth = town.truth()
    records = {(one["provider"], one["provider_record_id"]): one["truth_id"] for one in truth["records"]}
    records |= {("leadiq", one["id"]): one["truth_id"] for one in truth["leadiq"]["people"]}
    people: dict[str, str] = {}
    for provider, record, person in house.query(
        "select provider, provider_record_id, person_id from marts.map_person_records"
    ):
        if (provider, record) in records:
            people[person] = records[provider, record]
    domains = {one["domain"]: one["truth_id"] for one in truth["companies"]}
    slugs = dict(house.query("select company_id, domain from marts.dim_companies"))
    rows = house.query(
        "select person_id, change_type, coalesce(to_company_id, from_company_id), "
        "coalesce(to_company_name, from_company_name), coalesce(effective_on, reported_on), "
        "coalesce(effective_precision = 'month', false) from marts.fct_job_changes"
    )
    return [
        Told(
            people.get(person, person),
            type,
            domains.get(slugs.get(company, ""), name or "?"),
            on,
            (on + timedelta(days=31)).replace(day=1) - timedelta(days=1) if is_month else on,
        )
        for person, type, company, name, on, is_month in rows
    ]


def score(rows: list[Told], truth: list[Told], optional: list[Told]) -> Score:
    """Each row answers to one change at most, the nearest in time first; one that answers to what may be seen or not
    counts for nothing."""
    every = [*truth, *optional]
    pairs = sorted(
        (apart, abs(row.latest - one.latest), n, m)
        for n, row in enumerate(rows)
        for m, one in enumerate(every)
        if row.what == one.what and (apart := _apart(row, one)) <= WITHIN_DAYS
    )
    taken: dict[int, int] = {}
    answered: set[int] = set()
    for *_, n, m in pairs:
        if n not in taken and m not in answered:
            taken[n] = m
            answered.add(m)
    missing = [one for m, one in enumerate(truth) if m not in answered]
    too_many = [row for n, row in enumerate(rows) if n not in taken]
    matched = len(truth) - len(missing)
    return Score(len(truth), matched + len(too_many), matched, missing, too_many)


def _apart(row: Told, one: Told) -> int:
    return max((one.earliest - row.latest).days, (row.earliest - one.latest).days, 0)


def table(scores: dict[str, Score]) -> Iterator[str]:
    yield f"{'':12} {'type':12} {'true':>6} {'rows':>6} {'matched':>8} {'precision':>10} {'recall':>8}"
    for name, one in scores.items():
        yield f"{name:12} {'all':12} {one.true:6} {one.rows:6} {one.matched:8} {one.precision:10.4f} {one.recall:8.4f}"
        missing, too_many = (Counter(told.type for told in side) for side in (one.missing, one.too_many))
        for type in sorted({*missing, *too_many}):
            yield f"{'':12} {type:12} {missing[type]} missing, {too_many[type]} too many"


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.job_changes", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--days", type=int, default=120)
    parser.add_argument("--seed", type=int, default=7, help="of the sandbox's population")
    parser.add_argument("--people", type=int, default=400)
    parser.add_argument("--every", type=int, default=2, help="days between two syncs")
    parser.add_argument("--keep", type=Path, help="leave both houses in this folder")
    parser.add_argument("--score", action="store_true", help="only build again and score what --keep left")
    given = parser.parse_args()
    companies = max(40, given.people // 5)
    population = invent(given.seed, given.people, companies, START)
    options = ("--people", str(given.people), "--companies", str(companies), "--seed", str(given.seed))
    began, scores, details = time.perf_counter(), {}, []
    with running_sandbox(*options, "--rate-scale", "1000000") as town, tempfile.TemporaryDirectory() as temporary:
        place = (given.keep or Path(temporary)).resolve()
        last = (START + timedelta(days=given.days - 1)).isoformat()
        for life in (ANNOUNCED, TOLD_LATE):
            folder = place / life.name.replace(" ", "-")
            if given.score:
                house = House(folder)
                town.move_to(last)
                house.run("build", day=last, timeout=3600).ok()
            else:
                house = live(life, folder, town, given.days, given.every)
            if life is ANNOUNCED:
                truth, optional = list(announced(town)), []
            else:
                all_told = list(told_late(population, given.days, given.every))
                truth = [one for one, is_certain in all_told if is_certain]
                optional = [one for one, is_certain in all_told if not is_certain]
            scores[life.name] = score(found(house, town), truth, optional)
            details.append((life.name, scores[life.name]))
    for name, one in details:
        for what, side in (("missing", one.missing), ("too many", one.too_many)):
            for told in side[:10]:
                print(f"{name}: {what}: {told}")
    print(f"\nseed {given.seed}, {given.days} days, {given.people} people, {time.perf_counter() - began:,.0f} s")
    print("\n".join(table(scores)))
    first = scores[ANNOUNCED.name]
    return 0 if first.precision >= PRECISION and first.recall >= RECALL else 1


if __name__ == "__main__":
    raise SystemExit(main())
