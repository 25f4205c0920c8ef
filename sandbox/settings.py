"""What a sandbox is told before it starts, and the keys it was invented with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Literal

LEADIQ_KEY = "sandbox-leadiq-key"
CONTACTOUT_TOKEN = "sandbox-contactout-token"
LETRICS_KEY = "sandbox-letrics-key"

ContactOutPlan = Literal["postpaid", "prepaid"]
ContactOutCounts = Literal["credits", "requests"]
LeadIQErrors = Literal["http", "200"]
LeadIQGeneration = Literal["old", "new", "union"]
LetricsShape = Literal["nested", "flat", "bare"]
LetricsOrder = Literal["oldest", "newest", "shuffled"]

OPERATIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "leadiq": (
            "account",
            "companyTrackingTask",
            "contactTrackingBalance",
            "flatAdvancedSearch",
            "groupedAdvancedSearch",
            "regeneratedTime",
            "searchCompany",
            "searchPeople",
            "trackedCompanies",
            "trackedContacts",
            "usage",
            # Mutations.
            "addTrackedCompanies",
            "cancelCompanyTrackingTask",
            "regenerate",
            "removeAllTrackedCompanies",
            "removeTrackedCompanies",
            "startCompanyTrackingTask",
            "submitPersonFeedback",
            "trackContacts",
            # Prospector.
            "addProspect",
            "createList",
            "exportList",
            "listProspects",
        ),
        "contactout": (
            "company_search",
            "decision_makers",
            "domain_enrich",
            "email_enrich",
            "email_verify",
            "email_verify_batch",
            "email_verify_batch_result",
            "linkedin_enrich",
            "people_count",
            "people_enrich",
            "people_linkedin",
            "people_linkedin_batch",
            "people_linkedin_batch_v2",
            "people_linkedin_batch_v2_result",
            "people_person",
            "people_search",
            "personal_email_status",
            "phone_status",
            "stats",
            "work_email_status",
        ),
        "letrics": ("companies", "contacts"),
    }
)
CONTACTOUT_QUOTA: Mapping[str, int] = MappingProxyType({"email": 100_000, "phone": 100_000, "search": 1_000_000})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One sandbox: who lives in it, which day it is, and how the providers behave.

    ``people`` and ``companies`` count those who exist on ``start``; later days bring more. ``rate_scale`` multiplies
    every rate limit. ``contactout_quota`` is in credits by type: a month's allowance when postpaid, the whole
    prepaid balance when prepaid. Without ``contactout_count`` the account has no access to people/count, which is for
    paid users.

    ``contactout_counts`` is what ContactOut's statistics count: the reference says requests that used a credit, and calls
    the quota, from which they are taken, one of credits.

    ``traps`` are cases in which record linkage may err, added to the population (``sandbox/traps.py``); truth labels them.

    ``contactout_no_access`` names further operations that the account has no access to. A job in the background is done
    after ``contactout_polls`` polls, or on a later day. ``contactout_verify_batch`` is the most addresses a job of
    verification takes: the reference says 1000 in a table and 100 in its text. A page of decision makers holds
    ``contactout_decision_makers``, and with ``contactout_all_decide`` everybody at a company is one: no company here has
    as many as would fill the real page.

    ``charges`` are credits per record by ``provider.operation.credit``, on top of what the provider documents, or in
    place of the documented price of the same credit. ``quotas`` are credits a month by ``provider.credit``
    (``leadiq.tracking``: contacts in addition to those tracked from the start, for good); without one an account never
    runs out.

    ``leadiq_generation`` is the schema an account has: that of the older reference (contact tracking), that of the newer
    (company tracking), or both together with what is only seen in samples.

    With ``keep_exchanges`` every request and its answer are kept for whoever wants to compare, as long as it serves.

    Letrics documents no order. ``letrics_order`` is as records were found by default, the newest companies last; with
    ``newest`` they and their contacts come first; ``shuffled`` is another order for every request, which the seed and
    the number of the request decide.
    """

    port: int = 0
    seed: int = 7
    people: int = 240
    companies: int = 60
    traps: int = 0
    start: dt.date = dt.date(2026, 3, 2)
    examples_dir: Path | None = None
    contactout_plan: ContactOutPlan = "postpaid"
    contactout_counts: ContactOutCounts = "credits"
    contactout_count: bool = True
    contactout_quota: Mapping[str, float] = field(default_factory=lambda: CONTACTOUT_QUOTA)
    contactout_no_access: frozenset[str] = frozenset()
    contactout_polls: int = 2
    contactout_verify_batch: int = 1000
    contactout_decision_makers: int = 25
    contactout_all_decide: bool = False
    charges: Mapping[str, float] = field(default_factory=dict)
    quotas: Mapping[str, float] = field(default_factory=dict)
    leadiq_errors: LeadIQErrors = "http"
    leadiq_generation: LeadIQGeneration = "union"
    letrics_shape: LetricsShape = "nested"
    letrics_order: LetricsOrder = "oldest"
    rate_scale: float = 20.0
    keep_exchanges: bool = False

    @property
    def contactout_closed(self) -> frozenset[str]:
        """ContactOut's operations that the account has no access to."""
        return self.contactout_no_access | (frozenset() if self.contactout_count else {"people_count"})
