"""Names of people and companies in a normal form, and whether two of them can be of one."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, lru_cache
from typing import Any

PARTICLES = frozenset(
    [
        "al",
        "bin",
        "bint",
        "d",
        "da",
        "dal",
        "das",
        "de",
        "del",
        "della",
        "den",
        "der",
        "di",
        "do",
        "dos",
        "du",
        "e",
        "el",
        "la",
        "las",
        "le",
        "los",
        "st",
        "ten",
        "ter",
        "van",
        "vom",
        "von",
        "y",
        "zu",
        "zum",
    ]
)
"""Words between names that one spells and another leaves out."""

GENERATIONS = {
    "jr": "jr", "junior": "jr", "jnr": "jr", "filho": "jr", "sr": "sr", "senior": "sr", "snr": "sr", "ii": "ii", "2nd": "ii",
    "iii": "iii", "3rd": "iii", "iv": "iv",
}  # fmt: skip

IDEOGRAPHS = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Han and kana: the same signs are read otherwise in each language."""

SPELLINGS = (
    (r"(?<=[aou])e(?=[^e])", ""), (r"ph", "f"), (r"[ck]+h?", "k"), (r"th", "t"), (r"[yj]", "i"), (r"w", "v"), (r"z", "s"),
    (r"(.)\1+", r"\1"),
)  # fmt: skip
"""Spellings of one sound, and the plainest of each; applied in this order."""

ALIKE = 0.8
"""From this share of common letters on, two spellings may be one name in two alphabets (`yuriy`, `yuri`)."""


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name in its normal form: lower-case Latin words without accents.

    Args:
        given: the first given name comes first; an initial is one letter.
        family: without particles.
        generation: `jr`, `sr`, `ii`, `iii`, `iv` or empty.
        also: other given names somebody goes by, as in `William (Bill) Smith`.
        is_unsure: whether it was written in a script whose Latin spelling depends on the language (`田中` is Tanaka or Tianzhong).
    """

    given: tuple[str, ...]
    family: tuple[str, ...]
    generation: str = ""
    also: tuple[str, ...] = ()
    is_unsure: bool = False

    @property
    def key(self) -> str:
        """The name as one text, `given/family/generation/also`, with `?` where it is unsure; `PersonName.of` reads it again."""
        parts = (" ".join(self.given), " ".join(self.family), self.generation, " ".join(self.also))
        return "/".join(parts) + ("?" if self.is_unsure else "")

    @classmethod
    def of(cls, key: str) -> PersonName:
        given, family, generation, also = key.removesuffix("?").split("/")
        return cls(tuple(given.split()), tuple(family.split()), generation, tuple(also.split()), key.endswith("?"))


def read_person_name(value: str) -> PersonName | None:
    """A name as somebody wrote it; None when no word of it is a name.

    `Smith, John A.`, `Dr. John Smith Jr., PhD`, `José García López` and `山田 太郎` are read by nameparser's rules.
    """
    parsed = _parser()(unicodedata.normalize("NFKC", value).strip())
    suffixes = [_folded(word) for word in re.split(r"[\s,]+", parsed.suffix)]
    generation = next((GENERATIONS[word] for word in suffixes if word in GENERATIONS), "")
    given = _words(f"{parsed.first} {parsed.middle}")
    family = tuple(_plainer(word) for word in _words(parsed.last) if word not in PARTICLES) or _words(parsed.last)
    if not given and not family and parsed.title:
        # One word that is a title elsewhere (`Prince`) is a name where it stands alone.
        given = _words(parsed.title)
    if not given and len(family) > 1:
        family, given = family[:-1], family[-1:]
    if not given and not family:
        return None
    return PersonName(given, family, generation, _words(parsed.nickname), bool(IDEOGRAPHS.search(value)))


def family_keys(name: PersonName) -> tuple[str, ...]:
    """The words by which a name is looked up, at most three: each that may be a family name."""
    return tuple(dict.fromkeys([*name.family, *(_plainer(word) for word in name.given[1:] if len(word) > 1)]))[:3]


@lru_cache(maxsize=1 << 18)
def is_same_person_name(one: str, other: str) -> bool:
    """Whether two keys are one name, for all that spellings, nicknames and middle names explain.

    An initial is not enough, and father and son are told apart by `Jr.`.
    """
    if one == other:
        given, _, rest = one.partition("/")
        # Read for every name there is, so without parsing it.
        return given[1:2] not in ("", " ") and not rest.startswith("/")
    a, b = _read(one), _read(other)
    if a.generation != b.generation:
        return False
    if not _is_full(a) or not _is_full(b):
        return bool(_run_together(a) & _run_together(b)) and _middles_agree(a, b)
    is_one = _shares_family(a, b) and _given_agrees(a, b, _is_nickname)
    return (is_one or _is_turned_round(a, b)) and _middles_agree(a, b)


@lru_cache(maxsize=1 << 18)
def has_same_given_name(one: str, other: str) -> bool:
    """Whether two keys are one name, or differ in the family name only (marriage)."""
    if is_same_person_name(one, other):
        return True
    a, b = _read(one), _read(other)
    if a.generation != b.generation or not _is_full(a) or not _is_full(b) or not _middles_agree(a, b):
        return False
    return _given_agrees(a, b, _is_nickname)


@lru_cache(maxsize=1 << 18)
def can_be_one_person_name(one: str, other: str) -> bool:
    """Whether nothing in two keys speaks against one person.

    Initials, spellings in another alphabet and, with the same given name, another family name (marriage) do not.
    """
    if one == other:
        return True
    a, b = _read(one), _read(other)
    if a.generation and b.generation and a.generation != b.generation or not _middles_agree(a, b):
        return False
    if a.is_unsure != b.is_unsure or _run_together(a) & _run_together(b):
        return True
    if not a.given or not b.given or not a.family or not b.family:
        return bool({*a.given, *a.family} & {*b.given, *b.family})
    if _shares_family(a, b) or _alike("".join(a.family), "".join(b.family)):
        return _given_agrees(a, b, _may_be_one_given)
    return len(a.given[0]) > 1 and len(b.given[0]) > 1 and _given_agrees(a, b, _is_nickname)


@lru_cache(maxsize=1 << 18)
def _read(key: str) -> PersonName:
    return PersonName.of(key)


def _is_full(name: PersonName) -> bool:
    """Whether the given name is more than an initial."""
    return bool(name.family) and bool(name.given) and len(name.given[0]) > 1


def _run_together(name: PersonName) -> set[str]:
    """All words in both orders: some alphabets do not part them, some people put the family first."""
    given, family = "".join(name.given[:1]), "".join(name.family)
    if len(given + family) < 5 or len(given) == 1:
        return set()
    return {_plainer(given + family), _plainer(family + given)}


def _is_turned_round(a: PersonName, b: PersonName) -> bool:
    """Whether what one has for the given name is the other's family name, and the other way round."""
    return _plainer(a.given[0]) == "".join(b.family) and _plainer(b.given[0]) == "".join(a.family)


def _shares_family(a: PersonName, b: PersonName) -> bool:
    if a.family == b.family or "".join(a.family) == "".join(b.family):
        return True
    if len(a.given) == len(b.given) == len(a.family) == len(b.family) == 1:
        return False
    # Of two family names some write the first only, and a reader takes the first of two for a middle name.
    mine, theirs = ({*one.family, *map(_plainer, one.given[1:])} for one in (a, b))
    return set(a.family) <= theirs or set(b.family) <= mine


def _given_agrees(a: PersonName, b: PersonName, agree: Any) -> bool:
    return any(agree(x, y) for x in (a.given[0], *a.also) for y in (b.given[0], *b.also))


def _middles_agree(a: PersonName, b: PersonName) -> bool:
    """Two middle names that both state must be able to be one; what the other has for a family name is none."""
    mine = [word for word in a.given[1:] if _plainer(word) not in b.family]
    theirs = [word for word in b.given[1:] if _plainer(word) not in a.family]
    if not mine or not theirs:
        return True
    return any(x[0] == y[0] if min(len(x), len(y)) == 1 else x == y or _alike(x, y) for x in mine for y in theirs)


def _is_nickname(x: str, y: str) -> bool:
    if _plainer(x) == _plainer(y):
        return True
    return len(x) > 1 and len(y) > 1 and (y in _canonicals(x) or x in _canonicals(y))


def _may_be_one_given(x: str, y: str) -> bool:
    if min(len(x), len(y)) == 1:
        return x[:1] == y[:1]
    return _is_nickname(x, y) or bool(_canonicals(x) & _canonicals(y)) or _alike(x, y)


def _alike(x: str, y: str) -> bool:
    if min(len(x), len(y)) < 3:
        return False
    return x.startswith(y) or y.startswith(x) or SequenceMatcher(None, x, y).ratio() >= ALIKE


@lru_cache(maxsize=1 << 16)
def _canonicals(name: str) -> frozenset[str]:
    return frozenset(_nicknames().canonicals_of(name))


@cache
def _nicknames() -> Any:
    from nicknames import NickNamer

    return NickNamer()


@cache
def _parser() -> Any:
    from nameparser import HumanName

    return HumanName


def _words(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (_folded(word) for word in re.split(r"[\s\-‐–·.,]+", text))))


def _folded(word: str) -> str:
    """Latin letters and digits in lower case."""
    from anyascii import anyascii

    return re.sub(r"[^a-z0-9]", "", anyascii(word).lower())


@lru_cache(maxsize=1 << 16)
def _plainer(word: str) -> str:
    """One spelling of what is written in several: `Mueller` as `Muller`, `Yuriy` as `Iuri`, `Catherine` as `Katerine`."""
    if len(word) < 4:
        return word
    for spelling, plain in SPELLINGS:
        word = re.sub(spelling, plain, word)
    return word


def spelled_out(key: str, address: str) -> str:
    """A name whose given name is an initial, with what the address has in its place: `e/kaplan//` of `elif.kaplan@…`."""
    name = PersonName.of(key)
    if _is_full(name) or not name.given or not name.family:
        return key
    words = re.findall("[a-z]+", address.partition("@")[0])
    whole = next((word for word in words if len(word) > 2 and word.startswith(name.given[0])), None)
    if whole is None or not {_plainer(word) for word in words if word != whole} & set(name.family):
        return key
    return PersonName((whole, *name.given[1:]), name.family, name.generation, name.also, name.is_unsure).key


@lru_cache(maxsize=1 << 18)
def is_same_company_name(one: str, other: str) -> bool:
    """Whether two keys (`company_name_key`) are one name, for all that spaces and hyphens explain."""
    return one.replace(" ", "") == other.replace(" ", "")


@lru_cache(maxsize=1 << 18)
def can_be_one_company_name(one: str, other: str) -> bool:
    """Whether one key is the other, shortened or spelled otherwise."""
    a, b = one.replace(" ", ""), other.replace(" ", "")
    return a == b or set(one.split()) <= set(other.split()) or set(other.split()) <= set(one.split()) or _alike(a, b)
