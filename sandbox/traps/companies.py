"""Companies that are taken for each other, or not for themselves; each has people, through whom more is told of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from sandbox.population import Company
from sandbox.traps.cast import Cast, as_told, company_page, stated, told
from sandbox.views import CompanyView
from sandbox.vocabulary import CITIES, City

HOSTS = (
    "facebook.com/{page}",
    "linktr.ee/{page}",
    "gmail.com",
    "https://www.facebook.com/{page}",
    "instagram.com/{page}",
)


def staff(cast: Cast, *companies: Company) -> None:
    """Somebody at each, whom all providers know by page and address."""
    for company in companies:
        former = cast.employers(1)[0]
        person = cast.someone(cast.name(), former, company)
        plain = told(person, "slug work")
        as_told(person, leadiq=plain, contactout=plain, letrics=plain)


def in_full(company: Company) -> CompanyView:
    """A view with all that identifies a company."""
    website = f"https://www.{company.domain}"
    return stated(company, domain=company.domain, url=company_page(company), website=website)


def _equal_company_names(cast: Cast, number: int) -> None:
    """Two companies of one name in two countries."""
    name = cast.company_name()
    here = cast.rng.choice(CITIES)
    there = cast.rng.choice([city for city in CITIES if city.country_code != here.country_code])
    one, other = cast.company(name, seat=here), cast.company(name, seat=there)
    with_page = number % 2 == 1
    bare = stated(other, url=company_page(other) if with_page else None)
    one = cast.seen(one, leadiq=in_full(one), contactout=in_full(one), letrics=in_full(one))
    other = cast.seen(other, leadiq=in_full(other), contactout=in_full(other), letrics=bare)
    staff(cast, one, other)


def _franchise(cast: Cast, number: int) -> None:
    """Three houses of one brand, each with a page and a city of its own, behind one domain."""
    brand = cast.company_name()
    domain = cast.host(brand)
    for place, seat in enumerate(cast.rng.sample(_one_city_a_country(), 3)):
        house = cast.company(f"{brand} {seat.city}", seat=seat, domain=domain)
        shown = in_full(house)
        bare = replace(shown, url=None) if place == 2 and number % 2 else shown
        staff(cast, cast.seen(house, leadiq=shown, contactout=shown, letrics=bare))


def _hosted_domain(cast: Cast, number: int) -> None:
    """Three companies that state a page at a host, or the host itself, where their domain should be."""
    for place in range(3):
        company = cast.company()
        host = HOSTS[number % len(HOSTS)].format(page=company.slug)
        own = in_full(company)
        hosted = replace(own, domain=host, website=host if host.startswith("https") else None)
        letrics = replace(hosted, url=None) if place == 2 else hosted
        contactout = hosted if number % 2 else own
        staff(cast, cast.seen(company, leadiq=hosted, contactout=contactout, letrics=letrics))


def _rebrand(cast: Cast, number: int) -> None:
    """Name and domain change; the page and each provider's own id stay. ContactOut is late, or early."""
    company = cast.company(created=0)
    name = cast.company_name()
    before, after = in_full(company), stated(company, name, domain=cast.host(name), url=company_page(company))
    in_letrics = [before, replace(after, since=cast.day(1 + number % 2))]
    if number % 2:
        # Nothing but the id says in Letrics that both are one.
        in_letrics = [replace(view, url=None) for view in in_letrics]
    viewed = cast.seen(
        company,
        leadiq=(before, replace(after, since=cast.day(2))),
        contactout=after if number % 2 else before,
        letrics=tuple(in_letrics),
    )
    staff(cast, viewed, viewed)


def _subsidiary(cast: Cast, number: int) -> None:
    """A subsidiary of which one provider states the page, the website or the domain of its parent."""
    parent = cast.company()
    parent = cast.seen(parent, leadiq=in_full(parent), contactout=in_full(parent), letrics=in_full(parent))
    child = cast.company(f"{parent.name} Logistics" if number % 2 else None)
    own = in_full(child)
    leadiq, letrics = own, own
    if number % 3 == 0:
        letrics = replace(own, url=company_page(parent))
    elif number % 3 == 1:
        letrics = replace(own, domain=None, website=f"https://www.{parent.domain}")
    else:
        leadiq = letrics = replace(own, domain=parent.domain, website=None)
    staff(cast, parent, cast.seen(child, leadiq=leadiq, contactout=own, letrics=letrics))


def _company_spelling(cast: Cast, number: int) -> None:
    """One company, written otherwise where no domain and no page is stated."""
    company = cast.company()
    name, form = company.name, company.seat.legal_form
    spelt = (f"{name}{form}", name.upper(), f"{name.replace(' ', '-')}{form}", f"The {name}", name.replace(" ", ""))
    bare = stated(company, spelt[number % len(spelt)])
    listed = replace(in_full(company), name=spelt[(number + 1) % 3])
    staff(cast, cast.seen(company, leadiq=listed, contactout=in_full(company), letrics=bare))


def _subdomain(cast: Cast, number: int) -> None:
    """One company under the names of its hosts: with ``www.``, of its shop, of a country."""
    company = cast.company()
    domain, country = company.domain, company.seat.country_code
    hosts = [f"shop.{domain}", f"www.{domain}", f"https://{country}.{domain}/", f"{country}.{domain}", domain.upper()]
    letrics, leadiq, contactout = (hosts[(number + place) % len(hosts)] for place in range(3))
    viewed = cast.seen(
        company,
        leadiq=replace(in_full(company), domain=leadiq),
        contactout=replace(in_full(company), domain=contactout, website=None),
        letrics=stated(company, domain=letrics),
    )
    staff(cast, viewed)


def _one_city_a_country() -> list[City]:
    return list({city.country: city for city in CITIES}.values())


KINDS: Mapping[str, Callable[[Cast, int], None]] = {
    "equal_company_names": _equal_company_names,
    "franchise": _franchise,
    "hosted_domain": _hosted_domain,
    "rebrand": _rebrand,
    "subsidiary": _subsidiary,
    "company_spelling": _company_spelling,
    "subdomain": _subdomain,
}
