"""What a person asks of a sync on the command line, and whether it can be done; nothing is asked here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from sources.metered import Clock, Period, Sync
from sources.paging import Walk

from .catalogue import SOURCES
from .failures import CannotDo
from .orders import Order, PendingJob
from .settings import Settings


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asked for on the command line.

    Args:
        sources: by name; empty for all that are connected.
        only: resources by name; empty for all.
        max_credits: for this sync, by (provider, credit type).
        build: whether to build the marts at the end.
        take_over: bind this data directory although another one was bound.
        abandon: land what a sync that was broken off has bought and close it, asking nobody; nothing else.
        backfill: a period to read in place of what is new; its ends are set.
        order: rows to look up or to write.
        reads: whether what is new is read.
        follows_up: whether what earlier syncs left to do is done, too.
        also: rows that are looked up beside everything else.
        jobs: jobs of earlier lookups whose results are read, too.
    """

    sources: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    max_credits: dict[tuple[str, str], float] = field(default_factory=dict)
    build: bool = True
    take_over: bool = False
    abandon: bool = False
    backfill: Period | None = None
    order: Order | None = None
    reads: bool = True
    follows_up: bool = True
    also: tuple[Order, ...] = ()
    jobs: tuple[PendingJob, ...] = ()

    @property
    def orders(self) -> tuple[Order, ...]:
        """All rows that somebody, or the sync itself, brings."""
        return (self.order, *self.also) if self.order is not None else self.also

    def frozen(self) -> dict[str, Any]:
        """What a sync keeps of it beside the settings, as JSON."""
        return {
            "only": list(self.only),
            "build": self.build,
            "max_credits": [[*key, credits] for key, credits in self.max_credits.items()],
            "backfill": period_texts(self.backfill),
            "reads": self.reads,
            "order": self.order.frozen() if self.order else None,
            "also": [order.frozen() for order in self.also],
            "jobs": [job.frozen() for job in self.jobs],
        }

    def thawed(self, frozen: Mapping[str, Any]) -> Wish:
        """The wish that a sync was begun with, with this one's limits beside its own."""
        reads = frozen.get("reads")
        return replace(
            self,
            only=tuple(frozen["only"]),
            build=frozen["build"],
            max_credits={(one[0], one[1]): float(one[2]) for one in frozen["max_credits"]} | self.max_credits,
            backfill=read_period_texts(frozen["backfill"]),
            reads=True if reads is None else bool(reads),
            order=Order.thawed(frozen.get("order")),
            also=tuple(order for one in frozen.get("also") or () if (order := Order.thawed(one)) is not None),
            jobs=tuple(PendingJob.thawed(one) for one in frozen.get("jobs") or ()),
        )


def choose_sources(settings: Settings, named: tuple[str, ...]) -> tuple[list[str], dict[str, str]]:
    """The sources to ask, and those that were skipped with the reason.

    Raises:
        CannotDo: a source does not exist, one that was named is not connected, or none is.
    """
    for name in named:
        if name not in SOURCES:
            raise CannotDo(f"There is no source {name!r}. The sources are {', '.join(sorted(SOURCES))}.")
        reason = settings.connected(name)
        if reason:
            raise CannotDo(f"{reason[0].upper()}{reason[1:]}.")
    if named:
        return [name for name in SOURCES if name in named], {}
    reasons = {name: settings.connected(name) for name in SOURCES}
    sources = [name for name, reason in reasons.items() if reason is None]
    if not sources:
        raise CannotDo(
            "No source is connected. Put at least one key into .dlt/secrets.toml (copy .dlt/secrets.example.toml), "
            "or try `leadhouse demo`, which needs none."
        )
    return sources, {name: reason for name, reason in reasons.items() if reason}


def check_wish(settings: Settings, sources: list[str], wish: Wish, clock: Clock) -> Wish:
    """The wish, with a period that has an end.

    Raises:
        CannotDo: it names what does not exist, or wants what cannot be.
    """
    resources = sorted(walk.resource for name in sources for walk in SOURCES[name].walks(settings))
    for only in wish.only:
        if only not in resources:
            raise CannotDo(
                f"There is no resource {only!r} in {', '.join(sources)}. The resources are {', '.join(resources)}."
            )
    for provider, credit_type in wish.max_credits:
        if provider not in SOURCES:
            raise CannotDo(
                f"--max-credits names {provider!r}, which is no source. The sources are {', '.join(sorted(SOURCES))}."
            )
        known = settings.credit_types(provider)
        if credit_type not in known:
            raise CannotDo(
                f"--max-credits names {provider}.{credit_type}, but {provider} has no such credits. "
                f"Its kinds are {', '.join(known) or 'none, unless a price names one'}."
            )
    if wish.backfill is None:
        return wish
    if not any(walks_of(name, settings, wish) for name in sources):
        reasons = "; ".join(f"{resource}: {reason}" for resource, reason in left_out(settings, sources, wish).items())
        raise CannotDo(f"--from and --to read a period, and nothing that was asked for can be read so. {reasons}.")
    return replace(wish, backfill=_bounded(wish.backfill, clock))


def _bounded(period: Period, clock: Clock) -> Period:
    now = clock.now().replace(microsecond=0)
    if period.begins is not None and period.begins >= (period.ends or now):
        until = f"--to {period.ends:%Y-%m-%dT%H:%M:%S}" if period.ends else f"now ({now:%Y-%m-%dT%H:%M:%S} UTC)"
        raise CannotDo(f"--from {period.begins:%Y-%m-%dT%H:%M:%S} does not lie before {until}; nothing was asked.")
    # What is still to come cannot have been read.
    return replace(period, ends=min(period.ends, now) if period.ends else now)


def left_out(settings: Settings, sources: list[str], wish: Wish) -> dict[str, str]:
    """The resources that cannot do what was asked for, and why; they are not read."""
    if wish.backfill is None or not wish.reads:
        return {}
    return {
        f"{name}.{walk.resource}": walk.cannot["backfill"]
        for name in sources
        for walk in SOURCES[name].walks(settings)
        if (not wish.only or walk.resource in wish.only) and "backfill" in walk.cannot
    }


def asks_for_more(broken_off: Sync, sources: list[str], wish: Wish, clock: Clock) -> bool:
    """Whether today's wish goes beyond the sync that was just finished."""
    return (
        broken_off.as_of.date() != clock.now().date()
        or not set(sources) <= set(broken_off.sources)
        or sorted(wish.only) != sorted(broken_off.settings.get("only", []))
        or (wish.build and not broken_off.settings.get("build", True))
        or period_texts(wish.backfill) != broken_off.settings.get("backfill")
        or broken_off.settings.get("reads") is False
    )


def walks_of(name: str, settings: Settings, wish: Wish) -> list[Walk]:
    """The walks that a wish is about."""
    brought: list[Order | PendingJob] = [*wish.orders, *wish.jobs]
    asked = [one.walk(settings) for one in brought if one.source == name]
    if not wish.reads:
        return asked
    return [
        *(
            walk
            for walk in SOURCES[name].walks(settings)
            if (not wish.only or walk.resource in wish.only) and not (wish.backfill and "backfill" in walk.cannot)
        ),
        *asked,
    ]


def period_texts(period: Period | None) -> list[str | None] | None:
    """A period as a sync's settings keep it."""
    if period is None:
        return None
    return [at.isoformat() if at else None for at in (period.begins, period.ends)]


def read_period_texts(texts: list[str | None] | None) -> Period | None:
    return Period(*(datetime.fromisoformat(text) if text else None for text in texts)) if texts else None


def read_period(begins: str | None, ends: str | None) -> Period | None:
    """`--from` and `--to`: days (00:00 UTC) or moments, with or without a zone; None when neither was given.

    Raises:
        CannotDo: one has another form.
    """
    read: list[datetime | None] = []
    for option, text in (("--from", begins), ("--to", ends)):
        try:
            at = datetime.fromisoformat(text) if text else None
        except ValueError:
            raise CannotDo(
                f"{option} takes a day or a moment, e.g. 2025-01-01 or 2025-01-01T06:00:00; {text!r} is neither."
            ) from None
        read.append(at.astimezone(UTC).replace(tzinfo=None) if at and at.tzinfo else at)
    return Period(*read) if any(read) else None


def read_max_credits(texts: list[str]) -> dict[tuple[str, str], float]:
    """`leadiq.uc=50` and the like.

    Raises:
        CannotDo: one has another form.
    """
    read: dict[tuple[str, str], float] = {}
    for text in texts:
        name, _, amount = text.partition("=")
        provider, _, credit_type = name.partition(".")
        try:
            credits = float(amount)
        except ValueError:
            credits = -1
        if not provider or not credit_type or not 0 <= credits < float("inf"):
            raise CannotDo(
                f"--max-credits takes PROVIDER.CREDIT_TYPE=NUMBER, e.g. contactout.search=100; {text!r} is not of that form."
            )
        read[provider, credit_type] = credits
    return read
