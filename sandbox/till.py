"""What an answer costs under this sandbox's prices, and whether the account can still pay for it."""

from __future__ import annotations

from dataclasses import replace

from sandbox.books import Books, rounded
from sandbox.calendar import SimulatedCalendar
from sandbox.exchange import Answer
from sandbox.settings import Settings

# LeadIQ's references and ContactOut's name these; Letrics documents the form of an error, not this status.
OUT_OF_CREDITS = {"leadiq": 402, "contactout": 403, "letrics": 402}


class Till:
    """Prices and quotas of one sandbox."""

    def __init__(self, settings: Settings, books: Books, calendar: SimulatedCalendar) -> None:
        self._settings = settings
        self._books = books
        self._calendar = calendar

    def priced(self, provider: str, operation: str, answer: Answer) -> Answer:
        """The answer with every charge of its operation: so much per record, or per record with what is sold.

        A credit that the provider documents for the operation keeps what it counts (an e-mail credit counts profiles
        with an e-mail) and takes the new price; any other is charged per record returned.
        """
        credits = dict(answer.credits)
        for name, amount in self._settings.charges.items():
            credit = name.removeprefix(f"{provider}.{operation}.")
            if credit != name:
                credits[credit] = rounded(amount * credits.get(credit, answer.records))
        return replace(answer, credits=credits)

    def covers(self, provider: str, answer: Answer) -> bool:
        """Whether the account has what the answer costs: this month, or in all of a prepaid balance."""
        return all(amount <= self._remaining(provider, credit) for credit, amount in answer.credits.items() if amount)

    def _remaining(self, provider: str, credit: str) -> float:
        settings = self._settings
        quota = settings.quota(provider, credit)
        if quota is None:
            return float("inf")
        prepaid = provider == "contactout" and settings.contactout_plan == "prepaid"
        month = None if prepaid else self._calendar.month
        return rounded(quota - self._books.charged(provider, credit, month))
