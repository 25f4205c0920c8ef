"""Which of several values survives: what the seed of the rules may say, checked before a build follows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

COLUMNS = ("entity", "field", "belongs_to", "prefer", "provider_order", "only_from")
PROVIDERS = ("contactout", "leadiq", "letrics")
ALWAYS = ("recent", "provider")


@dataclass(frozen=True, slots=True)
class Family:
    """Fields whose values are told apart by the same criteria.

    Args:
        fields: their names.
        criteria: what may be preferred besides `ALWAYS`.
        group: the group that they may belong to; None when each is decided by itself.
        in_statements: whether they stand in a statement, so that one may count only from the record that won another.
    """

    fields: tuple[str, ...]
    criteria: tuple[str, ...] = ()
    group: str | None = None
    in_statements: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.fields, *([self.group] if self.group else []))


PLACE = ("city", "state", "subdivision_code", "country_code")
FAMILIES: Mapping[str, tuple[Family, ...]] = {
    "person": (
        Family(("full_name", "first_name", "last_name", "linkedin_url")),
        Family(
            ("title", "seniority", "department", "company_id", "company_name", "position_started_on"),
            ("complete",),
            "employment",
        ),
        Family(PLACE, ("complete",), "place"),
        Family(("work_email", "personal_email", "phone"), ("status", "stated"), in_statements=False),
    ),
    "company": (
        Family(
            ("name", "domain", "linkedin_url", "industry", "employee_count", "employee_range", "revenue_usd",
             "revenue_range", "founded_year"),
            ("own",),
        ),
        Family(PLACE, ("own",), "place"),
    ),
}  # fmt: skip
"""The fields that survive, as int_person_fields and int_company_fields have them."""


def wrong_rules(rows: Sequence[Mapping[str, str | None]]) -> list[str]:
    """A sentence for each thing that is wrong with the rows of survivorship_rules.csv; none when it can be followed.

    Args:
        rows: as read from the file, in its order; the first is on line 2.
    """
    if rows and (missing := [column for column in COLUMNS if column not in rows[0]]):
        return [f"survivorship_rules.csv has no column {', '.join(missing)}; it needs {', '.join(COLUMNS)}."]
    return [*_wrong_lines(rows), *_missing(rows)]


def _wrong_lines(rows: Sequence[Mapping[str, str | None]]) -> Iterator[str]:
    first: dict[tuple[str, str], int] = {}
    for line, row in enumerate(rows, start=2):
        entity, field = row["entity"] or "", row["field"] or ""
        before = first.setdefault((entity, field), line)
        problem = f"{entity} {field} stands on line {before} already" if before != line else _problem(row, rows)
        if problem:
            yield f"survivorship_rules.csv, line {line}: {problem}."


def _problem(row: Mapping[str, str | None], rows: Sequence[Mapping[str, str | None]]) -> str | None:
    entity, field, group, only_from = (row[name] or "" for name in ("entity", "field", "belongs_to", "only_from"))
    if entity not in FAMILIES:
        return f"there is no entity `{entity}`; {_one_of(FAMILIES)}"
    family = next((one for one in FAMILIES[entity] if field in one.names), None)
    if family is None:
        return f"a {entity} has no field `{field}`; {_one_of(name for one in FAMILIES[entity] for name in one.names)}"
    prefer, order = _listed(row["prefer"]), _listed(row["provider_order"])
    if group and (prefer or order):
        return (
            f"{field} belongs to {group}, whose line says what is preferred; leave prefer and provider_order empty here"
        )
    if group and (group != family.group or field == group):
        allowed = (
            f"leave it empty or write {family.group}" if family.group and field != family.group else "leave it empty"
        )
        return f"{field} cannot belong to `{group}`; {allowed}"
    if not group and not prefer:
        return f"nothing says what is preferred of {field}; fill in prefer"
    criteria = (*family.criteria, *ALWAYS)
    if unknown := [one for one in prefer if one not in criteria]:
        return f"{field} cannot prefer `{unknown[0]}`; {_one_of(criteria)}"
    if len(set(prefer)) < len(prefer):
        return f"prefer names {next(one for one in prefer if prefer.count(one) > 1)} twice"
    if unknown := [one for one in order if one not in PROVIDERS]:
        return f"there is no provider `{unknown[0]}`; {_one_of(PROVIDERS)}"
    if len(set(order)) < len(order):
        return f"provider_order names {next(one for one in order if order.count(one) > 1)} twice"
    if order and "provider" not in prefer:
        return f"provider_order has no say, since {field} does not prefer `provider`"
    return _wrong_winner(entity, field, only_from, rows) if only_from else None


def _wrong_winner(entity: str, field: str, only_from: str, rows: Sequence[Mapping[str, str | None]]) -> str | None:
    stated = [name for one in FAMILIES[entity] if one.in_statements for name in one.names]
    if field not in stated:
        return f"only_from is not for {field}; leave it empty"
    if only_from not in stated or only_from == field:
        return f"{field} cannot count only from `{only_from}`; {_one_of(name for name in stated if name != field)}"
    if any(row["entity"] == entity and row["field"] == only_from and row["only_from"] for row in rows):
        return f"{field} cannot count only from {only_from}, which counts only from another itself"
    return None


def _missing(rows: Sequence[Mapping[str, str | None]]) -> Iterator[str]:
    there = {(row["entity"], row["field"]) for row in rows}
    for entity, families in FAMILIES.items():
        for family in families:
            for name in family.names:
                if (entity, name) not in there:
                    yield f"survivorship_rules.csv has no line for {entity} {name}, and nothing says which value survives."


def _listed(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def _one_of(names: Mapping[str, object] | Sequence[str] | Iterator[str]) -> str:
    return f"write one of {', '.join(names)}"
