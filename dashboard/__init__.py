"""The credit dashboard: a document of typed rows becomes one HTML file that asks nobody for anything.

    html = render(Document(...))

The page draws its charts itself, as SVG: about forty kilobytes of code where a charting library brings a megabyte, text and
colours that follow the theme and the printer, and a content security policy under which the browser itself refuses every
connection. It adds up what is in the document and nothing else; units are never added across credit types.

What a test may read
    Every figure stands in an element with `data-figure` (its name) and `data-value`: a plain number with at most six decimals
    (`1234.5`), `true`, `false`, an ISO date, or nothing where it is unknown. Other attributes say whose it is. All of them
    answer to the filters; elements that do not apply are not in the page.

    | data-figure | further attributes | what |
    |---|---|---|
    | `quota`, `used`, `remaining`, `credits_per_day`, `days_of_runway` | `data-provider data-plan data-credit-type` | a balance |
    | `period_end`, `runs_out_on` (dates), `lasts_period` (bool) | the same | its end |
    | `spent` | `data-provider data-credit-type` | credits spent in the chosen period |
    | `spent` | `… data-operation` | the same by operation |
    | `spent` | `… data-operation data-date data-grain` | the same by day, week (its Monday) or month (its first), in the chart's table |
    | `spent_usd` | as `spent`; `data-provider` alone for a provider, none for all | US dollars |
    | `unpriced` | `data-provider data-credit-type` | credits in the period that no price turns into dollars |
    | `budget`, `budget_spent` | `data-provider data-credit-type data-span` (`day`, `month`) | the limit, and what today or this month has taken of it |
    | `credits_per_contact`, `_per_person`, `_per_contact_point`, `_per_job_change` | `data-provider data-credit-type` | cost of one that was found |
    | the same | `… data-operation data-resource` | the same by saved search or lookup (`data-resource` may be empty) |
    | `usd_per_contact` | `data-provider` | the same in US dollars, over all credit types that have a price |
    | `credits_wasted`, `waste_rate` | `data-provider data-credit-type` | paid answers with nothing new |
    | `asked`, `found`, `hit_rate` | `data-provider data-operation data-kind` | of questions answered; over all time, the period does not apply |
    | `credits_saved`, `questions_saved` | `data-provider data-reason data-credit-type` | what was not paid for |
    | `people_found`, `job_changes_found`, `contacts_found`, `contact_points_found` | `data-provider` | arrived in the period |
    | `people_found`, `job_changes_found` | `data-provider data-date data-grain` | the same by day, in the charts' tables |
    | `intervals`, `intervals_agreeing`, `intervals_explained`, `intervals_unexplained`, `intervals_not_compared` | | counts over what is chosen |
    | `difference`, `credits_ledger`, `credits_metered` | `data-provider data-credit-type data-interval-start data-interval-end data-explanation` | an interval that does not agree |
    | `lag_hours` | `data-provider data-resource` | since the newest record |
    | `sync` (value: its outcome) | `data-sync-id` | one of the last syncs |

    A cost "of one found" is what a credit type took, over all that was found by the operations and resources that took it.
    A credit type of US dollars is written `usd`. The filters are `select` elements with the ids `filter-provider` (`all` or a
    provider), `filter-credit-type` (`all`, `usd` or `provider/type`) and `filter-period` (`7`, `30`, `90`, `all`); `body` has
    `data-ready="true"` once all is drawn. Notices have `data-notice`: `unpublished`, `empty`, `missing` (with `data-table` on each table's name in it).
"""

from .document import (
    Balance,
    Budget,
    Document,
    Findings,
    Freshness,
    HitRate,
    Interval,
    Runway,
    Saving,
    Sync,
    Usage,
)
from .page import render

__all__ = [
    "Balance",
    "Budget",
    "Document",
    "Findings",
    "Freshness",
    "HitRate",
    "Interval",
    "Runway",
    "Saving",
    "Sync",
    "Usage",
    "render",
]
