"""What the sources' READMEs say of keys and names, written from the models: `python -m leadhouse.staging` writes it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from sources.landing import Entity, names_read

from .catalogue import SOURCES
from .settings import Sources

FOLDER = Path(__file__).resolve().parent.parent / "sources"
BLOCK = "<!-- {name}: written by `make staging` from {file} -->"
END = "<!-- {name} end -->"


def readmes() -> dict[str, str]:
    """Each source's README as it should be, by path below `sources`.

    Raises:
        ValueError: a README lacks the marks between which its table of keys belongs.
    """
    found: dict[str, str] = {}
    for name, source in SOURCES.items():
        text = (FOLDER / name / "README.md").read_text()
        inputs = Sources.model_fields[name].annotation
        assert isinstance(inputs, type)
        text = _with_block(text, name, "keys", "inputs.py", key_table(name, inputs))
        if name == "letrics":
            tables = "\n".join(_names(entity) for entity in source.entities)
            text = _with_block(text, name, "names", "records.py", tables)
        found[f"{name}/README.md"] = text
    return found


def _with_block(text: str, source: str, name: str, file: str, content: str) -> str:
    begins, ends = BLOCK.format(name=name, file=file), END.format(name=name)
    if begins not in text or ends not in text:
        raise ValueError(f"sources/{source}/README.md has no {begins} … {ends}")
    before, rest = text.split(begins)
    return f"{before}{begins}\n\n{content}\n{ends}{rest.split(ends)[1]}"


def key_table(source: str, inputs: type[BaseModel]) -> str:
    """Every key below `[sources.<source>]`, with what it is by default."""
    lines = [f"| key below `sources.{source}` | default | what it is |", "|---|---|---|"]
    for key, default, description in _keys(inputs):
        lines.append(f"| `{key}` | {default} | {description.rstrip('.')} |".replace("|  |", "| |"))
    return "\n".join((*lines, ""))


def _keys(model: type[BaseModel], above: str = "") -> Iterator[tuple[str, str, str]]:
    for name, info in model.model_fields.items():
        kinds = [one for one in (info.annotation, *get_args(info.annotation)) if isinstance(one, type)]
        inner = next((one for one in kinds if issubclass(one, BaseModel)), None)
        if inner is None:
            yield f"{above}{name}", _default(info.get_default(call_default_factory=True)), info.description or ""
        elif get_origin(info.annotation) is dict:
            yield from _keys(inner, f"{above}{name}.<name>.")
        else:
            yield from _keys(inner, f"{above}{name}.")


def _default(value: Any) -> str:
    if value is None or value is PydanticUndefined or value in ([], {}):
        return ""
    return f"`{str(value).lower()}`" if isinstance(value, bool) else f"`{value}`"


def _names(entity: Entity) -> str:
    lines = [f"| field of `{entity.name}` | read from, the first that holds something | what it is |", "|---|---|---|"]
    for name, names, description in names_read(entity.model):
        lines.append(f"| `{name}` | {', '.join(f'`{one}`' for one in names)} | {description.rstrip('.')} |")
    return "\n".join((*lines, ""))


def stale() -> list[str]:
    """The READMEs that say something else."""
    return sorted(name for name, text in readmes().items() if (FOLDER / name).read_text() != text)


def write() -> None:
    for name, text in readmes().items():
        (FOLDER / name).write_text(re.sub(r"\n{3,}", "\n\n", text))
