"""What happens to a result while somebody pages through it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

What = Literal["insert_front", "insert_back", "update", "remove"]
Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class Change:
    """``by`` records come in front or behind, the last ``by`` are updated, or the first ``by`` go."""

    what: What
    by: int


def changed(
    found: list[Record],
    changes: Sequence[Change],
    newcomer: Callable[[Record, int, bool], Record],
    updated: Callable[[Record], Record],
) -> list[Record]:
    """The result after ``changes``, in the order in which they happened.

    ``newcomer(record, n, in_front)`` makes the n-th record inserted, from a record that was there: like it, under an
    identity of its own, and unknown to the sandbox's truth. The last one inserted stands outermost. Into an empty
    result nothing can be inserted. ``updated(record)`` is another version of the same record.
    """
    if not changes:
        return found
    # A reader of a result that grew by thousands asks for it page after page.
    name, same = newcomer.__qualname__, (tuple(map(id, found)), tuple(changes))
    kept = _last.get(name)
    if kept is not None and kept[0] == same:
        return kept[2]
    result = _after(found, changes, newcomer, updated)
    _last[name] = (same, found, result)
    return result


_last: dict[str, tuple[Any, list[Any], list[Any]]] = {}
"""The newest result of each kind: what it was made of (kept, so that no id is given twice), and what it became."""


def _after(
    found: list[Record],
    changes: Sequence[Change],
    newcomer: Callable[[Record, int, bool], Record],
    updated: Callable[[Record], Record],
) -> list[Record]:
    result, inserted = list(found), 0
    for change in changes:
        if change.what == "remove":
            del result[: change.by]
        elif change.what == "update":
            unchanged = max(0, len(result) - change.by)
            result[unchanged:] = map(updated, result[unchanged:])
        elif found:
            in_front = change.what == "insert_front"
            numbers = range(inserted, inserted + change.by)
            inserted += change.by
            if in_front:
                new = [newcomer(found[n % len(found)], n + 1, True) for n in numbers]
                result = new[::-1] + result
            else:
                result += [newcomer(found[-1 - n % len(found)], n + 1, False) for n in numbers]
    return result


def another_version(text: str | None) -> str:
    """A text that was changed once more."""
    return f"{text} (changed)" if text else "Changed"
