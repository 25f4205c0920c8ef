"""`leadhouse explain`: why a person's or company's records are one, and why others are not; from the published copy."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from transforms.identity.rules import COMPANIES, PEOPLE

from .failures import CannotDo
from .published import open_published
from .settings import load_settings

WORDS: Mapping[str, str] = {
    "names_differ": "the names differ",
    "name_missing": "one has no name to compare",
    "ambiguous": "it could be either of several",
    "shared_by_many": "it is held under several names",
    "other_linkedin_slug": "each has a LinkedIn page of its own",
    "other_mailbox": "each has a mailbox of its own there",
    "other_department": "each works in another department there",
    "other_listed": "both stand in one provider's list of people",
    "other_domain": "each has a domain of its own",
    "other_country": "they are in different countries",
    "other_must_not_link": "they were parted by hand",
}
"""`refused_because` for a person."""

CORRECTIONS = "dbt_project/seeds/identity_corrections.csv"
LISTED = 20
"""So many lines of a kind are printed; `--json` has all."""


@dataclass(frozen=True, slots=True)
class Entity:
    """Where a person's or company's tables are, and the column with their name."""

    name: str
    dim: str
    name_column: str
    columns: str


PERSON = Entity("person", "dim_people", "full_name", "full_name as name, linkedin_url, title, company_name, work_email")
COMPANY = Entity("company", "dim_companies", "name", "name, linkedin_url, domain, city, country_code")


@dataclass(frozen=True, slots=True)
class Record:
    """A provider record of whoever is explained, with the strongest rule that ties it to the others."""

    provider: str
    provider_record_id: str
    matched_by: str


@dataclass(frozen=True, slots=True)
class Tie:
    """Two records and a value both hold; `refused_because` is None where it ties them.

    Attributes:
        other_id: whose the other record is.
        other_name: and how they are called.
    """

    provider: str
    provider_record_id: str
    other_provider: str
    other_provider_record_id: str
    rule: str
    evidence: str
    refused_because: str | None
    other_id: str | None
    other_name: str | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Who it is, and all that says so.

    Attributes:
        known: columns of the entity's table.
        events: (day, change, the other id).
    """

    entity: str
    id: str
    known: Mapping[str, Any]
    records: Sequence[Record]
    used: Sequence[Tie]
    refused: Sequence[Tie]
    events: Sequence[tuple[str, str, str, str | None]]

    def as_json(self) -> dict[str, Any]:
        return {
            "entity": self.entity,
            "id": self.id,
            "known": dict(self.known),
            "records": [asdict(one) for one in self.records],
            "used": [asdict(one) for one in self.used],
            "refused": [asdict(one) for one in self.refused],
            "events": [
                {"effective_at": day, "id": id, "change": change, "into_id": into}
                for day, id, change, into in self.events
            ],
        }


def explain(who: str) -> Explanation:
    """Everything that is known of the identity of one person or company.

    Args:
        who: an id (one that was merged away, too), an address, number, LinkedIn URL, domain, provider record id, key of the
            customer's own system, or a full name.

    Raises:
        CannotDo: nothing is published yet or it cannot be read, nobody is found, or several are.
    """
    with open_published(load_settings()) as connection:
        copy = _Copy(connection)
        entity, id = copy.find(who.strip())
        return copy.explain(entity, id)


@dataclass
class _Copy:
    """The published copy, read only."""

    connection: Any

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = self.connection.execute(sql, values).fetchall()
        return rows

    def find(self, who: str) -> tuple[Entity, str]:
        """The one that is meant."""
        for entity in (PERSON, COMPANY):
            id = self._living(entity, who)
            if id is not None:
                return entity, id
        found = [(entity, id) for entity in (PERSON, COMPANY) for id in self._named(entity, who)]
        if not found:
            raise CannotDo(
                f"{who!r} is nobody here. Give a person_id or company_id, an e-mail address, a phone number (E.164), a LinkedIn URL, "
                "a domain, a provider's record id, or a full name as in dim_people; a value that several share names nobody."
            )
        if len(found) > 1:
            ids = ", ".join(id for _, id in found[:10])
            raise CannotDo(f"{who!r} names {len(found)}: {ids}. Run `leadhouse explain` with one of these ids.")
        return found[0]

    def _living(self, entity: Entity, id: str) -> str | None:
        """The id itself, or the one it was merged into."""
        for _ in range(1000):
            if self.rows(f"select 1 from marts.{entity.dim} where {entity.name}_id = ?", id):
                return id
            into = self.rows(
                "select into_id, change from marts.fct_id_changes where entity = ? and id = ? and change in ('merged', 'retired') "
                "order by effective_at desc limit 1",
                entity.name,
                id,
            )
            if not into:
                return None
            if into[0][1] == "retired":
                raise CannotDo(f"{id} was retired: its last record is gone. See marts.fct_id_changes.")
            id = str(into[0][0])
        return None

    def _named(self, entity: Entity, who: str) -> list[str]:
        page = re.search(r"linkedin\.com/(?:in|company)/([^/?#]+)", who, re.IGNORECASE)
        value = page[1].lower() if page else who
        by_value = self.rows(
            f"select distinct {entity.name}_id from marts.map_{entity.name}_identifiers where value = ? or value = lower(?)",
            value,
            value,
        )
        by_name = self.rows(
            f"select {entity.name}_id from marts.{entity.dim} where lower({entity.name_column}) = lower(?) order by 1",
            who,
        )
        return [str(row[0]) for row in by_value or by_name]

    def explain(self, entity: Entity, id: str) -> Explanation:
        mine = f"select provider, provider_record_id from marts.map_{entity.name}_records where {entity.name}_id = $2"
        result = self.connection.execute(
            f"select {entity.columns} from marts.{entity.dim} where {entity.name}_id = ?", [id]
        )
        known = dict(zip([column[0] for column in result.description], result.fetchone() or (), strict=True))
        records = self.rows(
            f"select provider, provider_record_id, matched_by from marts.map_{entity.name}_records where {entity.name}_id = ? order by 1, 2",
            id,
        )
        ties = self.rows(
            f"""
            with mine as ({mine}),
            seen as (
                select provider, provider_record_id, other_provider, other_provider_record_id, rule, evidence, refused_because
                from marts.fct_match_evidence
                where entity = $1 and (provider, provider_record_id) in (select * from mine)
                union
                select other_provider, other_provider_record_id, provider, provider_record_id, rule, evidence, refused_because
                from marts.fct_match_evidence
                where entity = $1 and refused_because is not null
                    and (other_provider, other_provider_record_id) in (select * from mine)
            )
            select seen.*, others.{entity.name}_id, called.{entity.name_column}
            from seen
            left join marts.map_{entity.name}_records as others
                on seen.other_provider = others.provider and seen.other_provider_record_id = others.provider_record_id
            left join marts.{entity.dim} as called on others.{entity.name}_id = called.{entity.name}_id
            order by rule, evidence, 1, 2, 3, 4
            """,
            entity.name,
            id,
        )
        told = [Tie(*row) for row in ties]
        events = self.rows(
            "select strftime(effective_at, '%Y-%m-%d'), id, change, into_id from marts.fct_id_changes where entity = ? "
            "and (id = ? or into_id = ?) order by effective_at, change, id",
            entity.name,
            id,
            id,
        )
        return Explanation(
            entity.name,
            id,
            known,
            [Record(*row) for row in records],
            sorted((one for one in told if one.refused_because is None), key=lambda one: _strength(one.rule)),
            [one for one in told if one.refused_because is not None and one.other_id != id],
            [(str(day), str(of), str(change), into) for day, of, change, into in events],
        )


def print_explanation(found: Explanation) -> None:
    """The same for a person, in 80 columns."""
    from rich.console import Console

    console = Console()

    def say(text: str = "", indent: int = 0) -> None:
        console.print(" " * indent + text, markup=False, highlight=False, soft_wrap=True)

    letters = {(one.provider, one.provider_record_id): _letter(n) for n, one in enumerate(found.records)}
    say(f"{found.id}  {found.known.get('name') or 'no name'}")
    for name, value in found.known.items():
        if name != "name" and value is not None:
            say(f"{name:<14}{value}", 2)
    say()
    say(f"{len(found.records)} record(s), and the strongest rule that ties each:")
    for one in found.records:
        say(f"{letters[one.provider, one.provider_record_id]:<3}{one.provider:<11}{one.matched_by}", 2)
        say(one.provider_record_id, 5)
    say()
    say("Why they are one:" if found.used else "Nothing ties it to any other record.")
    for tie in found.used[:LISTED]:
        pair = " = ".join(
            letters.get(record, "?")
            for record in ((tie.provider, tie.provider_record_id), (tie.other_provider, tie.other_provider_record_id))
        )
        say(f"{pair:<8}{tie.rule:<16}{tie.evidence}", 2)
    _more(say, len(found.used))
    if found.refused:
        say()
        say("What they share with others who are somebody else:")
        for tie in found.refused[:LISTED]:
            mine = letters[tie.provider, tie.provider_record_id]
            say(f"{mine:<3}{tie.rule:<16}{tie.evidence}", 2)
            reason = WORDS.get(tie.refused_because or "", tie.refused_because)
            say(f"with {tie.other_name or 'no name'} ({tie.other_id or tie.other_provider})", 5)
            say(str(reason), 5)
        _more(say, len(found.refused))
    if found.events:
        say()
        say("What happened to the id:")
        for day, id, change, into in found.events[:LISTED]:
            say(f"{day}  {_event(found.id, id, change, into)}", 2)
        _more(say, len(found.events))
    say()
    say(f"Wrong? Add a line to {CORRECTIONS} and run `leadhouse build`.")


def _strength(rule: str) -> int:
    """0 is the strongest."""
    kinds = [one.kind for rules in (PEOPLE, COMPANIES) for one in rules.rules]
    return kinds.index(rule) if rule in kinds else len(kinds)


def _event(mine: str, id: str, change: str, into: str | None) -> str:
    if change == "merged":
        return f"merged into {into}" if id == mine else f"{id} was merged into it"
    if change == "split":
        return f"split from {into}" if id == mine else f"{id} was split from it"
    return change


def _more(say: Any, count: int) -> None:
    if count > LISTED:
        say(f"and {count - LISTED:,} more (--json has all)", 2)


def _letter(n: int) -> str:
    """A, B, ... Z, A1, B1, ..."""
    return chr(ord("A") + n % 26) + (str(n // 26) if n >= 26 else "")
