"""Values that need a library, normalised once per distinct value into lookup tables that SQL joins."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any
from urllib.parse import unquote, urlsplit

COUNTRY_NAMES: Mapping[str, str] = {
    "usa": "US", "u.s.a.": "US", "u.s.": "US", "united states of america": "US", "america": "US", "uk": "GB", "u.k.": "GB",
    "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "northern ireland": "GB", "russia": "RU",
    "south korea": "KR", "korea": "KR", "north korea": "KP", "vietnam": "VN", "iran": "IR", "syria": "SY", "laos": "LA",
    "czech republic": "CZ", "ivory coast": "CI", "macedonia": "MK", "turkey": "TR", "uae": "AE", "holland": "NL",
    "hong kong": "HK", "taiwan": "TW", "bolivia": "BO", "venezuela": "VE", "tanzania": "TZ", "moldova": "MD", "brasil": "BR",
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
    """Normalises values of each kind; `KINDS` names the columns."""

    seniorities: WordList
    departments: WordList
    free_mail: frozenset[str]

    def normalise(self, kind: str, value: str, hint: str) -> dict[str, Any]:
        """The lookup row of one distinct value: `value`, `hint`, and the columns of its kind (null where unreadable)."""
        found: dict[str, Any]
        if kind == "phone":
            found = {"e164": e164(value, country_code(hint) or "")}
        elif kind == "host":
            domain = registrable_domain(value)
            found = {"domain": domain, "is_free_mail": domain in self.free_mail if domain else None}
        elif kind == "linkedin":
            page = linkedin_page(value)
            found = {"page_kind": page[0] if page else None, "slug": page[1] if page else None}
        elif kind == "country":
            found = {"country_code": country_code(value)}
        elif kind == "place":
            found = place(value)
        elif kind == "title":
            found = {"seniority": self.seniorities.meaning(value), "department": self.departments.meaning(value)}
        elif kind == "company_name":
            found = {"name_key": company_name_key(value)}
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
}
"""Dictionary tables and the columns each adds to `value` and `hint`."""


def e164(value: str, region: str) -> str | None:
    """A phone number as E.164; numbers without a country code need a region (ISO alpha-2)."""
    import phonenumbers

    text = unicodedata.normalize("NFKC", value).strip()
    digits = re.sub(r"\D", "", text)
    if not 7 <= len(digits) <= 15:
        return None
    for attempt in (text, f"+{digits}" if text.startswith(("+", "00")) else ""):
        try:
            number = phonenumbers.parse(attempt.replace(".", " "), region or None)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(number):
            return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
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


def linkedin_page(value: str) -> tuple[str, str] | None:
    """(`person` or `company`, slug) of a LinkedIn URL, whatever its scheme, host, case, locale or encoding; None otherwise."""
    text = value.strip()
    try:
        parts = urlsplit(text if "//" in text else f"//{text}")
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    if host != "linkedin.com" and not host.endswith(".linkedin.com"):
        return None
    steps = [
        unicodedata.normalize("NFC", unquote(step)).strip().lower() for step in parts.path.split("/") if step.strip()
    ]
    if len(steps) < 2 or not steps[1]:
        return None
    if steps[0] == "in":
        return "person", steps[1]
    if steps[0] == "pub":
        # Old public profiles: the name, then three groups of hexadecimal digits in reverse order.
        groups = steps[2:5]
        return "person", f"{steps[1]}-{''.join(reversed(groups))}" if len(groups) == 3 else steps[1]
    return ("company", steps[1]) if steps[0] in ("company", "school", "showcase") else None


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


def place(value: str) -> dict[str, str | None]:
    """City, state and country of one line such as `Sydney, New South Wales, Australia`."""
    parts = [part.strip() for part in value.split(",") if part.strip()]
    code = country_code(parts[-1]) if parts else None
    if code is not None:
        parts = parts[:-1]
    elif len(parts) > 1 and (state := _us_state(parts[-1])) is not None:
        return {"city": parts[0], "state": state, "country_code": "US"}
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
    """A company's name without legal form, case, accents and punctuation."""
    from cleanco import basename

    plain = unicodedata.normalize("NFKD", basename(value.strip()) or value)
    plain = "".join(character for character in plain if not unicodedata.combining(character)).casefold()
    return " ".join(re.findall(r"\w+", plain.replace("&", " and "))) or None
