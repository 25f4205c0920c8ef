"""How one fact is written differently from provider to provider."""

from __future__ import annotations

from urllib.parse import quote

from sandbox.dice import Dice
from sandbox.vocabulary import HEAD_OFFICE_AREA_CODES, SIZE_BANDS, Department, Level


def title(department: Department, level: Level, wording: int) -> str:
    """A job title in one of its three wordings: "VP Marketing", "Vice President of Marketing", "VP of Marketing"."""
    return level.forms[wording % 3].format(d=department.name, chief=department.chief, short=department.chief_short)


def company_name(dice: Dice, name: str, legal_form: str, *key: object) -> str:
    """A company's name: plain, with its legal form, or in capitals."""
    return dice.pick((name, name, name + legal_form, name.upper()), "company name", *key)


def domain(dice: Dice, plain: str, *key: object) -> str:
    """A company's domain: mostly plain, else as a URL, with ``www.``, or in capitals."""
    forms = (plain, plain, plain, plain, f"https://www.{plain}", f"www.{plain}", plain.upper())
    return dice.pick(forms, "domain", *key)


def email(dice: Dice, address: str, *key: object) -> str:
    """An e-mail address, sometimes in capitals: mailboxes are the same whatever their case."""
    return dice.pick((address, address, address, address.upper(), address.title()), "email", *key)


def phone(dice: Dice, e164: str, *key: object) -> str:
    """A telephone number in one of the ways people write it."""
    if e164.startswith("+44"):
        rest = e164[3:]
        spaced = f"{rest[:2]} {rest[2:6]} {rest[6:]}"
        return dice.pick((e164, f"+44 {spaced}", f"0{spaced}", f" +44.{rest}"), "phone", *key)
    area, exchange, line = e164[2:5], e164[5:8], e164[8:]
    forms = (e164, f"({area}) {exchange}-{line}", f"+1 {area}-{exchange}-{line}", f"{area}.{exchange}.{line}")
    return dice.pick(forms, "phone", *key)


def head_office(dice: Dice, truth_id: str) -> str:
    """The telephone number of a company's head office, the same with every provider."""
    area = dice.pick(HEAD_OFFICE_AREA_CODES, "head office", truth_id)
    return f"+1{area}55501{dice.below(100, 'head office line', truth_id):02d}"


def person_url(dice: Dice, slug: str, country_code: str, *key: object) -> str:
    """A LinkedIn profile URL in one of the forms seen in the wild; all reduce to the same slug."""
    encoded = quote(slug)
    local_host = country_code if country_code in {"uk", "de", "fr", "br", "ca", "au", "in", "se"} else "www"
    forms = (
        f"https://www.linkedin.com/in/{encoded}",
        f"https://www.linkedin.com/in/{encoded}",
        f"https://www.linkedin.com/in/{encoded}/",
        f"http://www.linkedin.com/in/{encoded}",
        f"https://linkedin.com/in/{encoded}",
        f"https://{local_host}.linkedin.com/in/{encoded}",
        f"https://www.linkedin.com/in/{quote(slug.title())}",
        f"https://www.linkedin.com/in/{slug}",
        f"https://www.linkedin.com/in/{encoded.lower()}",
    )
    return dice.pick(forms, "person url", *key)


def company_url(dice: Dice, slug: str, *key: object) -> str:
    """A LinkedIn company URL in one of its forms."""
    forms = (
        f"https://www.linkedin.com/company/{slug}",
        f"https://www.linkedin.com/company/{slug}/",
        f"http://www.linkedin.com/company/{slug}",
        f"https://linkedin.com/company/{slug}",
    )
    return dice.pick(forms, "company url", *key)


def size_band(employees: int, joint: str) -> str:
    """The band a head count falls into: ``51-200`` with joint ``-``, ``51_200`` with ``_``."""
    for low, high in SIZE_BANDS:
        if employees <= high:
            return f"{low}{joint}{high}"
    return "10001" if joint == "_" else "10001+"
