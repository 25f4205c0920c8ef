"""Answers that are CSV, as one shape of document; the bytes stay as they came, and are read again by the same reader."""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Iterator
from typing import Any

SURPLUS = "_surplus"
"""Holds the list of a row's cells beyond the last column."""
SEPARATORS = (",", ";", "\t")
END = "\x00end of the file\x00"
BOMS = (
    # UTF-32's begins like UTF-16's.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# The module's own limit is for a whole process, and shorter than a text that somebody may have pasted into a field.
csv.field_size_limit(2**31 - 1)


def read_csv(body: bytes) -> dict[str, Any]:
    """A CSV file as a document: `{"columns": [text…], "rows": [{column: text}…]}`.

    UTF-8, UTF-16 or UTF-32 with a byte-order mark; without one UTF-8, or else Windows-1252. The separator is the comma,
    semicolon or tab that splits the header into most columns, or what a first line `sep=;` says. Every cell is text, as it
    stood; a short row lacks its last columns, a long one keeps the surplus as a list under `_surplus`. Lines without
    a single filled cell are no rows; a file without any line has no columns.

    `columns` are the header's cells as they stood; a row's names are the same without space around them, an empty one
    `column_2` by its place, the second of a name `name_2`.

    Raises:
        ValueError: it is a page of markup, a JSON document, no text, or it ends within a quoted cell.
    """
    text = decode_csv(body)
    beginning = text.lstrip()[:1]
    if beginning == "<":
        raise ValueError("it is a page of markup")
    if beginning in ("{", "[") and _is_json(text):
        raise ValueError("it is a JSON document")
    separator, text = _separator(text)
    lines = _lines(text, separator)
    header = next(lines, [])
    names = _names(header)
    rows = []
    for cells in lines:
        row: dict[str, Any] = dict(zip(names, cells, strict=False))
        if len(cells) > len(names):
            row[SURPLUS] = cells[len(names) :]
        rows.append(row)
    return {"columns": header, "rows": rows}


def decode_csv(body: bytes) -> str:
    """The text of a CSV file.

    Raises:
        ValueError: its byte-order mark promises an encoding that it does not keep.
    """
    for mark, encoding in BOMS:
        if body.startswith(mark):
            return body.removeprefix(mark).decode(encoding)
    body = body.removeprefix(codecs.BOM_UTF8)
    for encoding in ("utf-8", "cp1252"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    # Five bytes mean nothing in Windows-1252.
    return body.decode("latin-1")


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _separator(text: str) -> tuple[str, str]:
    """The separator, and the text without the line that spreadsheets take it from."""
    first, _, rest = text.partition("\n")
    hint = first.strip(' "\r').lower() if first[:8].strip(' "').lower().startswith("sep=") else ""
    if len(hint) == len("sep=;"):
        return hint[-1], rest
    if first.rstrip("\r").lower() == "sep=\t":
        return "\t", rest

    def columns(separator: str) -> int:
        return len(next(iter(csv.reader(io.StringIO(text.lstrip("\r\n"), newline=""), delimiter=separator)), []))

    return max(SEPARATORS, key=columns), text


def _lines(text: str, separator: str) -> Iterator[list[str]]:
    """The cells of each line that holds something.

    Raises:
        ValueError: the text ends within a quoted cell, so that it was cut off.
    """
    # The reader itself says nothing of a quote that is never closed: what is put behind the text shows it.
    whole = io.StringIO(f"{text}\n{END}", newline="")
    cells: list[str] = []
    try:
        for cells in csv.reader(whole, delimiter=separator):
            if cells != [END] and any(cells):
                if END in cells[-1]:
                    break
                yield cells
    except csv.Error as error:
        raise ValueError(str(error)) from None
    if cells != [END]:
        raise ValueError("it ends within a quoted cell")


def _names(header: list[str]) -> list[str]:
    """A name for each column, no two the same."""
    plain = [name.strip() for name in header]
    taken = {SURPLUS, *plain}
    names: list[str] = []
    for place, name in enumerate(plain, start=1):
        if name in names or name in ("", SURPLUS):
            stem, number = (name, 2) if name else ("column", place)
            while f"{stem}_{number}" in taken:
                number += 1
            name = f"{stem}_{number}"
            taken.add(name)
        names.append(name)
    return names
