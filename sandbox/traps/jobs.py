"""One person whose records disagree about the job although nothing, or something else, has happened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace

from sandbox import wording
from sandbox.population import Position
from sandbox.traps.cast import Cast, as_told, stated, told, work_email
from sandbox.traps.companies import in_full, staff

NEVER = 1000
"""A day, from the start, that no calendar reaches."""


def _retitled(cast: Cast, number: int) -> None:
    """The same job in another wording of its title, with each provider and from one day to the next."""
    employer, (former,) = cast.company(created=0), cast.employers(1)
    person = cast.someone(cast.name(), former, employer, days=(-20,))
    job = person.history(1)[-1][0]
    first, second, third = (wording.title(job.department, job.level, number + form) for form in range(3))
    plain = told(person, "slug work")
    as_told(
        person,
        leadiq=replace(plain, title=first),
        contactout=replace(plain, title=second),
        letrics=(replace(plain, title=third), replace(plain, title=first, since=cast.day(1 + number % 2))),
    )


def _renamed_company(cast: Cast, number: int) -> None:
    """The employer has a new name, and the people there have not moved."""
    company = cast.company(created=0)
    before, name = in_full(company), cast.company_name()
    after = stated(company, name, domain=company.domain, url=before.url, website=before.website)
    viewed = cast.seen(
        company,
        leadiq=(before, replace(after, since=cast.day(1))),
        contactout=after if number % 2 else before,
        letrics=(before, replace(after, since=cast.day(1 + number % 2))),
    )
    staff(cast, viewed, viewed)


def _lagging_provider(cast: Cast, number: int) -> None:
    """A change that one provider tells of, while the others still have the job before it for weeks."""
    person = cast.someone(cast.name(), days=(-6,))
    change = person.changes[0]
    late = cast.day(14 + number % 10)
    change.follow_on.update(contactout=late, letrics=late + dt.timedelta(days=12))
    # In every other turn it looked since, and saw nothing.
    looked_on = cast.day(-2) if number % 2 else None
    old = told(person, "slug", work_emails=(change.before.email,), updated_on=looked_on)
    new = told(person, "slug work")
    as_told(
        person,
        leadiq=new,
        contactout=(old, replace(new, since=late)),
        letrics=(old, replace(new, since=change.follow_on["letrics"])),
    )


def _stale_record(cast: Cast, number: int) -> None:
    """One provider shows the job before the last and says that it looked only yesterday."""
    former, employer, following = cast.employers(3)
    person = cast.someone(cast.name(), former, employer, following, days=(-44, -20))
    odd, even = ("contactout", "letrics") if number % 2 else ("letrics", "contactout")
    last, fresh = person.changes[-1], told(person, "slug work")
    last.follow_on[odd] = cast.day(NEVER)
    then = replace(fresh, work_emails=(last.before.email,))
    as_told(person, leadiq=(then, replace(fresh, since=cast.day(-20))))
    person.views |= {odd: (replace(then, updated_on=cast.day(-1)),), even: (fresh,)}


def _return(cast: Cast, number: int) -> None:
    """Somebody leaves and comes back."""
    former, employer, between = cast.employers(3)
    days = (-45, -28, 1 + number % 6) if number % 2 else (-45, -28, -8)
    person = cast.someone(cast.name(), former, employer, between, employer, days=days)
    views = []
    for change, since in zip(person.changes, (None, cast.day(days[1]), cast.day(days[2])), strict=True):
        assert change.after is not None, "nobody here is without a job"
        view = told(person, "slug", work_emails=(change.after.email,))
        views.append(view if since is None else replace(view, since=since))
    # Those who keep profiles follow on the same days.
    as_told(person, leadiq=tuple(views), contactout=tuple(views), letrics=tuple(views))


def _concurrent(cast: Cast, number: int) -> None:
    """Two jobs at a time, of which one provider puts the second first: no change."""
    former, employer, second = cast.employers(3)
    person = cast.someone(cast.name(), former, employer)
    job = person.history(1)[-1][0]
    besides = Position(second, job.department, job.level, cast.day(-700), cast.address("board", second.domain))
    plain = told(person, "slug work")
    aside = replace(plain, position=besides, work_emails=(work_email(person), besides.email))
    odd, even = ("contactout", "letrics") if number % 2 == 0 else ("letrics", "contactout")
    as_told(person, leadiq=plain)
    person.views |= {odd: (aside,), even: (plain,)}


KINDS: Mapping[str, Callable[[Cast, int], None]] = {
    "retitled": _retitled,
    "renamed_company": _renamed_company,
    "lagging_provider": _lagging_provider,
    "stale_record": _stale_record,
    "return": _return,
    "concurrent": _concurrent,
}
