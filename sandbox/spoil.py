"""What a fault makes of an answer, apart from how it is delivered."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sandbox import exact
from sandbox.exchange import Answer, Place, Refuse
from sandbox.faults import OMITTED, Fault

PAGE = b"<!doctype html><title>Sandbox</title><h1>This is not the answer</h1>"
EXPIRED = "Cursor has expired"


def spoilt(answer: Answer, fault: Fault, refuse: Refuse, previous: Answer | None) -> Answer:
    """The answer that leaves in place of the true one; the true one's body is left as it is."""
    answer = replace(answer, headers={**answer.headers, **fault.headers})
    status = fault.status or 200
    match fault.kind:
        case "status":
            if fault.body is not OMITTED and fault.body is not None:
                return replace(answer, status=status, body=fault.body)
            documented = refuse(status, None) or Answer(status, {})
            return replace(answer, status=documented.status, body=documented.body)
        case "redirect":
            headers = {**answer.headers, "location": fault.location}
            return replace(answer, status=fault.status or 302, body=b"", headers=headers, media_type=None)
        case "html":
            return replace(answer, status=status, body=PAGE, media_type="text/html")
        case "body":
            return replace(answer, status=status, body=None if fault.body is OMITTED else fault.body)
        case "expire":
            expired = refuse(fault.status or 400, EXPIRED)
            assert expired is not None, "whoever has cursors has a form for errors"
            return replace(answer, status=expired.status, body=expired.body)
        case "repeat":
            assert previous is not None, "a repetition waits for something to repeat"
            return _repeated(previous, answer)
        case "merge":
            body = json.loads(answer.body) if isinstance(answer.body, bytes) else answer.body
            return replace(answer, status=fault.status or answer.status, body=merged(body, fault.body))
        case "record":
            assert answer.first_record is not None, "a record's fault waits for a record"
            body = changed(answer.body, answer.first_record, lambda record: _spoilt_record(record, fault))
            return replace(answer, body=body)
        case "malformed":
            # Well-delivered bytes that are no JSON: the last closing bracket is missing.
            return replace(answer, body=exact.write(answer.body).rstrip()[:-1])
    return answer


def merged(base: Any, change: Any) -> Any:
    """``change`` laid over ``base``: objects merge key by key, anything else replaces what was there."""
    if not isinstance(base, dict) or not isinstance(change, dict):
        return change
    return {**base, **{name: merged(base.get(name), value) for name, value in change.items()}}


def changed(body: Any, place: Place, change: Callable[[Any], Any]) -> Any:
    """A copy of ``body`` with the value at ``place`` changed; what lies beside it is shared."""
    if not place:
        return change(body)
    step, rest = place[0], place[1:]
    copy = body.copy()
    copy[step] = changed(body[step], rest, change)
    return copy


def _spoilt_record(record: Any, fault: Fault) -> Any:
    if fault.body is not OMITTED:
        record = merged(record, fault.body)
    if fault.pad_bytes and isinstance(record, dict):
        record = {**record, "padding": "x" * fault.pad_bytes}
    if isinstance(record, dict):
        record = {name: value for name, value in record.items() if name not in fault.without}
    return record


def _repeated(previous: Answer, answer: Answer) -> Answer:
    """The previous page as it was, but for where a connection goes on."""
    body = previous.body
    if answer.page_info is not None and answer.page_info == previous.page_info:
        true: Any = answer.body
        for step in answer.page_info:
            true = true[step]
        body = changed(body, answer.page_info, lambda _: true)
    return replace(previous, body=body, headers=answer.headers)
