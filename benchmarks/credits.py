"""What lookups at ContactOut cost, beside what the plan said: at most, probably, saved by free checks, and the second time.

    python -m benchmarks.credits [--rows N]

The sandbox's own books say what was charged; it shares no code with the connector. The exit code is 1 when a limit is
broken, and none depends on how busy the machine is.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.metered import Line
from sources.contactout.api import RATES
from tests.house import UNHURRIED, House, Sandbox, running_sandbox

Credits = dict[str, float]
Row = dict[str, str]

ROWS = 600
RUNS = 6
PEOPLE_PER_ROW = 1.1
"""Of the sandbox's people ContactOut knows about seven in ten; four of the six runs bring people of their own."""
STRANGER_EVERY = 20
SPELLINGS = (
    "{}/",
    "http://uk.linkedin.com/in/{slug}?trk=x",
    "linkedin.com/in/{slug}",
    "https://LinkedIn.com/in/{slug}",
)
LONGEST = 3600.0
"""Seconds a command may take."""
UNPACED = 1_000_000
QUICK = {**UNHURRIED, "SOURCES__CONTACTOUT__LOOKUPS__POLL_SECONDS": "0.05"}
"""The time is reckoned from the requests, not waited for."""


@dataclass(frozen=True)
class Mix:
    """What is bought of each row, and how the same is asked for again.

    Attributes:
        again: data points of which all is known by then, by the profile otherwise written, and by each address and
            number that was told.
        strangers: whether some rows are of people whom ContactOut does not know.
    """

    name: str
    lookup: str
    points: tuple[str, ...]
    again: tuple[tuple[str, ...], ...]
    strangers: bool = False
    environment: Mapping[str, str] = field(default_factory=dict, hash=False)


NO_CHECKS = {"SOURCES__CONTACTOUT__LOOKUPS__CHECK_FIRST": "false"}
PROFILE = Mix("profile", "people", ("profile",), (("profile",),), strangers=True)
EMAILS = Mix("emails", "people", ("work_email", "personal_email"), (("work_email",),), strangers=True)
CONTACTS = Mix(
    "emails, phone",
    "people",
    ("work_email", "personal_email", "phone"),
    (("personal_email", "phone"),),
    strangers=True,
)
CHECKED = Mix(
    "profile, work e-mail, phone",
    "people",
    ("profile", "work_email", "phone"),
    (("profile",), ("work_email", "phone")),
)
UNCHECKED = Mix("the same, unchecked", "people", CHECKED.points, CHECKED.again[1:], environment=NO_CHECKS)
VERIFY = Mix("verify", "verify", (), ())


@dataclass(frozen=True)
class Again:
    """The same once more: what it would have taken of who has bought nothing, and what it took."""

    mix: Mix
    points: tuple[str, ...]
    rows: int
    ways: tuple[str, ...]
    at_most: Credits
    charged: Credits
    lines: list[Line]


@dataclass
class Bought:
    """One run: what was said before, and what came of it."""

    mix: Mix
    rows: int
    at_most: Credits
    likely: Credits | None
    saved: Credits
    ledger: Credits
    charged: Credits
    requests: Counter[str]
    lines: list[Line]
    again: list[Again] = field(default_factory=list)

    @property
    def minutes(self) -> float:
        """At the documented rates: the checks have one of their own, and come first."""
        checks = sum(n for operation, n in self.requests.items() if operation.endswith("_status"))
        return checks / RATES["contact_checker"] + (self.requests.total() - checks) / RATES["default"]


class Bench:
    """The sandbox, and a folder for the houses."""

    def __init__(self, town: Sandbox, folder: Path) -> None:
        self._town = town
        self._folder = folder
        self._newcomer = self._house("newcomer", {})
        """One that has bought nothing."""

    def buy(self, mix: Mix, rows: list[Row]) -> Bought:
        """Plans, looks up, and asks for the same again."""
        house = self._house(mix.name.replace(", ", "-").replace(" ", "-"), mix.environment)
        file = house.csv(rows)
        self._open_books()
        plan = _look_up(house, mix, file, mix.points, "--dry-run")
        _, asked_by_plan = self._booked()
        told = _look_up(house, mix, file, mix.points)
        charged, requests = self._booked()
        ledger = _ledger(house)
        assert told["asked"] == len(rows), f"{told['asked']} of {len(rows)} rows were asked: {told['refused'][:3]}"
        lines = [
            Line("rows", len(rows), None, ""),
            Line("requests", requests.total(), None, ""),
            Line("requests that a plan sent", asked_by_plan.total(), 0, ""),
            Line("charged beyond the plan", _beyond(charged, plan["at_most"]), 0, "credits"),
            Line("charged beyond the plan after the checks", _beyond(charged, told["at_most"]), 0, "credits"),
            Line("charged and ledger apart", _apart(charged, ledger), 0, "credits"),
        ]
        if told["likely"] is not None:
            lines.append(Line("charged and probable apart", _apart(charged, told["likely"]), 0, "credits"))
        bought = Bought(
            mix, len(rows), plan["at_most"], told["likely"], told["saved"], ledger, charged, requests, lines
        )
        lines.append(Line("time at the documented rates", bought.minutes, None, "min"))
        bought.again = list(self._again(mix, house, rows))
        return bought

    def _again(self, mix: Mix, house: House, rows: list[Row]) -> Iterator[Again]:
        """The same rows through other endpoints."""
        before = _ledger(house)
        rows = _again_rows(mix, house, rows)
        # An address by itself is verified by another endpoint than several.
        asked = [(points, rows) for points in mix.again] if mix.again else [((), rows), ((), rows[:1])]
        for number, (points, of_these) in enumerate(asked):
            file = house.csv(of_these, f"again-{number}.csv")
            self._open_books()
            with ThreadPoolExecutor(1) as pool:
                # It asks nobody, so the books stay this house's.
                plan = pool.submit(_look_up, self._newcomer, mix, file, points, "--dry-run")
                told = _look_up(house, mix, file, points)
            charged, requests = self._booked()
            bare = plan.result()
            name = f"again, {' + '.join(points) or f'{len(of_these):,} row(s)'}"
            lines = [
                Line(f"{name}: rows not known", len(of_these) - _known(told), 0, ""),
                Line(f"{name}: requests", requests.total(), 0, ""),
                Line(f"{name}: charged", sum(charged.values()), 0, "credits"),
                Line(f"{name}: more in the ledger", _apart(_ledger(house), before), 0, "credits"),
            ]
            yield Again(mix, points, len(of_these), tuple(bare["ways"]), bare["at_most"], charged, lines)

    def _house(self, name: str, environment: Mapping[str, str]) -> House:
        return House(self._folder / name, {**QUICK, **environment}).configure(self._town.info)

    def _open_books(self) -> None:
        self._town.http.delete("/sandbox/books").raise_for_status()

    def _booked(self) -> tuple[Credits, Counter[str]]:
        """What the sandbox has charged, and its requests by operation."""
        books = self._town.books()
        charged = _nonzero(books["credits"]["contactout"])
        return charged, Counter(str(one["operation"]) for one in books["requests"])


def _look_up(house: House, mix: Mix, file: str, points: tuple[str, ...], *more: str) -> dict[str, Any]:
    data = [word for point in points for word in ("--data", point)]
    arguments = ("lookup", f"contactout.{mix.lookup}", "--from", file, "--no-build", "--json", *data, *more)
    run = house.run(*arguments, timeout=LONGEST)
    if run.code != 0:
        raise SystemExit(f"{mix.name}: leadhouse ended with {run.code}:\n{run.out[-2000:]}\n{run.err[-2000:]}")
    found: dict[str, Any] = run.json["input"]
    return found


def _known(told: Mapping[str, Any]) -> int:
    """Rows that are not bought again; an address of which nothing was told may have been charged, and is not either."""
    return int(told["fresh"]) + int(told["same"]) + len(told["unknown"])


def _ledger(house: House) -> Credits:
    rows = house.query(
        "select credit_type, sum(credits_estimated) from raw_leadhouse.request_credits group by 1", house.warehouse
    )
    return _nonzero({str(kind): float(credits) for kind, credits in rows})


def _again_rows(mix: Mix, house: House, rows: list[Row]) -> list[Row]:
    """The same rows, otherwise written, and what was told of them."""
    if mix is VERIFY:
        return [{"email": row["email"].upper()} for row in rows]
    again = []
    for number, row in enumerate(rows):
        slug = row["linkedin_url"].rpartition("/")[2]
        again.append({"linkedin_url": SPELLINGS[number % len(SPELLINGS)].format(row["linkedin_url"], slug=slug)})
    told: dict[str, set[str]] = {"email": set(), "phone": set()}
    sql = "select record from raw_contactout.people where record is not null"
    for (record,) in house.query(sql, house.warehouse):
        contacts = json.loads(record).get("contact_info") or {}
        for name in ("emails", "personal_emails", "work_emails"):
            told["email"].update(contacts.get(name) or ())
        # What is written without its country's code names nobody.
        told["phone"].update(phone for phone in contacts.get("phones") or () if phone.startswith("+"))
    return again + [{column: value} for column, values in told.items() for value in sorted(values)]


def _nonzero(credits: Mapping[str, float]) -> Credits:
    return {kind: round(amount, 6) for kind, amount in credits.items() if round(amount, 6)}


def _beyond(one: Credits, most: Credits) -> float:
    """Credits of every type by which one is more."""
    return sum(max(amount - most.get(kind, 0), 0) for kind, amount in one.items())


def _apart(one: Credits, other: Credits) -> float:
    return sum(abs(one.get(kind, 0) - other.get(kind, 0)) for kind in {*one, *other})


# -- the runs ---------------------------------------------------------------------------------------------------------


def runs(town: Sandbox, rows: int) -> list[tuple[Mix, list[Row]]]:
    """So many lookups in all, of people of their own except where two runs are compared."""
    people = town.truth()["contactout"]["people"]
    share = rows // RUNS
    sizes = {PROFILE: rows - share * (RUNS - 1), EMAILS: share, CONTACTS: share, CHECKED: share}
    if len(people) < sum(sizes.values()):
        raise SystemExit(f"The sandbox knows {len(people):,} people; {sum(sizes.values()):,} are needed.")
    urls = iter([str(one["id"]) for one in people])
    found = [(mix, [_person(mix, number, next(urls)) for number in range(1, size + 1)]) for mix, size in sizes.items()]
    found.append((UNCHECKED, found[-1][1]))
    addresses = list(dict.fromkeys(email.lower() for one in people for email in one["known_by"]))
    # Every so many of all, so that current, former and private ones are among them.
    every = max(len(addresses) // share, 1)
    found.append((VERIFY, [{"email": email} for email in addresses[::every][:share]]))
    return found


def _person(mix: Mix, number: int, url: str) -> Row:
    if mix.strangers and number % STRANGER_EVERY == 0:
        url = f"https://www.linkedin.com/in/nobody-at-all-{number}"
    return {"linkedin_url": url}


def compared(checked: Bought, unchecked: Bought) -> Iterator[Line]:
    """What the free checks saved: by the plan, and by the books of both."""
    assert checked.mix is CHECKED
    assert unchecked.mix is UNCHECKED
    kinds = sorted({*checked.charged, *unchecked.charged, *checked.saved})
    by_books = _nonzero({kind: unchecked.charged.get(kind, 0) - checked.charged.get(kind, 0) for kind in kinds})
    for kind in kinds:
        yield Line(f"saved by the plan, {kind}", checked.saved.get(kind, 0), None, "credits")
        yield Line(f"saved by the books, {kind}", by_books.get(kind, 0), None, "credits")
    yield Line("saved by plan and books apart", _apart(_nonzero(checked.saved), by_books), 0, "credits")
    yield Line("time that the checks add", checked.minutes - unchecked.minutes, None, "min")


def show(of: str, lines: list[Line]) -> int:
    """Prints them; how many are broken."""
    print(f"\n{of}")
    for line in lines:
        print(f"  {line}", flush=True)
    return sum(line.broken for line in lines)


def table(all_bought: list[Bought]) -> Iterator[str]:
    yield f"{'':28} {'credit':9} {'at most':>9} {'probably':>9} {'ledger':>9} {'charged':>9}"
    for one in all_bought:
        name = one.mix.name
        for kind in sorted({*one.at_most, *one.charged, *one.ledger}):
            likely = "" if one.likely is None else f"{one.likely.get(kind, 0):,g}"
            figures = (one.at_most, one.ledger, one.charged)
            at_most, ledger, charged = (f"{credits.get(kind, 0):,g}" for credits in figures)
            yield f"{name:28} {kind:9} {at_most:>9} {likely:>9} {ledger:>9} {charged:>9}"
            name = ""


def table_of_again(all_bought: list[Bought]) -> Iterator[str]:
    yield f"{'again':28} {'rows':>6} {'charged':>8}  at most for who has nothing, and how"
    for one in (one for bought in all_bought for one in bought.again):
        worth = ", ".join(f"{amount:,g} {kind}" for kind, amount in sorted(one.at_most.items()))
        name = " + ".join(one.points) or one.mix.name
        yield f"{name:28} {one.rows:6,} {sum(one.charged.values()):8,g}  {worth}; {', '.join(one.ways)}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.credits", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=ROWS, help=f"lookups in all runs together (by default {ROWS})")
    rows = parser.parse_args().rows
    if rows < RUNS:
        parser.error(f"--rows starts at {RUNS}: there are so many runs")
    people = max(240, int(rows * PEOPLE_PER_ROW))
    options = ("--people", str(people), "--companies", str(max(60, people // 10)), "--rate-scale", str(UNPACED))
    began, broken = time.perf_counter(), 0
    with running_sandbox(*options) as town, tempfile.TemporaryDirectory() as folder:
        bench = Bench(town, Path(folder))
        bought: list[Bought] = []
        for mix, of_mix in runs(town, rows):
            bought.append(bench.buy(mix, of_mix))
            lines = [*bought[-1].lines, *(line for one in bought[-1].again for line in one.lines)]
            broken += show(mix.name, lines)
        by_mix = {one.mix.name: one for one in bought}
        broken += show("free checks", list(compared(by_mix[CHECKED.name], by_mix[UNCHECKED.name])))
    print("\n" + "\n".join([*table(bought), "", *table_of_again(bought)]))
    looked_up, requests = sum(one.rows for one in bought), sum(one.requests.total() for one in bought)
    print(
        f"\n{looked_up:,} lookups by {requests:,} requests: {sum(one.minutes for one in bought):,.1f} min at the "
        f"documented rates; {time.perf_counter() - began:,.0f} s here, unpaced and with all that was asked again."
    )
    if broken:
        print(f"\n{broken} limit(s) broken.", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
