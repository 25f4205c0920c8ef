"""Values that need a library, normalised once per distinct value into lookup tables that SQL joins."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any
from urllib.parse import urlsplit

from transforms.names import family_keys, read_person_name

COUNTRY_NAMES: Mapping[str, str] = {
    "usa": "US", "u.s.a.": "US", "u.s.": "US", "united states of america": "US", "america": "US", "uk": "GB", "u.k.": "GB",
    "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "northern ireland": "GB", "russia": "RU",
    "south korea": "KR", "korea": "KR", "north korea": "KP", "vietnam": "VN", "iran": "IR", "syria": "SY", "laos": "LA",
    "czech republic": "CZ", "ivory coast": "CI", "macedonia": "MK", "turkey": "TR", "uae": "AE", "holland": "NL",
    "hong kong": "HK", "taiwan": "TW", "bolivia": "BO", "venezuela": "VE", "tanzania": "TZ", "moldova": "MD", "brasil": "BR",
    "the netherlands": "NL", "hong kong sar": "HK", "macau": "MO", "macau sar": "MO", "cape verde": "CV", "swaziland": "SZ",
    "deutschland": "DE", "españa": "ES", "italia": "IT", "méxico": "MX", "palestine": "PS", "brunei": "BN",
}  # fmt: skip
"""Names in use that ISO 3166 does not list."""


@dataclass(frozen=True, slots=True)
class WordList:
    """Words and what they mean, in order of precedence; from a seed."""

    entries: tuple[tuple[re.Pattern[str], str], ...]

    @classmethod
    def read(cls, rows: Iterable[Mapping[str, str]]) -> WordList:
        """From rows with `word` (a word or phrase, lower case) and `meaning`."""
        return cls(tuple((re.compile(rf"(?<!\w){re.escape(row['word'])}(?!\w)"), row["meaning"]) for row in rows))

    def meaning(self, text: str) -> str | None:
        plain = text.lower()
        return next((meaning for pattern, meaning in self.entries if pattern.search(plain)), None)


@dataclass(frozen=True, slots=True)
class Dictionaries:
    """Normalises values of each kind; `KINDS` names the columns.

    Args:
        seniorities, departments, free_mail: from seeds.
        linkedin_page: reads a LinkedIn URL as (`person` or `company`, slug).
    """

    seniorities: WordList
    departments: WordList
    free_mail: frozenset[str]
    linkedin_page: Callable[[str], tuple[str, str] | None]

    def normalise(self, kind: str, value: str, hint: str) -> dict[str, Any]:
        """The lookup row of one distinct value: `value`, `hint`, and the columns of its kind (null where unreadable)."""
        found: dict[str, Any]
        if kind == "phone":
            found = {"e164": e164(value, country_code(hint) or "")}
        elif kind == "host":
            domain = registrable_domain(value)
            found = {"domain": domain, "is_free_mail": domain in self.free_mail if domain else None}
        elif kind == "linkedin":
            page = self.linkedin_page(value)
            found = {"page_kind": page[0] if page else None, "slug": page[1] if page else None}
        elif kind == "country":
            found = {"country_code": country_code(value)}
        elif kind == "place":
            found = place(value)
        elif kind == "title":
            found = {"seniority": self.seniorities.meaning(value), "department": self.departments.meaning(value)}
        elif kind == "company_name":
            found = {"name_key": company_name_key(value)}
        elif kind == "person_name":
            found = person_name(value)
        else:
            raise AssertionError(f"no dictionary {kind}")
        return {"value": value, "hint": hint, **found}


KINDS: Mapping[str, Mapping[str, str]] = {
    "phone": {"e164": "text"},
    "host": {"domain": "text", "is_free_mail": "boolean"},
    "linkedin": {"page_kind": "text", "slug": "text"},
    "country": {"country_code": "text"},
    "place": {"city": "text", "state": "text", "country_code": "text"},
    "title": {"seniority": "text", "department": "text"},
    "company_name": {"name_key": "text"},
    "person_name": {"name_key": "text", "family_1": "text", "family_2": "text", "family_3": "text"},
}
"""Dictionary tables and the columns each adds to `value` and `hint`."""


def e164(value: str, region: str) -> str | None:
    """A phone number as E.164; numbers without a country code need a region (ISO alpha-2), and must be valid there."""
    import phonenumbers

    text = unicodedata.normalize("NFKC", value).strip().replace(".", " ")
    international = re.sub(r"^00(?=[1-9])", "+", text)
    for attempt, home in ((text, region or None), (international, None)):
        try:
            number = phonenumbers.parse(attempt, home)
        except phonenumbers.NumberParseException:
            continue
        stated = attempt.lstrip("( ").startswith("+")
        possible = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
        if possible and (stated or phonenumbers.is_valid_number(number)):
            found = str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
            return found if len(found) <= 16 else None
    return None


def registrable_domain(value: str) -> str | None:
    """The registrable domain of a host, URL or e-mail address (`https://www.a.example.co.uk/x` is `example.co.uk`)."""
    text = value.strip().lower()
    if "@" in text and "//" not in text:
        text = text.rsplit("@", 1)[1]
    try:
        host = urlsplit(text if "//" in text else f"//{text}").hostname or ""
        host = host.rstrip(".").encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        return None
    if "." not in host or not re.fullmatch(r"[a-z0-9._-]+", host) or re.fullmatch(r"[\d.]+", host):
        return None
    domain = _suffixes().privatesuffix(host)
    return str(domain) if domain else None


@cache
def _suffixes() -> Any:
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()


@lru_cache(maxsize=4096)
def country_code(value: str) -> str | None:
    """ISO 3166-1 alpha-2 of a country's name or code; None when it names none."""
    import pycountry

    text = value.strip()
    if not text:
        return None
    if text.lower() in COUNTRY_NAMES:
        return COUNTRY_NAMES[text.lower()]
    try:
        return str(pycountry.countries.lookup(text).alpha_2)
    except LookupError:
        return None


US_POSTAL_CODE = re.compile(r"(?<=\b[A-Z]{2}) \d{5}(-\d{4})?$")


def place(value: str) -> dict[str, str | None]:
    """City, state and country of one line such as `Sydney, New South Wales, Australia`.

    A part with a digit is a street, a suite or a postal code, and never a city.

    `San Francisco, CA` is a state of the United States and not Canada; `Atlanta, Georgia` names neither for certain, so
    it names no country.
    """
    parts = [US_POSTAL_CODE.sub("", part.strip()) for part in value.split(",")]
    parts = [part for part in parts if part and not re.search(r"\d", part)]
    if not parts:
        return {"city": None, "state": None, "country_code": None}
    code = country_code(parts[-1])
    state = _us_state(parts[-1]) if len(parts) == 2 else None
    if state is not None and (len(parts[-1]) == 2 or code is None):
        return {"city": parts[0], "state": state, "country_code": "US"}
    if state is not None:
        return {"city": parts[0], "state": parts[1], "country_code": None}
    if code is not None:
        parts = parts[:-1]
    return {
        "city": parts[0] if parts else None,
        "state": parts[1] if len(parts) > 1 else None,
        "country_code": code,
    }


def _us_state(text: str) -> str | None:
    import pycountry

    states: Any = pycountry.subdivisions
    found = states.get(code=f"US-{text.upper()}") if len(text) == 2 else None
    if found is not None:
        return str(found.name)
    names = {state.name.lower(): str(state.name) for state in states.get(country_code="US")}
    return names.get(text.lower())


def company_name_key(value: str) -> str | None:
    """A company's name without legal forms, case, accents and punctuation."""
    from cleanco import basename

    name, shorter = "", value.strip()
    while shorter and shorter != name:
        # One legal form is taken off at a time: `Example Co., Ltd.` has two.
        name, shorter = shorter, basename(shorter).strip(" .,")
    plain = unicodedata.normalize("NFKD", name or value)
    plain = "".join(character for character in plain if not unicodedata.combining(character)).casefold()
    return " ".join(re.findall(r"\w+", plain.replace("&", " and "))) or None


def person_name(value: str) -> dict[str, str | None]:
    """A person's name in normal form (`PersonName.key`), and the words that may be its family name."""
    name = read_person_name(value)
    words = family_keys(name) if name else ()
    return {"name_key": name.key if name else None} | {
        f"family_{n}": words[n - 1] if n <= len(words) else None for n in (1, 2, 3)
    }
