"""One person whose LinkedIn page is written, or is, another from record to record, and chains of evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import quote

from sandbox.traps.cast import Cast, Name, as_told, page, told

COUNTRY_HOSTS = ("de", "fr", "uk", "br", "in", "es", "it", "nl")


def spellings(slug: str, number: int) -> list[str]:
    """One page in every spelling; the slug ends with six hexadecimal digits."""
    encoded, stem, digits = quote(slug), slug[:-7], slug[-6:]
    country = COUNTRY_HOSTS[number % len(COUNTRY_HOSTS)]
    return [
        f"http://www.linkedin.com/in/{encoded}",
        f"https://{country}.linkedin.com/in/{encoded}",
        f"https://www.linkedin.com/in/{quote(slug.upper())}",
        f"https://www.linkedin.com/in/{encoded}/{country}",
        f"https://www.linkedin.com/in/{encoded.lower().replace('-', '%2d')}",
        f"https://www.linkedin.com/in/{encoded}?trk=public_profile&locale=en_US",
        f"https://www.linkedin.com/in/{encoded}/",
        # The old form: three groups behind the name, the last of which came first in the slug.
        f"https://www.linkedin.com/pub/{quote(stem)}/{digits[4:]}/{digits[2:4]}/{digits[:2]}",
        f"linkedin.com/in/{slug}",
        f"HTTPS://WWW.LINKEDIN.COM/in/{encoded}#about",
    ]


def _linkedin_spelling(cast: Cast, number: int) -> None:
    name = Name(cast.rng.choice(("Renée", "Zoë", "André", "Björn", "Nuria", "Oskar")), cast.name().last)
    suffix = cast.slug(name)[-6:]
    accented = f"{name.first}-{name.last}-{suffix}".lower()
    person = cast.someone(name, slug=accented)
    forms = spellings(person.slug, number)
    # Nothing but the page is in two of the records.
    evidence = {"leadiq": "slug work", "contactout": "slug personal", "letrics": "slug phone"}
    as_told(
        person,
        **{
            provider: replace(told(person, says), url=forms[(3 * number + place) % len(forms)])
            for place, (provider, says) in enumerate(evidence.items())
        },
    )


def _changed_slug(cast: Cast, number: int) -> None:
    """A provider says that a page has another name now: the record with its own id, or the customer's key, shows both."""
    # What Letrics came to know today it is asked for again tomorrow.
    employer, (former,) = cast.company(created=0), cast.employers(1)
    name = cast.name()
    person = cast.someone(name, former, employer, employer, days=(-30, 2))
    later = cast.slug(name)
    first, second = told(person, "slug"), replace(told(person, ""), slug=later, url=page(later))
    after = cast.day(1 + number // 2 % 2)
    if number % 2 == 0:
        as_told(
            person,
            leadiq=(replace(first, keys=False), replace(second, keys=False, since=cast.day(2))),
            contactout=told(person, "slug personal"),
            letrics=(first, replace(second, since=after)),
        )
    else:
        as_told(
            person,
            leadiq=(first, replace(second, since=cast.day(2))),
            contactout=told(person, "slug personal"),
            letrics=second,
        )


def _new_profile(cast: Cast, number: int) -> None:
    """Somebody opens a new page, and no provider says so: the address and the name are what agrees."""
    name = cast.name()
    person = cast.someone(name)
    later = cast.slug(name)
    new = replace(told(person, "personal"), slug=later, url=page(later))
    third = told(person, "personal phone") if number % 2 == 0 else new
    as_told(person, leadiq=new, contactout=told(person, "slug personal phone"), letrics=third)


def _chain(cast: Cast, number: int) -> None:
    """Four records, of which each shares one thing with the next: an address, a phone with the name, name and company."""
    former, employer, other = cast.employers(3)
    person = cast.someone(cast.name(), former, other, employer, days=(-35, -12))
    alone = told(person, "", keys=False, since=cast.day(-12))
    as_told(
        person,
        leadiq=(told(person, "personal", keys=False), alone),
        contactout=told(person, "slug personal phone"),
        letrics=told(person, "phone"),
    )


def _false_chain(cast: Cast, number: int) -> None:
    """Two people with nearly one name, whose records hang together by a phone that both have had."""
    last = cast.name().last
    first = (("Jan", "Jana"), ("Marie", "Mario"), ("Paul", "Paula"), ("Daniel", "Daniela"))[number % 4]
    one = cast.someone(Name(first[0], last))
    other = cast.someone(Name(first[1], last), phone=one.phone)
    as_told(
        one,
        leadiq=told(one, "personal"),
        contactout=told(one, "slug personal phone"),
        letrics=told(one, "slug"),
    )
    as_told(
        other,
        leadiq=told(other, "work"),
        contactout=told(other, "slug work") if number % 2 else told(other, "slug work phone"),
        letrics=told(other, "work phone"),
    )


KINDS: Mapping[str, Callable[[Cast, int], None]] = {
    "linkedin_spelling": _linkedin_spelling,
    "changed_slug": _changed_slug,
    "new_profile": _new_profile,
    "chain": _chain,
    "false_chain": _false_chain,
}
