"""What is asked of a provider and what it answered, as plain values."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Question:
    """One request, before it is sent.

    A question is identified by its place (sync, provider, resource, window, step) and guarded by its fingerprint: the
    same place must always ask the same thing, or the journal would answer one question with another's answer.

    Args:
        operation: the provider's name of what is asked, e.g. `trackedContacts`; prices are looked up by it.
        resource: the dlt resource that asks, e.g. `tracked_contacts` or a saved search's name.
        window, step: where in the resource's walk this stands.
        path: below the server's base URL, e.g. `/v1/people/search`.
        params: query parameters, in order; a name may recur.
        body: JSON body, or None.
        selection: the data points asked for; a cheaper selection is no evidence about what it left out.
        at_most: upper bounds of the units a price counts, e.g. `{"record": 25}`.
        page_size: records asked for, where the provider lets one choose.
        smaller: the same place asked for at most so many records; None when so few cannot be asked for. Without it the
            size is fixed.
        job: an asynchronous job at the provider. The question that `starts_job` costs nothing yet: the most the job
            can cost stays reserved, over as many syncs as it takes, until the question that reads its result is priced.
        is_row: whether it asks about rows that somebody brought; a refusal of such an input is an answer, and costs
            nothing. When its answer was lost, and it must not be sent again, `Answer.lost` says so: the other rows can
            still be asked.
        writes: whether it changes something at the provider, and whether it may be sent again when its answer was lost.
            One that may not is answered with `Answer.lost` then, for the walk to find out what happened.
        server: which of `Provider.servers` is asked; empty for the provider's own.
        reads: what the answer is; a refusal is JSON all the same.
        may_be_missing: whether "not found" (404 or 410) is an answer, `found` False, and not an error.
        pause: seconds to wait before it is sent, since there can be no answer yet.
    """

    operation: str
    resource: str
    window: str
    step: int
    method: str
    path: str
    params: tuple[tuple[str, str], ...] = ()
    body: Mapping[str, Any] | None = None
    selection: str = ""
    rate_class: str = "default"
    at_most: Mapping[str, int] = field(default_factory=dict)
    page_size: int | None = None
    smaller: Callable[[int], Question | None] | None = field(default=None, compare=False)
    job: str | None = None
    starts_job: bool = False
    is_row: bool = False
    writes: Literal["", "again", "once"] = ""
    server: str = ""
    reads: Literal["json", "csv"] = "json"
    may_be_missing: bool = False
    pause: float = 0

    @property
    def fingerprint(self) -> str:
        """SHA-256 over method, path, parameters and body, and the server where it is not the provider's own.

        No key is ever part of it.
        """
        asked = [self.method, self.path, list(self.params), self.body, *([self.server] if self.server else [])]
        return digest(json.dumps(asked, sort_keys=True, ensure_ascii=True, separators=(",", ":")))


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time that somebody wants to read beside what is new (a backfill); naive UTC, both ends inclusive.

    Args:
        begins: None for the beginning of everything.
        ends: None for the sync's clock.
    """

    begins: datetime | None = None
    ends: datetime | None = None

    def __str__(self) -> str:
        return f"{self.begins.isoformat() if self.begins else ''}..{self.ends.isoformat() if self.ends else ''}"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, already committed to the journal when anyone sees it.

    Attributes:
        body: the bytes as they came.
        document: `body` parsed as JSON, or as CSV, see `read_csv`.
        selection: the data points that were really asked for, see `Question.selection`.
        found: False when the provider said that there is nothing; the body then holds no records.
        partial: the provider's own words when it sent data and errors together; None when the answer is whole.
        smaller: whether fewer records were asked for than the walk wanted, to stay within a budget; `question` is what
            was asked.
        expired: `""`; or the provider no longer knows the cursor, and reading again from the beginning is `free` or
            `paid`. It then holds no records.
        lost: the answer to a row's question, or to something that is written once, was lost; it holds nothing, and what
            was sent may have taken effect, and have cost, or not.
        replayed: whether the journal answered.
    """

    question: Question
    request_id: str
    question_id: str
    status: int
    body: bytes
    document: Any
    fetched_at: datetime
    selection: str = ""
    found: bool = True
    partial: str | None = None
    smaller: bool = False
    expired: str = ""
    lost: bool = False
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What became of a row that somebody wants looked up, or written at a provider.

    Attributes:
        row: which of them, from 0.
        outcome: of a lookup `found`, `not_found`, `invalid` (refused by the provider), `pending` (a job works on it) or
            `unknown`; of a push `done`, `refused` by the provider, `partly` when some rows of its request were refused and
            nobody says which, `failed` when it never arrived, or `unknown`.
        request_id, operation: the request that tells it.
        at: when that was answered.
        result_id: the provider's id of what was made: of a pending row, its job.
        message: the provider's words about it.
        records: how many records were found.
        hold: of a pending row, the name of the job in the journal, which holds its credits.
    """

    row: int
    outcome: str
    request_id: str
    operation: str
    at: datetime
    result_id: str | None = None
    message: str | None = None
    records: int = 0
    hold: str | None = None


def digest(*parts: str) -> str:
    """Hex SHA-256 of the parts, separated so that ("a", "bc") and ("ab", "c") differ."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
