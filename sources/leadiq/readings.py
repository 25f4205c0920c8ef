"""LeadIQ's meters: plans, usage, and the credits for tracking contacts; all free."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sources.landing import stated_number
from sources.metered import Question
from sources.paging import A_READING, Forecast, Meter, Walk, Window, once, reading

from .asking import an_object, graphql, objects

CREDIT_TYPES = {"Page": "page", "ExactMatch": "exact_match", "PremiumMobile": "premium_mobile"}
"""Our names of `usage`'s kinds of credits."""


def walks() -> tuple[Walk, ...]:
    """One answer each, read in every sync."""
    return (
        _reading("account", "account", meters),
        _reading("usage", "usage", usage_meters),
        _reading("contact_tracking_balance", "contactTrackingBalance", tracking_meters),
    )


def ask_account(window: Window) -> Question:
    """Plans and credits; free."""
    return graphql("account", "account", window, {})


def meters(document: Any) -> dict[str, Meter]:
    """Universal and Data Hub credits; whether `available` is the cap or the rest is nowhere said."""
    account = an_object(an_object(document.get("data")).get("account"))
    found: dict[str, Meter] = {}
    for credit_type, name in (("uc", "universalPlan"), ("data_hub", "dataHubPlan")):
        plan = an_object(account.get(name))
        used, available = stated_number(plan.get("used")), stated_number(plan.get("available"))
        if used is not None:
            stated = "an unstated number" if available is None else f"{available:,.10g}"
            found[credit_type] = Meter(
                None, f"{used:,.10g} used, {stated} available (the cap or the rest, LeadIQ does not say which)"
            )
    return found


def _reading(resource: str, operation: str, meters: Callable[[Any], Mapping[str, Meter]]) -> Walk:
    """One free answer, read whole in every sync."""
    return Walk(
        resource,
        resource,
        "",
        reading,
        lambda window: graphql(operation, resource, window, {}),
        once,
        reads_meter=True,
        forecast=Forecast(requests=1, meters=meters),
        cannot=A_READING,
    )


def usage_meters(document: Any) -> dict[str, Meter]:
    """What is left of each kind of credit, over all plans; without a cap there is no limit."""
    left: dict[str, float | None] = {}
    says: dict[str, list[str]] = {}
    for plan in objects(an_object(an_object(document.get("data")).get("usage")).get("planUsage")):
        credit_type = CREDIT_TYPES.get(str(plan.get("creditType")))
        used, cap = stated_number(plan.get("units")), stated_number(plan.get("cap"))
        if credit_type is None or used is None:
            continue
        rest = None if cap is None else max(cap - used, 0)
        known = left.get(credit_type, 0.0)
        left[credit_type] = None if rest is None or known is None else known + rest
        limit = "no limit" if cap is None else f"of {cap:,.10g}"
        says.setdefault(credit_type, []).append(f"{plan.get('name')}: {used:,.10g} used, {limit}")
    return {kind: Meter(rest, "; ".join(says[kind])) for kind, rest in left.items()}


def tracking_meters(document: Any) -> dict[str, Meter]:
    """How many contacts can still be tracked."""
    balance = an_object(an_object(document.get("data")).get("contactTrackingBalance"))
    remaining, most = stated_number(balance.get("remaining")), stated_number(balance.get("maxCredits"))
    if remaining is None:
        return {}
    of = "" if most is None else f" of {most:,.10g}"
    return {"tracking": Meter(remaining, f"{remaining:,.10g} left{of}")}
