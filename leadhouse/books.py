"""The books: the ledger, windows, drift, quarantine and syncs as tables of `raw_leadhouse`."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import dlt
import pyarrow as pa
from dlt.extract import DltResource

from sources.landing import Findings, SqlType
from sources.landing.rows import storable
from sources.metered import Credits, PriceList, RequestRow, RowOutcome, Unreadable, digest

from .orders import Order, PendingJob

DATASET = "raw_leadhouse"
UNPRICED = "none"
"""In place of a credit type: no empty text, which some loaders take for null."""

TABLES: dict[str, tuple[str, dict[str, tuple[SqlType, str]]]] = {
    "requests": (
        "One row per request sent, or per question the journal answered.",
        {
            "request_id": (SqlType.TEXT, "Id of the request."),
            "sync_id": (SqlType.TEXT, "The sync that asked."),
            "round": (SqlType.INTEGER, "The round of that sync."),
            "provider": (SqlType.TEXT, "`leadiq`, `contactout` or `letrics`."),
            "operation": (SqlType.TEXT, "The provider's name of what was asked."),
            "resource": (SqlType.TEXT, "The resource or saved search that asked."),
            "window_id": (SqlType.TEXT, "The window of the resource."),
            "step": (SqlType.INTEGER, "The place in the window, from 0."),
            "fingerprint": (SqlType.TEXT, "Hash of what was asked."),
            "selection": (SqlType.TEXT, "The operation and the data points asked for."),
            "attempt": (
                SqlType.INTEGER,
                "Which attempt at the question this was, from 1; 0 when the journal answered.",
            ),
            "started_at": (SqlType.TIMESTAMP, "When it was sent, UTC."),
            "duration_ms": (SqlType.NUMBER, "From sending to the last byte, milliseconds."),
            "outcome": (SqlType.TEXT, "`ok`, `empty`, `retried`, `failed`, `unknown` or `replayed`."),
            "http_status": (SqlType.INTEGER, "HTTP status of the answer."),
            "records": (SqlType.INTEGER, "Records in the answer."),
            "message": (SqlType.TEXT, "The provider's words about an error, without keys and addresses."),
            "envelope": (SqlType.TEXT, "The answer without its records."),
        },
    ),
    "request_credits": (
        "One row per request and credit type.",
        {
            "request_id": (SqlType.TEXT, "Id of the request."),
            "credit_type": (SqlType.TEXT, "The provider's kind of credit."),
            "credits_estimated": (
                SqlType.NUMBER,
                "Credits by the price list; of an unknown request, the most it can have cost.",
            ),
            "credits_usd": (SqlType.NUMBER, "The same in US dollars, where a price is configured."),
        },
    ),
    "request_units": (
        "One row per request that has a price, thing that was counted to estimate its credits, and credit type it counts for.",
        {
            "request_id": (SqlType.TEXT, "Id of the request."),
            "credit_type": (
                SqlType.TEXT,
                "The provider's kind of credit; `none` for what was counted and costs nothing.",
            ),
            "unit": (SqlType.TEXT, "What was counted, as the price list names it: `record_with_email` and so on."),
            "counted": (SqlType.INTEGER, "How many; of an unknown request, the most there can have been."),
            "credits_each": (SqlType.NUMBER, "Credits of each by the price list of then."),
        },
    ),
    "windows": (
        "One row per window that was read to its end.",
        {
            "sync_id": (SqlType.TEXT, "The sync that completed it."),
            "provider": (SqlType.TEXT, "`leadiq`, `contactout` or `letrics`."),
            "resource": (SqlType.TEXT, "The resource."),
            "window_id": (SqlType.TEXT, "Running number of the window within its resource."),
            "kind": (SqlType.TEXT, "`full` or `increment`."),
            "window_from": (SqlType.TIMESTAMP, "Begin of the window, UTC; null for everything."),
            "window_to": (SqlType.TIMESTAMP, "End of the window, UTC."),
            "completed_at": (SqlType.TIMESTAMP, "When its last page was read, UTC."),
            "steps": (SqlType.INTEGER, "Questions it took."),
            "is_partial": (
                SqlType.BOOLEAN,
                "Whether there are gaps in it, from errors or from a result that changed while it was read; it then proves nothing.",
            ),
        },
    ),
    "drift": (
        "One row per answer, field and kind of surprise.",
        {
            "request_id": (SqlType.TEXT, "The request whose answer held it."),
            "provider": (SqlType.TEXT, "`leadiq`, `contactout` or `letrics`."),
            "entity": (SqlType.TEXT, "The raw table."),
            "kind": (SqlType.TEXT, "`unknown_field`, `unknown_value`, `wrong_type` or `missing_field`."),
            "field": (SqlType.TEXT, "The field, by its path in the record: `company.name`, `positions[].title`."),
            "occurrences": (
                SqlType.INTEGER,
                "Records of the answer that had it; 0 when a later record model, by `leadhouse reparse`, found it no more.",
            ),
            "seen_at": (SqlType.TIMESTAMP, "When, UTC."),
        },
    ),
    "quarantine": (
        "One row per record that could not be read (its payload is in raw), or per whole answer (its payload is here alone).",
        {
            "row_id": (SqlType.TEXT, "Hash of the request and the path."),
            "request_id": (SqlType.TEXT, "The request whose answer held it."),
            "provider": (SqlType.TEXT, "`leadiq`, `contactout` or `letrics`."),
            "entity": (SqlType.TEXT, "The raw table; empty or null for a whole answer."),
            "path": (SqlType.TEXT, "JSON pointer to the record in its answer; empty or null for a whole answer."),
            "reason": (SqlType.TEXT, "Why it could not be read."),
            "payload": (
                SqlType.TEXT,
                "The record or answer as it came; an answer that is no text in base64, as `reason` then says.",
            ),
            "seen_at": (SqlType.TIMESTAMP, "When, UTC."),
        },
    ),
    "quarantine_settlements": (
        "One row per settlement of a quarantined record; the latest one at or after its latest `seen_at` counts.",
        {
            "row_id": (SqlType.TEXT, "The quarantine's row."),
            "settlement": (
                SqlType.TEXT,
                "`discarded` by a person, or `read` by `leadhouse reparse`, whose model could read it.",
            ),
            "settled_at": (SqlType.TIMESTAMP, "When, UTC."),
        },
    ),
    "lookups": (
        "One row per question about a person, company or address, line of the input that asked it, and thing learned of it; the latest counts.",
        {
            "request_id": (SqlType.TEXT, "The request that asked it."),
            "provider": (SqlType.TEXT, "`leadiq`, `contactout` or `letrics`."),
            "lookup": (SqlType.TEXT, "What was looked up: `people`, `companies` and so on."),
            "operation": (SqlType.TEXT, "The provider's name of what was asked."),
            "key_hash": (SqlType.TEXT, "SHA-256 of what was sent to identify the person or company."),
            "points": (SqlType.TEXT, "The data points asked for, comma-separated and sorted."),
            "line": (SqlType.INTEGER, "The line of the input, from 1."),
            "reference": (SqlType.TEXT, "The customer's own key of that line; null when it had none."),
            "asked_at": (SqlType.TIMESTAMP, "When it was asked, UTC."),
            "outcome": (
                SqlType.TEXT,
                "`found`, `not_found`, `invalid` (refused by the provider), `pending` (a job works on it) or `unknown` (the "
                "answer was lost).",
            ),
            "records": (SqlType.INTEGER, "Records found."),
            "way": (SqlType.TEXT, "How it was asked: by itself, in a batch, as a job."),
            "job_id": (SqlType.TEXT, "Of a pending row, the provider's id of the job."),
            "job_hold": (SqlType.TEXT, "Of a pending row, the name under which the journal holds the job's credits."),
        },
    ),
    "pushes": (
        "One row per row that was written at a provider, line of the input that holds it, and thing learned of it; the latest counts.",
        {
            "sync_id": (SqlType.TEXT, "The sync that sent it."),
            "request_id": (SqlType.TEXT, "The request that sent it."),
            "provider": (SqlType.TEXT, "`leadiq`, `contactout` or `letrics`."),
            "push": (SqlType.TEXT, "What was done: `track_contacts` and so on."),
            "key_hash": (SqlType.TEXT, "SHA-256 of what was sent; by it the same is not done twice."),
            "line": (SqlType.INTEGER, "The line of the input, from 1."),
            "reference": (SqlType.TEXT, "The customer's own key of that line; null when it had none."),
            "pushed_at": (SqlType.TIMESTAMP, "When the provider answered, UTC."),
            "outcome": (
                SqlType.TEXT,
                "`done`; `refused` by the provider; `partly` when some rows of its request were refused and nobody says which; "
                "`failed` when it never arrived; `unknown` when the answer was lost.",
            ),
            "result_id": (SqlType.TEXT, "The provider's id of what was made, where it names one."),
            "message": (SqlType.TEXT, "The provider's words about it."),
        },
    ),
    "savings": (
        "One row per lookup, reason why rows of it were not bought, and credit type that was not spent.",
        {
            "saving_id": (SqlType.TEXT, "Hash of the lookup, its rows and its moment."),
            "saved_at": (SqlType.TIMESTAMP, "When, UTC."),
            "provider": (SqlType.TEXT, "`leadiq`, `contactout` or `letrics`."),
            "lookup": (SqlType.TEXT, "What was looked up: `people`, `companies` and so on."),
            "reason": (
                SqlType.TEXT,
                "`fresh`: the answer is known and still new enough; `free_check`: a free question showed what need not be paid.",
            ),
            "questions": (SqlType.INTEGER, "Rows that were not bought, or were bought for less."),
            "credit_type": (SqlType.TEXT, "The provider's kind of credit."),
            "credits": (SqlType.NUMBER, "What they would have cost; of `fresh` rows the most."),
            "credits_usd": (SqlType.NUMBER, "The same in US dollars, where a price is configured."),
        },
    ),
    "syncs": (
        "One row per sync.",
        {
            "sync_id": (SqlType.TEXT, "Id of the sync."),
            "instance_id": (SqlType.TEXT, "The data directory that ran it."),
            "as_of": (SqlType.TIMESTAMP, "The sync's clock, UTC."),
            "sources": (SqlType.TEXT, "The sources it asked, comma-separated."),
            "rounds": (SqlType.INTEGER, "Rounds it took."),
            "ended_at": (SqlType.TIMESTAMP, "When its last round had landed, UTC."),
            "outcome": (SqlType.TEXT, "`complete`, or why it is not, by resource."),
        },
    ),
    "instances": (
        "One row per source and data directory that was bound to it.",
        {
            "source": (SqlType.TEXT, "The source."),
            "instance_id": (SqlType.TEXT, "The data directory."),
            "bound_at": (SqlType.TIMESTAMP, "When, UTC; the latest binding counts."),
        },
    ),
}
"""Raw tables of our own: description, and type and description of each column."""

ARROW = {
    SqlType.TEXT: pa.string(),
    SqlType.INTEGER: pa.int64(),
    SqlType.NUMBER: pa.float64(),
    SqlType.BOOLEAN: pa.bool_(),
    SqlType.TIMESTAMP: pa.timestamp("us"),
}


def tables(rows: Mapping[str, list[dict[str, Any]]]) -> list[DltResource]:
    """dlt resources for the given rows; a table without rows is created all the same."""
    return [_resource(name, rows.get(name, [])) for name in TABLES]


def _resource(name: str, rows: list[dict[str, Any]]) -> DltResource:
    columns = TABLES[name][1]
    schema = pa.schema([(column, ARROW[kind]) for column, (kind, _) in columns.items()])
    hints: Any = {
        column: {"data_type": "timestamp", "timezone": False, "precision": 6}
        for column, (kind, _) in columns.items()
        if kind is SqlType.TIMESTAMP
    }
    table = pa.Table.from_pylist(rows, schema=schema)
    return dlt.resource([table], name=name, write_disposition="append", columns=hints)


def request_rows(requests: Iterable[RequestRow], findings: Mapping[str, Findings]) -> list[dict[str, Any]]:
    """Ledger rows; an answer's envelope comes from its landing."""
    rows = []
    for request in requests:
        found = findings.get(request.request_id)
        row = {name: getattr(request, name) for name in TABLES["requests"][1] if hasattr(request, name)}
        row["window_id"] = request.window
        row["started_at"] = datetime.fromisoformat(request.started_at)
        row["envelope"] = found.envelope if found else None
        rows.append(row)
    return rows


def credit_rows(requests: Iterable[RequestRow], usd: Mapping[str, Mapping[str, float]]) -> list[dict[str, Any]]:
    """Credits by request and type, in dollars where a price is configured."""
    return [
        {
            "request_id": request.request_id,
            "credit_type": credit_type,
            "credits_estimated": credits,
            "credits_usd": credits * usd[request.provider][credit_type]
            if credit_type in usd.get(request.provider, {})
            else None,
        }
        for request in requests
        for credit_type, credits in request.credits.items()
    ]


def unit_rows(requests: Iterable[RequestRow], prices: Mapping[str, PriceList]) -> list[dict[str, Any]]:
    """What credits were estimated by: what was counted, with its price, by request.

    Args:
        prices: by provider.
    """
    rows = []
    for request in requests:
        listed = prices[request.provider].get(request.operation, {})
        if not listed or not request.units:
            continue
        counted = {**request.units, "request": 1}
        for unit, count in counted.items():
            priced = [(kind, units[unit]) for kind, units in listed.items() if unit in units]
            for kind, credits in priced or ([(UNPRICED, 0.0)] if unit != "request" else []):
                rows.append(
                    {"request_id": request.request_id, "credit_type": kind, "unit": unit, "counted": count,
                     "credits_each": credits}
                )  # fmt: skip
    return rows


def saving_rows(
    saving_id: str,
    at: datetime,
    provider: str,
    lookup: str,
    saved: Iterable[tuple[str, int, Credits]],
    usd: Mapping[str, float],
) -> list[dict[str, Any]]:
    """What a lookup did not have to buy.

    Args:
        saved: (reason, rows, credits that they would have cost).
        usd: US dollars per credit of the provider, by type.
    """
    return [
        {"saving_id": saving_id, "saved_at": at, "provider": provider, "lookup": lookup, "reason": reason,
         "questions": rows, "credit_type": kind, "credits": credits,
         "credits_usd": credits * usd[kind] if kind in usd else None}
        for reason, rows, saves in saved
        for kind, credits in saves.items()
    ]  # fmt: skip


def lookup_rows(order: Order, outcomes: Iterable[RowOutcome]) -> list[dict[str, Any]]:
    """What became of the questions of an order, by line of its input."""
    return [
        {
            **_looked_up(order.source, order.name, one),
            "key_hash": order.asked[one.row].key,
            "points": ",".join(sorted(order.asked[one.row].points)),
            "way": order.asked[one.row].way,
            "line": line,
            "reference": reference,
        }
        for one, line, reference in _by_line(order, outcomes)
    ]


def job_rows(job: PendingJob, outcomes: Iterable[RowOutcome]) -> list[dict[str, Any]]:
    """What became of the rows that a job worked on."""
    keys = job.keys
    found = {keys[one.row]: one for one in outcomes}
    return [
        {
            **_looked_up(job.source, job.lookup, found[key]),
            "key_hash": key,
            "points": points,
            "way": job.way,
            "line": line,
            "reference": reference,
        }
        for key, points, line, reference in job.rows
        if key in found
    ]


def _looked_up(provider: str, lookup: str, one: RowOutcome) -> dict[str, Any]:
    return {
        "request_id": one.request_id,
        "provider": provider,
        "lookup": lookup,
        "operation": one.operation,
        "asked_at": one.at,
        "outcome": one.outcome,
        "records": one.records,
        "job_id": one.result_id,
        "job_hold": one.hold,
    }


def push_rows(order: Order, sync_id: str, outcomes: Iterable[RowOutcome]) -> list[dict[str, Any]]:
    """What became of the rows of an order that were written, by line of its input."""
    return [
        {
            "sync_id": sync_id,
            "request_id": one.request_id,
            "provider": order.source,
            "push": order.name,
            "key_hash": order.asked[one.row].key,
            "line": line,
            "reference": reference,
            "pushed_at": one.at,
            "outcome": one.outcome,
            "result_id": one.result_id,
            "message": one.message,
        }
        for one, line, reference in _by_line(order, outcomes)
    ]


def _by_line(order: Order, outcomes: Iterable[RowOutcome]) -> Iterator[tuple[RowOutcome, int, str | None]]:
    """Each outcome with each line of the input that asked for it, and that line's reference."""
    for one in outcomes:
        asked = order.asked[one.row]
        for line, reference in zip(asked.lines, asked.references, strict=True):
            yield one, line, reference


def window_rows(windows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    def moment(text: str | None) -> datetime | None:
        return datetime.fromisoformat(text) if text else None

    return [
        {
            "sync_id": window["sync_id"],
            "provider": window["provider"],
            "resource": window["resource"],
            "window_id": window["window"],
            "kind": window["kind"],
            "window_from": moment(window["from"]),
            "window_to": moment(window["to"]),
            "completed_at": moment(window["completed_at"]),
            "steps": window["steps"],
            "is_partial": bool(window["is_partial"]),
        }
        for window in windows
    ]


def quarantine_id(request_id: str, path: str) -> str:
    """The id of a record's line in quarantine."""
    return digest(request_id, path)[:32]


def finding_rows(provider: str, findings: Iterable[Findings], at: datetime) -> dict[str, list[dict[str, Any]]]:
    """Drift and quarantine of a provider's answers."""
    drift: list[dict[str, Any]] = []
    quarantine: list[dict[str, Any]] = []
    for found in findings:
        drift.extend(
            {"request_id": found.request_id, "provider": provider, "entity": found.entity, "kind": kind, "field": field,
             "occurrences": count, "seen_at": at}
            for (kind, field), count in found.drift.items()
        )  # fmt: skip
        quarantine.extend(
            {"row_id": quarantine_id(found.request_id, path), "request_id": found.request_id, "provider": provider,
             "entity": found.entity, "path": path, "reason": reason, "payload": payload, "seen_at": at}
            for path, reason, payload in found.quarantined
        )  # fmt: skip
    return {"drift": drift, "quarantine": quarantine}


def unreadable_rows(unreadable: Iterable[Unreadable]) -> list[dict[str, Any]]:
    """Quarantine of whole answers."""
    return [
        {
            "row_id": digest(one.request_id, "")[:32],
            "request_id": one.request_id,
            "provider": one.provider,
            "entity": "",
            "path": "",
            "reason": f"{one.resource}: {one.reason}" + ("" if (text := _text(one.body)) is not None else " (base64)"),
            "payload": text if text is not None else base64.b64encode(one.body).decode(),
            "seen_at": datetime.fromisoformat(one.fetched_at),
        }
        for one in unreadable
    ]


def _text(body: bytes) -> str | None:
    """A body as text a warehouse can store without losing anything; None when it is not such text."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    return text if storable(text) == text else None
