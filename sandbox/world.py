"""What every provider shares: the population, the day, the books, the rates, the settings."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.archive import Archive
from sandbox.books import Books
from sandbox.calendar import SimulatedCalendar
from sandbox.population import Population, invent
from sandbox.rates import Rates
from sandbox.settings import Settings
from sandbox.till import Till
from sandbox.traps import with_traps


@dataclass(frozen=True, slots=True)
class World:
    """One running sandbox, without its wire."""

    settings: Settings
    population: Population
    calendar: SimulatedCalendar
    books: Books
    till: Till
    rates: Rates
    archive: Archive

    @classmethod
    def from_settings(cls, settings: Settings) -> World:
        """Invent the population and set the calendar to its first day."""
        population = invent(settings.seed, settings.people, settings.companies, settings.start)
        if settings.traps:
            population = with_traps(population, settings.traps)
        calendar, books = SimulatedCalendar(settings.start), Books()
        till, archive = Till(settings, books, calendar), Archive(settings.keep_exchanges)
        return cls(settings, population, calendar, books, till, Rates(settings.rate_scale), archive)
