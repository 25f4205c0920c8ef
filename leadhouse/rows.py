"""The rows that somebody brings, from a file, a query or the command line: what becomes of each before anything is sent."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import AliasChoices, ValidationError

from sources.metered import Credits
from sources.paging import key_of

from .failures import CannotDo
from .orders import Asked
from .report import spent
from .warehouse import Warehouse

Rows = Callable[[Warehouse], Iterable[Mapping[str, Any]]]
"""Reads the rows, by column, from what the warehouse then knows."""
REFERENCE = "reference"
"""The column with the customer's own key of a row."""
SHOWN = 20
"""Lines that cannot be asked are shown up to so many; `--json` shows all."""


@dataclass(frozen=True, slots=True)
class Words:
    """How it is said what happens to rows.

    Attributes:
        done: the JSON name of rows that are left out since that was done already.
        to_do, verb, was_done, was_lost: parts of sentences.
    """

    done: str
    to_do: str
    verb: str
    was_done: str
    was_lost: str


@dataclass
class Sorted:
    """The rows of an input, sorted by what becomes of them.

    Attributes:
        rows: rows in all.
        asked: what is left to do, each thing once.
        refused: (line, why) of rows that cannot be used.
        done: lines of what is done already.
        pending: lines of what a job of the provider's works on.
        unknown: lines of what was sent before and whose answer was lost.
        same: lines that say what an earlier line says.
        ignored: columns that are not understood.
        at_most: what it can cost at most.
    """

    words: Words
    rows: int = 0
    asked: tuple[Asked, ...] = ()
    refused: list[tuple[int, str]] = field(default_factory=list)
    done: list[int] = field(default_factory=list)
    pending: list[int] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)
    same: int = 0
    ignored: list[str] = field(default_factory=list)
    at_most: Credits = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            self.words.verb: len(self.asked),
            self.words.done: len(self.done),
            "same": self.same,
            "pending": self.pending,
            "unknown": self.unknown,
            "refused": [{"line": line, "reason": reason} for line, reason in self.refused],
            "ignored_columns": self.ignored,
            "at_most": self.at_most,
        }

    def lines(self) -> Iterator[str]:
        """The same for a person."""
        verb = self.words.verb
        yield f"{self.rows:,} {'row' if self.rows == 1 else 'rows'}: {len(self.asked):,} to {self.words.to_do}."
        if self.done:
            yield f"{len(self.done):,} {self.words.was_done}."
        if self.same:
            yield f"{self.same:,} say the same as an earlier row; that is {verb} once."
        if self.pending:
            yield f"{len(self.pending):,} are being worked on by the provider; the next sync reads what it found."
        if self.unknown:
            yield f"{len(self.unknown):,} {self.words.was_lost} --repeat-unknown does it again."
        for line, reason in self.refused[:SHOWN]:
            yield f"line {line}: {reason}; not {verb}."
        if len(self.refused) > SHOWN:
            yield f"and {len(self.refused) - SHOWN:,} more rows that cannot be {verb}; --json shows all."
        if self.ignored:
            yield f"Columns that are not understood and were left out: {', '.join(self.ignored)}."
        if self.asked and self.at_most:
            yield f"At most {in_words(self.at_most)}."
        elif self.asked:
            yield "It is free."


def in_words(credits: Credits) -> str:
    """`2 email, 1 search credit`."""
    if not credits:
        return "no credits"
    return f"{spent(credits)} {'credit' if credits[max(credits)] == 1 else 'credits'}"


@dataclass
class RowsRead:
    """The rows of an input as they would be sent.

    Attributes:
        sent: (line, what would be sent, the customer's own key) of each row that can be used.
        count, refused, ignored: see `Sorted`.
    """

    sent: list[tuple[int, Mapping[str, Any], str | None]] = field(default_factory=list)
    count: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def read_rows(rows: Iterable[Mapping[str, Any]], model: type[Any]) -> RowsRead:
    """Reads the rows of an input; nothing is sent.

    Args:
        model: a pydantic model with `sent()`, see `sources.paging.lookups.Row`.
    """
    read = RowsRead()
    for line, row in enumerate(rows, 1):
        named = {_column(name): value for name, value in row.items()}
        if line == 1:
            understood = {*_columns_of(model), REFERENCE}
            read.ignored = [name for name in row if _column(name) not in understood]
        read.count = line
        try:
            sent = model(**{name: _text(value) for name, value in named.items()}).sent()
        except ValidationError as error:
            read.refused.append((line, f"{error.errors()[0]['loc'][0]}: {error.errors()[0]['msg']}"))
            continue
        except ValueError as error:
            read.refused.append((line, str(error)))
            continue
        read.sent.append((line, sent, _text(named.get(REFERENCE))))
    return read


def sort_rows(read: RowsRead, verdict: Callable[[str], str], words: Words) -> Sorted:
    """Sorts the rows of an input; nothing is sent.

    Args:
        verdict: of a row's key: `done`, `pending`, `unknown`, or empty when it is to be sent.
    """
    result = Sorted(words, rows=read.count, refused=read.refused, ignored=read.ignored)
    asked: dict[str, tuple[Mapping[str, Any], list[int], list[str | None]]] = {}
    for line, sent, reference in read.sent:
        key = key_of(sent)
        known = verdict(key)
        if known:
            {"done": result.done, "pending": result.pending, "unknown": result.unknown}[known].append(line)
            continue
        result.same += key in asked
        _, lines, references = asked.setdefault(key, (sent, [], []))
        lines.append(line)
        references.append(reference)
    result.asked = tuple(Asked(sent, tuple(lines), tuple(references)) for sent, lines, references in asked.values())
    return result


def _columns_of(model: type[Any]) -> set[str]:
    """The columns that a model reads, under whichever name."""
    aliases = (field.validation_alias for field in model.model_fields.values())
    also = {str(one) for alias in aliases if isinstance(alias, AliasChoices) for one in alias.choices}
    return {*model.model_fields, *also}


def _column(name: str) -> str:
    """`LinkedIn URL`, `linkedinUrl` and `linkedin_url` are one column."""
    spaced = "".join(
        f"_{letter}" if letter.isupper() and name[at - 1 : at].islower() else letter for at, letter in enumerate(name)
    )
    return spaced.replace("-", "_").replace(" ", "_").lower().replace("linked_in", "linkedin")


def _text(value: Any) -> str | None:
    """A value as text; a query's objects and lists as JSON."""
    if isinstance(value, dict | list):
        return json.dumps(value, default=str)
    text = "" if value is None else str(value).strip()
    return text or None


def rows_from(csv_file: Path | None, sql: str | None) -> Rows | None:
    """The rows of one of the two; None when neither was given.

    Raises:
        CannotDo: both were given.
    """
    if csv_file is not None and sql is not None:
        raise CannotDo("The rows come from either --from FILE or --sql QUERY, not from both. Nothing was sent.")
    if csv_file is not None:
        return rows_of_csv(csv_file)
    return rows_of_sql(sql) if sql is not None else None


def with_constants(rows: Rows | None, constants: Mapping[str, str]) -> Rows:
    """The rows with columns that are the same in each; without rows, one of these columns alone."""

    def more(warehouse: Warehouse) -> Iterator[Mapping[str, Any]]:
        for row in rows(warehouse) if rows is not None else ({},):
            yield {**row, **constants}

    return more


def read_constants(texts: Iterable[str]) -> dict[str, str]:
    """`import_id=crm-2026` and the like.

    Raises:
        CannotDo: one has another form.
    """
    read: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not name.strip() or not equals:
            raise CannotDo(f"--set takes COLUMN=VALUE, e.g. import_id=crm-2026; {text!r} is not of that form.")
        read[name.strip()] = value
    return read


def rows_of_csv(path: Path) -> Rows:
    """The rows of a CSV file with a line of column names; UTF-8, with or without a byte-order mark.

    Raises (when read):
        CannotDo: it is not there, or is no such file.
    """

    def rows(_: Warehouse) -> Iterator[Mapping[str, Any]]:
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                sample = file.readline()
                file.seek(0)
                found = csv.DictReader(
                    file, delimiter=";" if sample.count(";") > sample.count(",") else ",", strict=True
                )
                if not found.fieldnames:
                    raise CannotDo(f"{path} is empty; its first line must name the columns. Nothing was sent.")
                for row in found:
                    yield {name: value for name, value in row.items() if name is not None}
        except OSError as error:
            raise CannotDo(f"{path} cannot be read ({error.strerror}). Nothing was sent.") from None
        except UnicodeDecodeError:
            raise CannotDo(f"{path} is not UTF-8; save it as CSV UTF-8. Nothing was sent.") from None
        except csv.Error as error:
            raise CannotDo(f"{path} is no CSV file ({error}). Nothing was sent.") from None

    return rows


def rows_of_sql(sql: str) -> Rows:
    """The rows of a query on the warehouse.

    Raises (when read):
        CannotDo: the warehouse refuses the query.
    """

    def rows(warehouse: Warehouse) -> Iterator[Mapping[str, Any]]:
        from dlt.destinations.exceptions import DatabaseException

        try:
            found = warehouse.arrow(sql)
        except LookupError:
            raise CannotDo("--sql names a table that the warehouse does not have. Nothing was sent.") from None
        except DatabaseException as error:
            words = str(error).strip().splitlines()[0]
            raise CannotDo(f"The warehouse refuses --sql: {words}. Nothing was sent.") from None
        yield from found.to_pylist()

    return rows
