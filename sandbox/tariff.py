"""Charges and quotas as they are written, on a command line or at the control desk."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from sandbox.settings import OPERATIONS


class UnreadableTariff(ValueError):
    """A charge or a quota that cannot be what is written."""


def read_charges(written: Any) -> dict[str, float]:
    """Read ``{"leadiq.trackedContacts.uc": 0.1}``: credits per record by ``provider.operation.credit``."""
    return {name: charge_of(name, amount) for name, amount in _named(written)}


def read_quotas(written: Any) -> dict[str, float]:
    """Read ``{"leadiq.uc": 50}``: credits by ``provider.credit``."""
    return {name: quota_of(name, amount) for name, amount in _named(written)}


def charge_of(name: str, amount: Any) -> float:
    """The amount of ``provider.operation.credit``."""
    _check_form(name, amount, "PROVIDER.OPERATION.CREDIT")
    check_operation(*name.split(".")[:2])
    return _amount(name, amount)


def quota_of(name: str, amount: Any) -> float:
    """The amount of ``provider.credit``."""
    _check_form(name, amount, "PROVIDER.CREDIT")
    return _amount(name, amount)


def check_operation(provider: str, operation: str) -> None:
    """See to it that the provider has this operation."""
    if provider not in OPERATIONS:
        raise UnreadableTariff(f"There is no provider {provider}, only {', '.join(OPERATIONS)}.")
    if operation not in OPERATIONS[provider]:
        raise UnreadableTariff(f"{provider} has no operation {operation}; it has {', '.join(OPERATIONS[provider])}")


def _named(written: Any) -> list[tuple[str, Any]]:
    if not isinstance(written, Mapping):
        raise UnreadableTariff("Amounts are written as an object, by name.")
    return list(written.items())


def _check_form(name: str, amount: Any, form: str) -> None:
    parts = name.split(".")
    if len(parts) != form.count(".") + 1 or not all(parts) or parts[0] not in OPERATIONS:
        raise UnreadableTariff(f"'{name}={amount}' is not {form}=AMOUNT; providers are {', '.join(OPERATIONS)}")


def _amount(name: str, written: Any) -> float:
    try:
        amount = math.nan if isinstance(written, bool) else float(written)
    except (TypeError, ValueError):
        amount = math.nan
    if not 0 <= amount < math.inf:
        raise UnreadableTariff(f"'{name}={written}' needs an amount of credits from 0")
    return int(amount) if amount.is_integer() else amount
