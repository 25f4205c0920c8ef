"""Cases in which record linkage may err, added to a population: whoever belongs to one bears its label.

Each kind is a function that invents one case of it, and what each provider states of whom. Nothing of the population
without traps changes: they draw from dice of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from sandbox.population import Population
from sandbox.traps import companies, identifiers, jobs, names, people
from sandbox.traps.cast import Cast
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
"""Every kind of trap; the function gets the cast and a number, one more in each turn, which chooses among its forms."""


def with_traps(population: Population, count: int) -> Population:
    """The population with ``count`` traps, each kind in turn."""
    cast = Cast(population)
    table = list(KINDS.items())
    for case in range(count):
        turn, place = divmod(case, len(table))
        kind, invent = table[place]
        cast.begin(Trap(kind, case + 1))
        # Already in the first turn, not every kind begins with the same of its forms.
        invent(cast, turn + place)
    return replace(
        population,
        people=(*population.people, *cast.people),
        companies=(*population.companies, *cast.companies),
        changes=(*population.changes, *cast.changes),
    )
