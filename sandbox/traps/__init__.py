"""Cases in which record linkage may err, added to a population: whoever belongs to one bears its label.

Each kind is a function that invents one case of it, and what each provider states of whom. Nothing of the population
without traps changes: they draw from dice of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from sandbox.population import Population
from sandbox.traps import companies, identifiers, jobs, names, people
from sandbox.traps.cast import Call, Cast
from sandbox.views import Trap

MOST_TRAPS = 2000
"""More would want more telephone numbers than are set aside for fiction."""

KINDS: Mapping[str, Callable[[Cast, int], None]] = {
    **names.KINDS,
    **identifiers.KINDS,
    **people.KINDS,
    **companies.KINDS,
    **jobs.KINDS,
}
"""Every kind of trap; the function gets the cast and the round: how many of its kind there are already."""


def with_traps(population: Population, count: int) -> Population:
    """The population with ``count`` traps, each kind in turn."""
    cast = Cast(population)
    for case in range(count):
        kind = list(KINDS)[case % len(KINDS)]
        number = case // len(KINDS)
        cast.begin(Call(Trap(kind, case + 1), number))
        KINDS[kind](cast, number)
    return replace(
        population,
        people=(*population.people, *cast.people),
        companies=(*population.companies, *cast.companies),
        changes=(*population.changes, *cast.changes),
    )
