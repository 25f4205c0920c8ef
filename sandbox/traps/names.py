"""One person whose name differs from provider to provider."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sandbox.population import Person, fold
from sandbox.traps.cast import Cast, Name, as_told, told

TIES = ("slug", "work", "personal", "phone")
"""What else leads to the record with the other name."""

NICKNAMES = (
    ("William", "Bill"), ("Elizabeth", "Liz"), ("Robert", "Bob"), ("Margaret", "Peggy"), ("Katherine", "Kate"),
    ("Alexander", "Sascha"), ("Richard", "Dick"), ("Thomas", "Tom"), ("Susan", "Sue"), ("Edward", "Ted"),
    ("James", "Jim"), ("Jennifer", "Jenny"), ("Francisco", "Paco"), ("Giuseppe", "Beppe"), ("Johannes", "Hannes"),
)  # fmt: skip
MIDDLE_NAMES = ("Henry", "Marie", "Louise", "James", "Alexander", "Sofia", "Lee", "Ann")
DECORATED = (
    "Dr. {name}", "{name}, PhD", "{name}, MBA", "Prof. Dr. {name}", "{name} PMP", "Mr. {name}", "{name}, CFA, MBA",
    "{name} (she/her)", "Ing. {name}", "{name} - We are hiring!",
)  # fmt: skip
TRANSLITERATED = (
    (Name("José", "Almeida"), Name("Jose", "Almeida")),
    (Name("Katrin", "Müller"), Name("Katrin", "Mueller")),
    (Name("Søren", "Holm"), Name("Soren", "Holm")),
    (Name("Sergey", "Ivanov"), Name("Сергей", "Иванов")),
    (Name("Wei", "Zhang"), Name("伟", "张", "张伟")),
    (Name("Łukasz", "Wójcik"), Name("Lukasz", "Wojcik")),
    (Name("Björn", "Åkesson"), Name("Bjoern", "Aakesson")),
    (Name("Natalia", "Kuznetsova"), Name("Наталья", "Кузнецова")),
    (Name("Eleni", "Papadopoulou"), Name("Ελένη", "Παπαδοπούλου")),
    (Name("Yuki", "Tanaka"), Name("由紀", "田中", "田中 由紀")),
    (Name("Jürgen", "Weiß"), Name("Juergen", "Weiss")),
    (Name("Ayşe", "Yıldız"), Name("Ayse", "Yildiz")),
)
FAMILY_NAMES = (
    ("García", "López"), ("Fernández", "Ruiz"), ("Rodríguez", "Vega"), ("Martín", "Ortega"), ("Silva", "Pereira"),
    ("Torres", "Molina"),
)  # fmt: skip


def known_otherwise(cast: Cast, number: int, name: Name, other: Name) -> Person:
    """Somebody whom one provider knows by another name; something else leads to that record, each time another thing."""
    person, tie = cast.someone(name), TIES[number % len(TIES)]
    odd, even = odd_and_even(number)
    return as_told(
        person,
        **{
            # By slug alone the third may be led to, too.
            "contactout": told(person, "slug personal phone", other if tie == "slug" else None),
            even: told(person, "slug work"),
            odd: told(person, tie, other),
        },
    )


def odd_and_even(number: int) -> tuple[str, str]:
    """The provider with the odd record, and the other one; ContactOut's records are their pages."""
    return ("letrics", "leadiq") if number // len(TIES) % 2 == 0 else ("leadiq", "letrics")


def _nickname(cast: Cast, number: int) -> None:
    first, short = cast.rng.choice(NICKNAMES)
    last = cast.name().last
    known_otherwise(cast, number, Name(first, last), Name(short, last))


def _initial(cast: Cast, number: int) -> None:
    name = cast.name()
    initial = name.first[0] if number % 3 == 1 else f"{name.first[0]}."
    known_otherwise(cast, number, name, Name(initial, name.last))


def _middle_name(cast: Cast, number: int) -> None:
    name, middle = cast.name(), cast.rng.choice(MIDDLE_NAMES)
    shown = middle if number % 2 else f"{middle[0]}."
    known_otherwise(cast, number, name, Name(f"{name.first} {shown}", name.last))


def _last_name_first(cast: Cast, number: int) -> None:
    name = cast.name()
    full = f"{name.last}, {name.first}"
    # LeadIQ tells the two parts only.
    in_parts = odd_and_even(number)[0] == "leadiq"
    other = Name(f"{name.last},", name.first) if in_parts else Name(name.first, name.last, full)
    known_otherwise(cast, number, name, other)


def _title_or_suffix(cast: Cast, number: int) -> None:
    name, form = cast.name(), DECORATED[number % len(DECORATED)]
    before, after = form.split("{name}")
    known_otherwise(cast, number, name, Name(before + name.first, name.last + after))


def _transliteration(cast: Cast, number: int) -> None:
    name, other = TRANSLITERATED[number % len(TRANSLITERATED)]
    known_otherwise(cast, number, name, other)


def _changed_family_name(cast: Cast, number: int) -> None:
    name = cast.name()
    married = cast.name().last
    while married == name.last:
        married = cast.name().last
    forms = (married, f"{name.last}-{married}", f"{married} {name.last}")
    known_otherwise(cast, number, name, Name(name.first, forms[number % len(forms)]))


def _two_family_names(cast: Cast, number: int) -> None:
    first = cast.rng.choice(("José", "María", "Carlos", "Lucía", "Andrés", "Inés"))
    father, mother = FAMILY_NAMES[number % len(FAMILY_NAMES)]
    other = Name(fold(first).title(), fold(father).title())
    known_otherwise(cast, number, Name(first, f"{father} {mother}"), other)


KINDS: Mapping[str, Callable[[Cast, int], None]] = {
    "nickname": _nickname,
    "initial": _initial,
    "middle_name": _middle_name,
    "last_name_first": _last_name_first,
    "title_or_suffix": _title_or_suffix,
    "transliteration": _transliteration,
    "changed_family_name": _changed_family_name,
    "two_family_names": _two_family_names,
}
