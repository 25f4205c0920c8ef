"""What an answer costs under this sandbox's prices, and whether the account can still pay for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sandbox.books import Books, rounded
from sandbox.calendar import SimulatedCalendar
from sandbox.exchange import Answer, Credits
from sandbox.settings import Settings

# LeadIQ's references and ContactOut's name these; Letrics documents the form of an error, not this status.
OUT_OF_CREDITS = {"leadiq": 402, "contactout": 403, "letrics": 402}


class Till:
    """Prices and quotas of one sandbox: those of its settings, but for what has been changed since."""

    def __init__(self, settings: Settings, books: Books, calendar: SimulatedCalendar) -> None:
        self._settings = settings
        self._books = books
        self._calendar = calendar
        self._charges: Mapping[str, float] = {}
        self._quotas: Mapping[str, float] = {}

    @property
    def charges(self) -> Mapping[str, float]:
        """Credits per record by ``provider.operation.credit``, now; see :class:`Settings`."""
        return {**self._settings.charges, **self._charges}

    def change_charges(self, charges: Mapping[str, float]) -> None:
        """From now on these charges in place of the settings', which go on for whatever is not named."""
        self._charges = dict(charges)

    @property
    def quotas(self) -> Mapping[str, float]:
        """Every limit by ``provider.credit``, now."""
        contactout = {f"contactout.{credit}": amount for credit, amount in self._settings.contactout_quota.items()}
        return {**self._settings.quotas, **contactout, **self._quotas}

    def change_quotas(self, quotas: Mapping[str, float]) -> None:
        """From now on these quotas in place of the settings', which go on for whatever is not named."""
        self._quotas = dict(quotas)

    def quota(self, provider: str, credit: str) -> float | None:
        """The credits of one type that the account may use, None where nothing limits them."""
        return self.quotas.get(f"{provider}.{credit}")

    def priced(self, provider: str, operation: str, answer: Answer) -> Answer:
        """The answer with every charge of its operation: so much per record, or per record with what is sold.

        A credit that the provider documents for the operation keeps what it counts (an e-mail credit counts profiles
        with an e-mail) and takes the new price; any other is charged per record returned.
        """
        credits = dict(answer.credits)
        for name, amount in self.charges.items():
            credit = name.removeprefix(f"{provider}.{operation}.")
            if credit != name:
                credits[credit] = rounded(amount * credits.get(credit, answer.records))
        return replace(answer, credits=credits)

    def covers(self, provider: str, credits: Credits) -> bool:
        """Whether the account has so many credits left: this month, or in all of what does not renew."""
        return all(amount <= self._remaining(provider, credit) for credit, amount in credits.items() if amount)

    def _remaining(self, provider: str, credit: str) -> float:
        quota = self.quota(provider, credit)
        if quota is None:
            return float("inf")
        month = self._calendar.month if self._renews(provider, credit) else None
        return rounded(quota - self._books.charged(provider, credit, month))

    def _renews(self, provider: str, credit: str) -> bool:
        """Whether a month begins anew: not what was prepaid, nor the places for contacts that a subscription tracks."""
        if provider == "contactout":
            return self._settings.contactout_plan == "postpaid"
        return (provider, credit) != ("leadiq", "tracking")
