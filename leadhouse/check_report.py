"""What was understood of a page, for a person, in 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import Any


def print_collections(collections: Iterable[dict[str, Any]]) -> None:
    """One table a collection: what stands in the answer, and as what it is read; below it what is not."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()

    def say(text: str, indent: str = "  ", hanging: str = "  ") -> None:
        lines = textwrap.wrap(
            text,
            console.width,
            initial_indent=indent,
            subsequent_indent=hanging,
            break_on_hyphens=False,
        )
        console.print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)

    for told in collections:
        if told["state"] == "failed":
            continue  # The source's own sentence says it.
        console.print()
        say(f"{told['collection']}: {told['says']}.", "")
        for text in _envelope(told):
            say(text)
        if told.get("understood"):
            table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
            table.add_column("  in the answer", overflow="fold", min_width=24)
            table.add_column("is read as", overflow="fold")
            table.add_column("in", justify="right", no_wrap=True)
            for one in told["understood"]:
                share = f"{one['records']} of {told['records']}"
                table.add_row(Text(f"  {one['path']}"), Text(", ".join(one["fields"])), share)
            console.print(table)
        for heading, entries in _rest(told):
            say(f"{heading}: {', '.join(entries)}.", hanging="    ")


def _envelope(told: dict[str, Any]) -> Iterator[str]:
    if told["state"] in ("understood", "empty"):
        stated = [
            f"{name} {told[key]['says']:,} ({told[key]['where']})"
            for key, name in (("total", "total"), ("page_size", "page size"))
            if told[key]
        ]
        yield f"meta states {', '.join(stated) or 'neither total nor page size; a page that is not full ends the reading'}."
        if told["total"] is None:
            yield (
                "Without a total nothing shows that a record went while pages were read, and that another moved to "
                "a page that had been read: the next whole reading (full_refresh_days) finds it."
            )


def _rest(told: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """(heading, entries) of each list below the table that has entries."""
    if told["state"] != "understood":
        return
    unreadable = [f"{records} ({reason})" for reason, records in told["unreadable"].items()]
    lists = (
        ("records that cannot be read", unreadable),
        ("not understood", [f"{one['path']} ({' or '.join(one['types'])})" for one in told["not_understood"]]),
        (
            "cannot be read",
            [f"{one['path']} ({' or '.join(one['types'])}) as {', '.join(one['fields'])}" for one in told["misread"]],
        ),
        ("not used", [_hidden(one) for one in told["not_used"]]),
        ("always empty", told["always_empty"]),
        ("not seen", list(_gathered(told))),
        ("not looked at", [f"{told['left_out']:,} more names"] if told["left_out"] else []),
    )
    yield from ((heading, entries) for heading, entries in lists if entries)


def _hidden(one: dict[str, Any]) -> str:
    taken_from = " and ".join(one.get("taken_from", ())) or "another"
    return f"{one['path']} ({', '.join(one['fields'])} was taken from {taken_from})"


def _gathered(told: dict[str, Any]) -> Iterator[str]:
    """The fields that nothing feeds; `company.*` where that is so of all below it."""
    fed = {name for key in ("understood", "misread") for one in told[key] for name in one["fields"]}
    named: set[str] = set()
    for name in told["not_seen"]:
        prefix, dot, _ = name.partition(".")
        shown = name if not dot or any(one.startswith(f"{prefix}.") for one in fed) else f"{prefix}.*"
        if shown not in named:
            named.add(shown)
            yield shown
