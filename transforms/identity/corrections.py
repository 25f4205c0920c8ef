"""Corrections by hand: what is wrong with them, before anything is resolved by them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

ENTITIES = ("person", "company")
CORRECTIONS = ("must_link", "must_not_link")
RECORDS = ("provider", "provider_record_id", "other_provider", "other_provider_record_id")


def wrong_corrections(rows: Iterable[Mapping[str, str]]) -> list[str]:
    """A sentence for each line of the seed `identity_corrections` that cannot be followed."""
    wrong: list[str] = []
    decided: dict[tuple[str, frozenset[tuple[str, str]]], tuple[int, str]] = {}
    for number, row in enumerate(rows, start=2):
        line = f"Line {number} of identity_corrections.csv"
        entity, correction = (row.get(name) or "" for name in ("entity", "correction"))
        missing = [name for name in RECORDS if not row.get(name)]
        if entity not in ENTITIES:
            wrong.append(f"{line}: entity is {entity!r}; write person or company.")
        elif correction not in CORRECTIONS:
            wrong.append(f"{line}: correction is {correction!r}; write must_link or must_not_link.")
        elif missing:
            wrong.append(f"{line}: {', '.join(missing)} is missing; name both records as map_{entity}_records does.")
        else:
            pair = frozenset([(row["provider"], row["provider_record_id"]),
                              (row["other_provider"], row["other_provider_record_id"])])  # fmt: skip
            before = decided.setdefault((entity, pair), (number, correction))
            if len(pair) == 1:
                wrong.append(f"{line}: both records are the same; name two.")
            elif before[1] != correction:
                wrong.append(f"{line}: {correction}, but line {before[0]} says {before[1]} of the same two; keep one.")
    return wrong
