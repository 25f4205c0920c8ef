"""Reads the example responses out of the providers' reference documents, where those are at hand.

The documents are not part of the project; tests that need them say so when they are missing.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from tests.house import PROJECT

REFERENCE = PROJECT.parent / "shared" / "reference"
LEADIQ = ("leadiq-api-reference-contact-tracking.txt", "leadiq-api-reference-company-tracking.txt")
SCALARS = {"Json": '{"any": ["json", 1.50]}'}
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\b[A-Z][A-Za-z]*\b')


def contactout_examples(section: str) -> list[str]:
    """The JSON bodies of a section of the ContactOut reference, as they stand there."""
    text = (REFERENCE / "contactout-api-reference.txt").read_text()
    start = text.index(f"\n## {section}\n")
    end = text.find("\n## ", start + 5)
    blocks = re.findall(r"Copy to Clipboard(\{.*\})\n```", text[start : end if end > 0 else None])
    # One example leaves out what it has in common with another, and says so in a comment that JSON does not have.
    return [block for block in (block.replace("//otherfields...", "") for block in blocks) if _is_json(block)]


def leadiq_example(operation: str) -> list[str]:
    """The example response of a LeadIQ query in each reference that has it, its types filled in from their own examples."""
    found = []
    for name in LEADIQ:
        text = (REFERENCE / name).read_text()
        for response in re.findall(r"\nResponse\n(\{\n.*?\n\})\n", text, re.DOTALL):
            if re.match(rf'\{{\s*"data":\s*\{{\s*"{operation}":', response):
                found.append(_filled_in(response, text))
    return found


@dataclass
class Table:
    """A type as a table of a LeadIQ reference describes it.

    Attributes:
        kind: `type`, `input` or `enum`.
        fields: the type of each field.
        arguments: of a field, the type of each argument.
        values: of an enum.
    """

    kind: str
    fields: dict[str, str] = field(default_factory=dict)
    arguments: dict[str, dict[str, str]] = field(default_factory=dict)
    values: list[str] = field(default_factory=list)


KINDS = {"Field Name Description": "type", "Input Field Description": "input", "Enum Value Description": "enum"}


def leadiq_tables(document: str) -> dict[str, Table]:
    """Every type that a LeadIQ reference describes by a table, by name."""
    text = (REFERENCE / document).read_text()
    lines = [line for line in text[text.index("\nTypes\n") :].splitlines() if line.strip()]
    starts = {at: lines[at + 1] for at in range(len(lines) - 1) if lines[at + 1] in KINDS}
    found = {}
    for at, heading in starts.items():
        name = lines[at - 1]
        if not re.fullmatch(r"[A-Z]\w*", name):
            # A description stands between the name and the table.
            name = lines[max(above for above in range(at) if lines[above] == "Description") - 1]
        found[name] = _table(KINDS[heading], lines[at + 2 : lines.index("Example", at)])
    return found


def _table(kind: str, lines: list[str]) -> Table:
    table = Table(kind)
    if kind == "enum":
        table.values = [line for line in lines if re.fullmatch(r"[A-Z]\w+", line)]
        return table
    current, of_arguments = "", False
    for line in lines:
        # An argument's line looks like a field's.
        entry = re.match(r"(\w+) - (\S+)", line)
        of_arguments = line == "Arguments" or (of_arguments and entry is not None and entry[1] in ARGUMENTS)
        if entry is not None and of_arguments:
            table.arguments.setdefault(current, {})[entry[1]] = entry[2]
        elif entry is not None:
            current = entry[1]
            table.fields[current] = entry[2]
    return table


ARGUMENTS = ("first", "after", "from")
"""Arguments of fields, which stand in the tables like fields of their own."""


def _filled_in(example: str, text: str) -> str:
    def fill(match: re.Match[str]) -> str:
        token = match[0]
        if token.startswith('"'):
            return token
        if token in SCALARS:
            return SCALARS[token]
        section = re.search(rf"\n{token}\n(?:(?!\nExample\n).)*\nExample\n(\{{.*?\n\}})\n", text, re.DOTALL)
        own = re.search(
            rf"\n{token}\n\n(?:Description|Fields)\n[^{{]*?\nExample\n(\{{.*?\}})\n\n",
            text[text.index("\nTypes\n") :],
            re.DOTALL,
        )
        chosen = own or section
        if chosen is None or token in ("Cursor", "Instant", "ID"):
            return f'"{token}"'
        return _filled_in(chosen[1], text)

    return TOKEN.sub(fill, example)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def reference_is_there(path: Path = REFERENCE) -> bool:
    """Whether the documents stand beside the project."""
    return path.is_dir()
