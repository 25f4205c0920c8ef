"""What earlier windows held and cost, from the books in the warehouse; asks nobody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sources.metered import Credits, RequestRow, add

from .books import DATASET
from .warehouse import Warehouse

WINDOWS = f"""
    select requests.provider, requests.resource, requests.window_id, windows.kind, windows.completed_at,
        sum(requests.records), max(requests.records), count(distinct requests.step)
    from (
        select distinct request_id, provider, resource, window_id, step, records
        from {DATASET}.requests
        where outcome in ('ok', 'empty')
    ) as requests
    left join (
        select distinct provider, resource, window_id, kind, completed_at from {DATASET}.windows
    ) as windows
        on requests.provider = windows.provider
        and requests.resource = windows.resource
        and requests.window_id = windows.window_id
    group by requests.provider, requests.resource, requests.window_id, windows.kind, windows.completed_at
    order by windows.completed_at, requests.window_id
"""
CREDITS = f"""
    select requests.provider, requests.resource, requests.window_id, credits.credit_type, sum(credits.credits_estimated)
    from (
        select distinct request_id, provider, resource, window_id from {DATASET}.requests where outcome in ('ok', 'empty')
    ) as requests
    inner join (
        select distinct request_id, credit_type, credits_estimated from {DATASET}.request_credits
    ) as credits
        on requests.request_id = credits.request_id
    group by requests.provider, requests.resource, requests.window_id, credits.credit_type
"""
"""The books may hold a row twice, when a kill came between loading and noting it: hence `distinct`."""


@dataclass
class Past:
    """A window as the books know it.

    Attributes:
        kind: `full` or `increment`; None when it was not read to its end.
        largest: records of its largest page.
    """

    kind: str | None
    records: int
    largest: int
    requests: int
    credits: Credits = field(default_factory=dict)


@dataclass
class History:
    """Windows by (provider, resource), oldest first, each by its id."""

    windows: dict[tuple[str, str], dict[str, Past]] = field(default_factory=dict)

    @classmethod
    def read(cls, warehouse: Warehouse) -> History:
        history = cls()
        for provider, resource, window, kind, _, records, largest, requests in warehouse.query(WINDOWS):
            past = Past(kind, int(records or 0), int(largest or 0), int(requests))
            history.windows.setdefault((provider, resource), {})[window] = past
        for provider, resource, window, credit_type, credits in warehouse.query(CREDITS):
            history.windows[provider, resource][window].credits[credit_type] = float(credits)
        return history

    def add_unlanded(self, requests: Iterable[RequestRow]) -> None:
        """What the journal knows and the books do not yet."""
        for row in requests:
            if row.outcome in ("ok", "empty"):
                windows = self.windows.setdefault((row.provider, row.resource), {})
                past = windows.setdefault(row.window, Past(None, 0, 0, 0))
                past.records, past.requests = past.records + row.records, past.requests + 1
                past.largest = max(past.largest, row.records)
                add(past.credits, row.credits)

    def of(self, provider: str, resource: str, window: str) -> Past | None:
        return self.windows.get((provider, resource), {}).get(window)

    def last(self, provider: str, resource: str, kind: str) -> Past | None:
        """The last window of a kind that was read to its end."""
        found = [past for past in self.windows.get((provider, resource), {}).values() if past.kind == kind]
        return found[-1] if found else None

    def page_size(self, provider: str, resource: str) -> int | None:
        """How many records a page was seen to hold, where there was more than one."""
        pages = [past.largest for past in self.windows.get((provider, resource), {}).values() if past.requests > 1]
        return pages[-1] if pages and pages[-1] else None
