"""What a request costs: prices are data, this multiplies them with what was counted."""

from __future__ import annotations

from collections.abc import Mapping

Credits = dict[str, float]
"""Credits by type, e.g. `{"search": 25, "email": 11}`. Types are never added up."""

PriceList = Mapping[str, Mapping[str, Mapping[str, float]]]
"""operation -> credit type -> counted unit -> credits per unit; an operation that is not listed is free."""


def price(prices: PriceList, operation: str, counts: Mapping[str, int]) -> Credits:
    """Credits by type for what was counted, zero amounts left out."""
    costs: Credits = {}
    for credit_type, units in prices.get(operation, {}).items():
        amount = sum(credits * (1 if unit == "request" else counts.get(unit, 0)) for unit, credits in units.items())
        if amount:
            costs[credit_type] = round(amount, 6)
    return costs


def add(total: Credits, more: Mapping[str, float]) -> None:
    """Adds `more` into `total`, type by type."""
    for credit_type, amount in more.items():
        total[credit_type] = round(total.get(credit_type, 0) + amount, 6)
