"""States, provinces and regions: the ISO 3166-2 code of a name as somebody writes it, where that is certain."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

LANGUAGES = ("en", "de", "es", "fr", "it", "nl", "pt")
"""Whose names of subdivisions are known besides each country's own, as far as pycountry brings them."""

GENERIC = frozenset(
    {
        "state", "states", "province", "provincia", "provincie", "provinz", "region", "regione", "regiao", "county",
        "prefecture", "department", "departamento", "departement", "district", "distrito", "governorate", "oblast",
        "canton", "kanton", "comunidad", "communaute", "comunita", "autonomous", "autonoma", "community", "free",
        "land", "republic", "estado", "stato", "etat", "commonwealth", "metropolitan", "metropolitana", "sheng", "shi",
        "lan", "voivodeship", "wojewodztwo", "of", "de", "del", "della", "di", "du", "da", "do", "des", "the", "la",
        "le",
    }
)  # fmt: skip
"""Words that stand beside a name and say what it is a name of."""


@dataclass(frozen=True, slots=True)
class Subdivision:
    """One entry of ISO 3166-2.

    Args:
        parent: the code of the subdivision that this is a part of; None at the top.
    """

    code: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class NamesInUse:
    """Names that ISO 3166-2 does not list, by (country, key of the name); from a seed."""

    codes: Mapping[tuple[str, str], str]

    @classmethod
    def read(cls, rows: Iterable[Mapping[str, str]]) -> NamesInUse:
        """From rows with `name` and `subdivision_code`."""
        return cls({(row["subdivision_code"][:2], name_key(row["name"])): row["subdivision_code"] for row in rows})

    def anywhere(self, key: str) -> set[str]:
        return {code for (_, name), code in self.codes.items() if name == key}


def subdivision_code(text: str, country: str | None, in_use: NamesInUse) -> str | None:
    """ISO 3166-2 code of a state, province or region; None unless it is certain.

    Args:
        text: a name (`Bayern`, `Bavaria`, `State of California`), a code (`CA`, `US-CA`).
        country: ISO 3166-1 alpha-2. Without it only a whole name counts that no other country has; no code does.
    """
    key = name_key(text)
    if not key:
        return None
    by_country, everywhere, known = _index()
    whole = text.strip().upper()
    if whole in known and len(whole) > 3:
        return whole if country in (None, whole[:2]) else None
    if country is None:
        codes = {one.code for one in everywhere.get(key, ())} | in_use.anywhere(key)
        return codes.pop() if len(codes) == 1 else None
    names = by_country.get(country, {})
    found = in_use.codes.get((country, key)) or _only(names.get(key, ())) or _only(names.get(_core(key), ()))
    coded = f"{country}-{whole}" if re.fullmatch(r"[A-Z]{1,3}", whole) and f"{country}-{whole}" in known else None
    return found or coded if None in (found, coded) or found == coded else None


def name_key(text: str) -> str:
    """A name without case, accents and punctuation."""
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(character for character in plain if not unicodedata.combining(character)).casefold()
    return " ".join(re.findall(r"\w+", plain.replace("'", " ")))


def _core(key: str) -> str:
    """A name without the words that say what it is a name of; the name itself when nothing is left."""
    return " ".join(word for word in key.split() if word not in GENERIC) or key


def _only(found: Iterable[Subdivision]) -> str | None:
    """The one that is meant: the only one, or the only one that is not a part of another."""
    some = set(found)
    top = {one for one in some if one.parent is None} if len(some) > 1 else some
    return next(iter(top)).code if len(top) == 1 else None


Names = Mapping[str, set[Subdivision]]


@cache
def _index() -> tuple[Mapping[str, Names], Names, frozenset[str]]:
    """Names by country, whole names everywhere, and all codes."""
    import pycountry

    by_country: dict[str, dict[str, set[Subdivision]]] = defaultdict(lambda: defaultdict(set))
    everywhere: dict[str, set[Subdivision]] = defaultdict(set)
    known = set()
    translations = _translations(pycountry.LOCALES_DIR)
    entries: Any = pycountry.subdivisions
    for entry in entries:
        one = Subdivision(str(entry.code), entry.parent_code)
        known.add(one.code)
        for place, translate in enumerate([str, *translations]):
            for name in _forms(translate(str(entry.name))):
                key = name_key(name)
                by_country[entry.country_code][key].add(one)
                if place <= 1:
                    # By its own name and the English one; in other languages a name is another's somewhere.
                    everywhere[key].add(one)
    for names in by_country.values():
        for key, some in list(names.items()):
            if (core := _core(key)) != key and core not in names:
                names[core] |= some
    return by_country, everywhere, frozenset(known)


def _translations(folder: str) -> list[Any]:
    import gettext

    return [
        gettext.translation("iso3166-2", folder, languages=[language], fallback=True).gettext for language in LANGUAGES
    ]


def _forms(name: str) -> set[str]:
    """The names in one entry: `Catalunya [Cataluña]`, `Fribourg / Freiburg`, `Madrid, Comunidad de`."""
    bare = re.sub(r"\[.*?\]|\(.*?\)", " ", name)
    inside = [one for one in re.findall(r"\[(.*?)\]|\((.*?)\)", name) for one in one if not re.search(r"\d", one)]
    forms = {part.strip() for whole in [bare, *inside] for part in re.split(r"/|\*", whole)}
    forms |= {" ".join(reversed(form.split(", ", 1))) for form in forms if ", " in form}
    return {form for form in forms if form}
