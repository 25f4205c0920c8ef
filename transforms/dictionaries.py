"""Values that need a library, normalised once per distinct value into lookup tables that SQL joins."""

from __future__ import annotations

import hashlib
import inspect
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from importlib import metadata
from typing import Any
from urllib.parse import urlsplit

from .names import family_keys, read_person_name
from .ranges import Bands, Span, employee_range, revenue_range
from .subdivisions import NamesInUse, subdivision_code

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
NORTH_AMERICAN = re.compile(r"\(\d{3}\) ?\d{3}[ .-]\d{4}|\d{3}[.-]\d{3}[.-]\d{4}")
"""How North Americans write a number: area, exchange, line. With blanks alone it is written so elsewhere, too."""
HOME_NATIONS = ("england", "scotland", "wales", "northern ireland")
"""Subdivisions whose name is used like a country's."""

LIBRARIES = ("phonenumbers", "publicsuffixlist", "pycountry", "cleanco", "nameparser", "anyascii", "nicknames")
"""Whatever normalises; a newer one may read a value otherwise."""


@dataclass(frozen=True, slots=True)
class WordList:
    """Words and what they mean, in order of precedence; from a seed."""

    entries: tuple[tuple[re.Pattern[str], str, int | None], ...]

    @classmethod
    def read(cls, rows: Iterable[Mapping[str, str]]) -> WordList:
        """From rows with `word` (a word or phrase, lower case), `meaning` and, where words have one, `rank`."""
        return cls(
            tuple(
                (
                    re.compile(rf"(?<!\w){re.escape(row['word'])}(?!\w)"),
                    row["meaning"],
                    int(row["rank"]) if row.get("rank") else None,
                )
                for row in rows
            )
        )

    def meaning(self, text: str) -> str | None:
        return self.ranked(text)[0]

    def ranked(self, text: str) -> tuple[str | None, int | None]:
        """The meaning of the first word that occurs, and its rank."""
        plain = text.lower()
        return next(((meaning, rank) for word, meaning, rank in self.entries if word.search(plain)), (None, None))


@dataclass(frozen=True, slots=True)
class Dictionaries:
    """Normalises values of each kind; `KINDS` names the columns.

    Args:
        seniorities, departments: words of titles.
        sites: what hosts are that name no company: domain to `free_mail`, `hosted` or `shared`; and to `registry`, below
            which domains are registered like any other.
        names_in_use: names of subdivisions that ISO 3166-2 does not list.
        employee_bands, revenue_bands: the ranges that we know.
        linkedin_page: reads a LinkedIn URL as (`person` or `company`, slug).
    """

    seniorities: WordList
    departments: WordList
    sites: Mapping[str, str]
    names_in_use: NamesInUse
    employee_bands: Bands
    revenue_bands: Bands
    linkedin_page: Callable[[str], tuple[str, str] | None]

    @classmethod
    def read(
        cls,
        seed: Callable[[str], list[dict[str, str]]],
        linkedin_page: Callable[[str], tuple[str, str] | None],
    ) -> Dictionaries:
        """From seeds; `seed` gives the rows of one by its name."""
        return cls(
            seniorities=WordList.read(seed("seniority_words")),
            departments=WordList.read(seed("department_words")),
            sites={row["domain"]: row["kind"] for row in seed("shared_domains")},
            names_in_use=NamesInUse.read(seed("subdivision_names")),
            employee_bands=Bands.read(seed("employee_bands")),
            revenue_bands=Bands.read(seed("revenue_bands")),
            linkedin_page=linkedin_page,
        )

    def normalise(self, kind: str, value: str, hint: str) -> dict[str, Any]:
        """The lookup row of one distinct value: `value`, `hint`, and the columns of its kind (null where unreadable)."""
        found: dict[str, Any]
        if kind == "phone":
            found = {"e164": e164(value, country_code(hint) or "")}
        elif kind == "host":
            found = host_of(value, self.sites)
        elif kind == "linkedin":
            page = self.linkedin_page(value)
            found = {"page_kind": page[0] if page else None, "slug": page[1] if page else None}
        elif kind == "country":
            found = {"country_code": country_code(value)}
        elif kind == "subdivision":
            found = {"subdivision_code": state_code(value, hint, self.names_in_use)}
        elif kind == "place":
            found = place(value, self.names_in_use)
        elif kind == "title":
            seniority, rank = self.seniorities.ranked(value)
            found = {"seniority": seniority, "department": self.departments.meaning(value), "rank": rank}
        elif kind == "company_name":
            found = {"name_key": company_name_key(value)}
        elif kind == "person_name":
            found = person_name(value)
        elif kind == "employee_range":
            found = _spanned(employee_range(value), self.employee_bands)
        elif kind == "revenue_range":
            found = _spanned(revenue_range(value), self.revenue_bands)
        else:
            raise AssertionError(f"no dictionary {kind}")
        return {"value": value, "hint": hint, **found}

    def rules(self, kind: str) -> str:
        """What values of a kind are normalised by, as one word: another when code, a seed or a library is another.

        A kind that `MADE_OF` does not list is made of everything.
        """
        made_of = MADE_OF.get(kind, (*LIBRARIES, *(field.name for field in fields(self))))
        parts = [_code()]
        for name in made_of:
            if name in LIBRARIES:
                parts.append(f"{name} {metadata.version(name)}")
                continue
            given = getattr(self, name)
            parts.append(f"{name} {inspect.getsource(inspect.getmodule(given) or given) if callable(given) else given}")
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


KINDS: Mapping[str, Mapping[str, str]] = {
    "phone": {"e164": "text"},
    "host": {"domain": "text", "is_free_mail": "boolean", "is_hosted": "boolean", "is_shared": "boolean"},
    "linkedin": {"page_kind": "text", "slug": "text"},
    "country": {"country_code": "text"},
    "subdivision": {"subdivision_code": "text"},
    "place": {"city": "text", "state": "text", "subdivision_code": "text", "country_code": "text"},
    "title": {"seniority": "text", "department": "text", "rank": "integer"},
    "company_name": {"name_key": "text"},
    "person_name": {"name_key": "text", "family_1": "text", "family_2": "text", "family_3": "text"},
    "employee_range": {"low": "number", "high": "number", "label": "text"},
    "revenue_range": {"low": "number", "high": "number", "label": "text"},
}
"""Dictionary tables and the columns each adds to `value` and `hint`."""

MADE_OF: Mapping[str, tuple[str, ...]] = {
    "phone": ("phonenumbers", "pycountry"),
    "host": ("publicsuffixlist", "sites"),
    "linkedin": ("linkedin_page",),
    "country": ("pycountry",),
    "subdivision": ("pycountry", "names_in_use"),
    "place": ("pycountry", "names_in_use"),
    "title": ("seniorities", "departments"),
    "company_name": ("cleanco",),
    "person_name": ("nameparser", "anyascii", "nicknames"),
    "employee_range": ("employee_bands",),
    "revenue_range": ("revenue_bands",),
}
"""The libraries and seeds that decide how values of a kind are read, besides the code of this room."""


@cache
def _code() -> str:
    return "\0".join(inspect.getsource(sys.modules[name]) for name in _modules())


def _modules() -> list[str]:
    """This module and those beside it that it takes something from."""
    here = __name__.rpartition(".")[0]
    taken = {getattr(one, "__module__", "") or "" for one in vars(sys.modules[__name__]).values()}
    return sorted(name for name in taken if name.rpartition(".")[0] == here)


def _spanned(span: Span | None, bands: Bands) -> dict[str, Any]:
    if span is None:
        return {"low": None, "high": None, "label": None}
    return {"low": span.low, "high": span.high, "label": bands.label(span)}


def e164(value: str, region: str) -> str | None:
    """A phone number as E.164; numbers without a country code need a region (ISO alpha-2), and must be valid there.

    People move and keep their numbers: one that is written as North Americans write theirs, and is one of theirs, is nobody's
    where the region writes numbers otherwise.
    """
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
        if not stated and _may_be_north_american(value, number, region):
            continue
        if possible and (stated or phonenumbers.is_valid_number(number)):
            found = str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
            return found if len(found) <= 16 else None
    return None


def _may_be_north_american(value: str, read: Any, region: str) -> bool:
    """Whether a number that can be read as another country's is written as North Americans do, and exists there."""
    import phonenumbers

    if read.country_code == 1 or not NORTH_AMERICAN.fullmatch(value.strip()) or _is_grouped_alike(read, region):
        return False
    return bool(phonenumbers.is_valid_number(phonenumbers.parse(value, "US")))


def _is_grouped_alike(read: Any, region: str) -> bool:
    """Whether it is a line or mobile number whose region writes such numbers in groups of 3, 3 and 4 as well, as Mexico does."""
    import phonenumbers

    kinds = phonenumbers.PhoneNumberType
    if phonenumbers.number_type(read) not in (kinds.FIXED_LINE, kinds.MOBILE, kinds.FIXED_LINE_OR_MOBILE):
        return False
    examples = (phonenumbers.example_number_for_type(region, kind) for kind in (kinds.FIXED_LINE, kinds.MOBILE))
    return _groups(read) == (3, 3, 4) and any(_groups(one) == (3, 3, 4) for one in examples if one is not None)


def _groups(number: Any) -> tuple[int, ...]:
    """How many digits stand together behind the country's code."""
    import phonenumbers

    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return tuple(map(len, re.findall(r"\d+", written)[1:]))


def host_of(value: str, sites: Mapping[str, str]) -> dict[str, Any]:
    """The registrable domain of a host, URL or e-mail address, and whether it names a company.

    What anybody may register below somebody's site (`example.github.io`, `example.wixsite.com`) is a domain of its own in
    the Public Suffix List, whose private section it is in: hosted, whatever `sites` says of it, unless it says `registry`.
    """
    host = _host(value)
    domain = _registrable(host) if host else None
    if host is None or domain is None:
        return {"domain": None, "is_free_mail": None, "is_hosted": None, "is_shared": None}
    names = host.split(".")
    above = (".".join(names[start:]) for start in range(len(names) - 1))
    kind = next((sites[name] for name in above if name in sites), None)
    if kind is None and _registrable(host, private=False) != domain:
        kind = "hosted"
    return {"domain": domain, **{f"is_{one}": kind == one for one in ("free_mail", "hosted", "shared")}}


def registrable_domain(value: str) -> str | None:
    """The registrable domain of a host, URL or e-mail address (`https://www.a.example.co.uk/x` is `example.co.uk`)."""
    host = _host(value)
    return _registrable(host) if host else None


def _host(value: str) -> str | None:
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
    return host


def _registrable(host: str, private: bool = True) -> str | None:
    domain = _suffixes(private).privatesuffix(host)
    return str(domain) if domain else None


@cache
def _suffixes(private: bool) -> Any:
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList(only_icann=not private)


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


def state_code(value: str, country: str, names_in_use: NamesInUse) -> str | None:
    """ISO 3166-2 code of a state in a country by its name or code; None when it is not certain.

    Who names the country itself where a state belongs (`Mexico`, `Luxembourg`) names no state.
    """
    code = country_code(country)
    plain = value.strip().lower()
    names = country_code(value) if len(plain) > 3 and plain not in HOME_NATIONS else None
    if (country.strip() and code is None) or (names is not None and (code is None or names == code)):
        return None
    return subdivision_code(value, code, names_in_use)


def place(value: str, names_in_use: NamesInUse) -> dict[str, str | None]:
    """City, state, its ISO 3166-2 code and country of one line such as `Sydney, New South Wales, Australia`.

    A part with a digit is a street, a suite or a postal code, and never a city.

    `San Francisco, CA` is a state of the United States and not Canada; `Atlanta, Georgia` names neither for certain, so
    it names no country and no subdivision.
    """
    parts = [US_POSTAL_CODE.sub("", part.strip()) for part in value.split(",")]
    parts = [part for part in parts if part and not re.search(r"\d", part)]
    if not parts:
        return {"city": None, "state": None, "subdivision_code": None, "country_code": None}
    last = parts[-1]
    code = country_code(last)
    state = _us_state(last) if len(parts) == 2 else None
    if state is not None and (len(last) == 2 or code is None):
        found = subdivision_code(state, "US", names_in_use)
        return {"city": parts[0], "state": state, "subdivision_code": found, "country_code": "US"}
    if state is not None:
        return {"city": parts[0], "state": last, "subdivision_code": None, "country_code": None}
    if code is not None:
        parts = parts[:-1]
    stated = parts[1] if len(parts) > 1 else None
    if stated is not None:
        found = state_code(stated, code or "", names_in_use)
    else:
        found = subdivision_code(last, code, names_in_use) if last.lower() in HOME_NATIONS else None
    return {
        "city": parts[0] if parts else None,
        "state": stated,
        "subdivision_code": found,
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
    words = re.findall(r"\w+", plain.replace("&", " and "))
    return " ".join(words[1:] if len(words) > 1 and words[0] == "the" else words) or None


def person_name(value: str) -> dict[str, str | None]:
    """A person's name in normal form (`PersonName.key`), and the words that may be its family name."""
    name = read_person_name(value)
    words = family_keys(name) if name else ()
    return {"name_key": name.key if name else None} | {
        f"family_{n}": words[n - 1] if n <= len(words) else None for n in (1, 2, 3)
    }
