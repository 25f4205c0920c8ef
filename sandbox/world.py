"""What every provider shares: the population, the day, the books, the settings."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.books import Books
from sandbox.calendar import SimulatedCalendar
from sandbox.population import Population, invent
from sandbox.settings import Settings


@dataclass(frozen=True, slots=True)
class World:
    """One running sandbox, without its wire."""

    settings: Settings
    population: Population
    calendar: SimulatedCalendar
    books: Books

    @classmethod
    def from_settings(cls, settings: Settings) -> World:
        """Invent the population and set the calendar to its first day."""
        population = invent(settings.seed, settings.people, settings.companies, settings.start)
        return cls(settings, population, SimulatedCalendar(settings.start), Books())
