"""Several people who share a name, an address, a telephone number or a mailbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from sandbox import wording
from sandbox.traps.cast import Cast, Name, as_told, told, work_email
from sandbox.views import View

HEIRS = (
    # One mailbox after the other: initials, or the first letter before the family name.
    ("initials", ("Anna", "Keller"), ("Aaron", "Kim")),
    ("first_letter", ("John", "Sutton"), ("Jane", "Sutton")),
    ("initials", ("Maria", "Brandt"), ("Marek", "Bielski")),
    ("first_letter", ("Tobias", "Lindgren"), ("Therese", "Lindgren")),
)
COUPLES = (("Anna", "Thomas"), ("Julia", "Julian"), ("Sofia", "Marco"), ("Emma", "Liam"), ("Claire", "Paul"))
# Some that stand in no usual list of role mailboxes.
ROLE_MAILBOXES = (
    "info", "press-office", "sales", "presse", "kontakt", "contacto", "buchhaltung", "vertrieb", "reservations",
    "front-desk", "team-berlin", "studio", "hola", "bonjour", "new-business", "werkstatt",
)  # fmt: skip
COMMON_NAMES = (("Maria", "Garcia"), ("John", "Smith"), ("Wei", "Wang"), ("Anna", "Müller"), ("Mohammed", "Khan"))


def _recycled_email(cast: Cast, number: int) -> None:
    """A work address of somebody who left is given to somebody else."""
    employer, first, second, third = cast.employers(4)
    form, *names = HEIRS[number % len(HEIRS)]
    left, came = (Name(str(first), str(last)) for first, last in names)
    local = f"{left.first[0]}{left.last[0]}" if form == "initials" else f"{left.first[0]}.{left.last}"
    address = cast.address(local.lower(), employer.domain)
    one = cast.someone(left, first, employer, second, days=(-44, -18), work_emails=(None, address))
    other = cast.someone(came, third, employer, days=(-4,), work_emails=(None, address))
    there = one.changes[0].after
    then = replace(told(one, "slug"), work_emails=(address,))
    now = told(one, "slug work", since=cast.day(-18))
    if number % 3 == 1:
        # The early record has no page: the phone is what leads to it.
        then = replace(then, url=None, phone=one.phone, keys=False)
    stale = replace(told(one, "phone"), work_emails=(address,), position=there, updated_on=cast.day(-40))
    as_told(
        one,
        leadiq=(then, now),
        contactout=told(one, "slug personal phone"),
        letrics=stale if number % 3 == 2 else told(one, "slug work"),
    )
    as_told(
        other,
        leadiq=told(other, "slug work"),
        contactout=told(other, "slug work"),
        letrics=told(other, "slug work" if number % 3 == 2 else "work"),
    )


def _recycled_phone(cast: Cast, number: int) -> None:
    """A telephone number of somebody is given to somebody else; the first has another now."""
    former, employer, following = cast.employers(3)
    one = cast.someone(cast.name(), former, employer, following, days=(-44, -20))
    other = cast.someone(cast.name(), days=(-3,))
    recycled = cast.phone()
    other.phone = recycled
    then = told(one, "slug" if number % 2 == 0 else "personal", phone=recycled)
    as_told(
        one,
        leadiq=(then, told(one, "slug work", since=cast.day(-20))),
        contactout=told(one, "slug personal phone"),
        letrics=told(one, "slug phone"),
    )
    as_told(
        other,
        leadiq=told(other, "slug work phone"),
        contactout=told(other, "slug phone"),
        letrics=told(other, "slug phone" if number % 2 == 0 else "work phone"),
    )


def _father_and_son(cast: Cast, number: int) -> None:
    """One name, one household phone and one family address; only some records say who is the younger one."""
    first, last = cast.name()[:2]
    plain, elder, younger = Name(first, last), Name(first, f"{last} Sr."), Name(first, f"{last} Jr.")
    family, phone = cast.address(f"{_letters(last)}.family", "example.org"), cast.phone()
    father = cast.someone(plain, personal_email=family, phone=phone)
    son = cast.someone(plain, personal_email=family, phone=phone)
    as_told(
        father,
        leadiq=told(father, "slug work"),
        contactout=told(father, "slug personal phone", elder if number % 2 else plain),
        letrics=told(father, "slug work personal phone"),
    )
    as_told(
        son,
        leadiq=told(son, "slug work" if number % 3 else "slug work phone", younger if number % 2 == 0 else plain),
        contactout=told(son, "slug work personal phone", younger),
        # Without a page, his work address is what tells the two apart.
        letrics=told(son, "slug personal phone" if number % 3 == 2 else "work personal phone"),
    )


def _couple(cast: Cast, number: int) -> None:
    """Two with one family name, one address and one phone."""
    names, last = COUPLES[number % len(COUPLES)], cast.name().last
    shared, phone = cast.address(_letters(last), "example.net"), cast.phone()
    for place, first in enumerate(names):
        person = cast.someone(Name(first, last), personal_email=shared, phone=phone)
        without_page = number % 2 == 1 and place == 1
        as_told(
            person,
            leadiq=told(person, "slug personal" if number % 3 == 0 else "slug work phone"),
            contactout=told(person, "slug work personal phone"),
            letrics=told(person, "work personal phone" if without_page else "slug personal phone"),
        )


def _namesakes(cast: Cast, number: int) -> None:
    """Two of one name at one company, whose addresses differ by a digit."""
    (employer,), name = cast.employers(1), cast.name()
    for place in range(2):
        former = next(one for one in cast.employers(2) if one is not employer)
        person = cast.someone(name, former, employer)
        # The third form leaves nothing but the name and the company, which are both of them.
        without_page = ("work", "personal", "")[number % 3]
        as_told(
            person,
            leadiq=told(person, "slug work"),
            contactout=told(person, "slug personal work" if place else "slug personal"),
            letrics=told(person, without_page if place else "slug work"),
        )


def _head_office_phone(cast: Cast, number: int) -> None:
    """The number of a head office is stated as that of everybody there."""
    (employer,) = cast.employers(1)
    phone = wording.head_office(cast.dice, employer.truth_id)
    for place in range(4):
        former = next(one for one in cast.employers(2) if one is not employer)
        person = cast.someone(cast.name(), former, employer)
        person.phone = phone
        as_told(
            person,
            leadiq=told(person, "slug work phone"),
            contactout=told(person, "slug work phone" if number % 2 else "slug personal phone"),
            letrics=told(person, "slug phone" if place % 2 else "work phone"),
        )


def _role_mailbox(cast: Cast, number: int) -> None:
    """The mailbox of an office is stated as that of several people."""
    (employer,) = cast.employers(1)
    mailbox = f"{ROLE_MAILBOXES[number % len(ROLE_MAILBOXES)]}@{employer.domain}"
    for place in range(3):
        former = next(one for one in cast.employers(2) if one is not employer)
        person = cast.someone(cast.name(), former, employer)
        person.role_mailbox = mailbox

        def shared(view: View) -> View:
            return replace(view, work_emails=(mailbox,))

        as_told(
            person,
            leadiq=shared(told(person, "slug")),
            contactout=told(person, "slug personal phone"),
            letrics=shared(told(person, ("personal", "phone", "slug")[(place + number) % 3])),
        )


def _bridge(cast: Cast, number: int) -> None:
    """One record of somebody carries an address of a colleague, say of an assistant who has left."""
    (employer,) = cast.employers(1)
    one, other = (
        cast.someone(cast.name(), next(each for each in cast.employers(2) if each is not employer), employer)
        for _ in range(2)
    )
    wrong = work_email(other)
    crossed = (
        told(one, "slug", work_emails=(work_email(one), wrong)),
        told(one, "personal", work_emails=(wrong,)),
        told(one, "slug", work_emails=(wrong,)),
    )[number % 3]
    as_told(one, leadiq=told(one, "slug work"), contactout=told(one, "slug personal phone"), letrics=crossed)
    as_told(
        other,
        leadiq=told(other, "slug work"),
        contactout=told(other, "slug work personal"),
        letrics=told(other, "slug work" if number % 2 else "work"),
    )


def _equal_names(cast: Cast, number: int) -> None:
    """A common name at three companies, and nothing else that agrees."""
    name = Name(*COMMON_NAMES[number % len(COMMON_NAMES)])
    known_by = (("leadiq", "contactout"), ("letrics",), ("contactout", "letrics"))
    for place, (employer, providers) in enumerate(zip(cast.employers(3), known_by, strict=True)):
        former = next(one for one in cast.employers(2) if one is not employer)
        person = cast.someone(name, former, employer, providers=providers)
        bare = told(person, "" if number % 2 == 0 else "phone")
        views = {provider: told(person, "slug work") for provider in providers}
        as_told(person, **(views if place != 1 else {"letrics": bare}))


def _letters(text: str) -> str:
    return "".join(letter for letter in text.lower() if "a" <= letter <= "z")


KINDS: Mapping[str, Callable[[Cast, int], None]] = {
    "recycled_email": _recycled_email,
    "recycled_phone": _recycled_phone,
    "father_and_son": _father_and_son,
    "couple": _couple,
    "namesakes": _namesakes,
    "head_office_phone": _head_office_phone,
    "role_mailbox": _role_mailbox,
    "bridge": _bridge,
    "equal_names": _equal_names,
}
