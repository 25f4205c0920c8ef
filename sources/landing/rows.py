"""Turns answers into raw rows: one row per record per answer, append-only, nothing lost."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import pyarrow as pa

from sources.metered import Answer, StoredAnswer, digest, read_csv

from .records import Record, Unreadable, read
from .split import UNSTORABLE, Piece, is_of_many, last_step, split

ROWS_PER_TABLE = 5_000
"""Answers are gathered into Arrow tables of about this many rows: a page per table costs two thirds of the speed."""

RAW_COLUMNS: dict[str, str] = {
    "_row_id": "Hash of the question and the record's place in its answer; the same record of the same answer always has the same.",
    "record_key": "The provider's key of the record.",
    "_selection": "The operation and the data points that were asked for.",
    "payload": "The record as it came, character for character.",
    "record": "The record in canonical form, written by its record model; null when it could not be read.",
    "_model": "The record model that wrote `record`.",
    "_record_hash": "Hash of the canonical record (of the payload when it could not be read).",
    "_path": "JSON pointer to the record in its answer.",
    "_request_id": "The ledger's request that brought it.",
    "_fetched_at": "When it was answered, UTC.",
    "_parsed_at": "When the record model read it, UTC.",
}
SCHEMA = pa.schema(
    [(name, pa.timestamp("us") if name.endswith("_at") else pa.string()) for name in RAW_COLUMNS],
)


@dataclass(frozen=True, slots=True)
class Entity:
    """One raw table: where its records stand in an answer, who reads them, and what identifies them.

    Args:
        name: the raw table, e.g. `tracked_contacts`.
        operation: whose answers hold its records.
        model: reads a record.
        where: path to the records in an answer, see `split`.
        key: from the canonical record to its key; the empty string when it has none.
        map_key: the field that receives the key under which the record stood in a map, if any.
        description: one sentence, the table's grain.
        reads: what its answers are. The payload of a row of CSV is its cells by column, as JSON, and the envelope holds the
            header: see `read_csv`, which takes nothing from a cell's text.
        as_object: of a value in a map that is no object (a list of addresses), the object that it stands for; the value
            itself when it stands for none.
    """

    name: str
    operation: str
    model: type[Record]
    where: str
    key: Callable[[dict[str, Any]], str]
    description: str
    map_key: str | None = None
    reads: Literal["json", "csv"] = "json"
    as_object: Callable[[Any], Any] | None = None


@dataclass(slots=True)
class Findings:
    """What landing learned of one answer besides its rows; it lands with the ledger.

    Attributes:
        envelope: the body with `null` where each record stood.
        drift: (kind, field) and how often.
        quarantined: (path, reason, payload) of each record that could not be read.
    """

    request_id: str
    entity: str
    envelope: str
    records: int = 0
    drift: dict[tuple[str, str], int] = field(default_factory=dict)
    quarantined: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a record model made of one payload.

    Attributes:
        record: the canonical record as text; None when it could not be read.
        drift: (kind, field) of each surprise.
        reason: why it could not be read; None when it was.
    """

    record: str | None
    record_key: str
    record_hash: str
    drift: tuple[tuple[str, str], ...] = ()
    reason: str | None = None


def read_answer(
    entity: Entity,
    question_id: str,
    request_id: str,
    selection: str,
    fetched_at: datetime,
    body: bytes,
    found: bool = True,
) -> tuple[list[dict[str, Any]], Findings]:
    """The raw rows of one answer, and what was unexpected in it."""
    if not found:
        # Whatever stands there, it holds no record.
        return [], Findings(request_id, entity.name, storable(body.decode("utf-8", "replace")))
    text = decode(body) if entity.reads == "json" else _csv_as_json(body)
    pieces, envelope = split(text, entity.where)
    findings = Findings(request_id, entity.name, envelope, len(pieces))
    rows = []
    for piece in pieces:
        reading = _read(entity, piece)
        if reading.reason is not None:
            findings.quarantined.append((piece.path, reading.reason, piece.payload))
        for surprise in reading.drift:
            findings.drift[surprise] = findings.drift.get(surprise, 0) + 1
        rows.append(
            {
                "_row_id": digest(question_id, piece.path)[:32],
                "record_key": reading.record_key,
                "_selection": selection,
                "payload": piece.payload,
                "record": reading.record,
                "_model": entity.model.__name__,
                "_record_hash": reading.record_hash,
                "_path": piece.path,
                "_request_id": request_id,
                "_fetched_at": fetched_at,
                "_parsed_at": fetched_at,
            }
        )
    return rows, findings


def tables(
    answers: Iterable[Answer], entity: Entity, note: Callable[[Findings], None] = lambda _: None
) -> Iterator[pa.Table]:
    """Arrow tables of raw rows; the first is empty, so that the table exists even when nothing came."""
    yield SCHEMA.empty_table()
    waiting: list[dict[str, Any]] = []
    for answer in answers:
        rows, findings = read_answer(
            entity,
            answer.question_id,
            answer.request_id,
            answer.selection,
            answer.fetched_at,
            answer.body,
            answer.found,
        )
        note(findings)
        waiting.extend(rows)
        if len(waiting) >= ROWS_PER_TABLE:
            yield pa.Table.from_pylist(waiting, schema=SCHEMA)
            waiting = []
    if waiting:
        yield pa.Table.from_pylist(waiting, schema=SCHEMA)


def examine(stored: StoredAnswer, entity: Entity) -> Findings:
    """The findings of a stored answer alone, for books that are written after a restart."""
    fetched_at = datetime.fromisoformat(stored.fetched_at)
    return read_answer(
        entity, stored.question_id, stored.request_id, stored.selection, fetched_at, stored.body, stored.found
    )[1]


def read_again(entity: Entity, path: str, payload: str) -> Reading:
    """Reads a payload that is in raw already, as `read_answer` reads it on landing.

    Args:
        path: its `_path`; where records stand in a map, the key is read from it.
    """
    try:
        value = json.loads(payload)
    except (ValueError, RecursionError):
        return _unreadable(payload, "the payload is not JSON")
    return _read(entity, Piece(path, last_step(path), payload, value))


def as_read(entity: Entity, piece: Piece) -> Any:
    """The value as the record model is given it."""
    value = _plain(piece.value) if UNUSUAL.search(piece.payload) else piece.value
    if entity.map_key is not None and not piece.key.isdigit() and is_of_many(piece.path, entity.where):
        if entity.as_object is not None and not isinstance(value, dict):
            value = entity.as_object(value)
        if isinstance(value, dict):
            value = {**value, entity.map_key: storable(piece.key)}
    return value


def _read(entity: Entity, piece: Piece) -> Reading:
    try:
        canonical, drift = read(entity.model, as_read(entity, piece))
        key = entity.key(canonical)
        text = json.dumps(canonical, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False)
    except (Unreadable, ValueError, RecursionError) as problem:
        reason = str(problem) if isinstance(problem, Unreadable) else f"{entity.model.__name__} could not read it"
        return _unreadable(piece.payload, reason)
    return Reading(text, key or _weak_key(piece.payload), digest(text)[:32], tuple(drift.found))


def _unreadable(payload: str, reason: str) -> Reading:
    return Reading(None, _weak_key(payload), digest(payload)[:32], reason=reason)


def _weak_key(payload: str) -> str:
    """For a record that nothing names."""
    return f"weak:{digest(payload)[:32]}"


UNUSUAL = re.compile(r"\\u(?:0000|[dD][89a-fA-F])|\d[eE]\+?\d|NaN|Infinity")
"""What a payload must hold for its values to need cleaning; most do not, and cleaning takes a fifth of the time."""


def _plain(value: Any) -> Any:
    """The value without what no warehouse takes: lone surrogates and NUL become U+FFFD, infinite numbers text.

    The payload keeps them as they came.
    """
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def decode(body: bytes) -> str:
    """The body as text; half a surrogate pair as the JSON escape that means the same."""
    text = body.decode(json.detect_encoding(body), "surrogatepass").removeprefix("\ufeff")
    return SURROGATE.sub(lambda half: f"\\u{ord(half[0]):04x}", text)


def _csv_as_json(body: bytes) -> str:
    return json.dumps(read_csv(body), ensure_ascii=False, separators=(",", ":"))


SURROGATE = re.compile("[\ud800-\udfff]")


def storable(text: str) -> str:
    """Half of a surrogate pair, and the character NUL, fit no warehouse: U+FFFD."""
    return UNSTORABLE.sub("\ufffd", text)
