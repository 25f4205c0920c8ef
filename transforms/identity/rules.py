"""Which values tie records of one person or company together, and what keeps them apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from transforms import names

Agreement = Literal["any", "compatible", "same_given", "same"]
"""What the names of two records must be for a value that both hold to tie them: whatever they are; nothing in them speaks
against one; the given names are one; all of it is one name in two spellings."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Records that hold the same value of a kind are one, as far as the rest allows.

    Args:
        kind: of the value, as in `Rules.resolve`'s table of values.
        names: what the names of its holders must be.
        keeps: kinds of which two clusters with different values are never joined by this rule.
        doubts: kinds of which two clusters with different values are joined only where their names are the same.
        doubted_by: a kind; its values other than the rule's own must be there for `doubts` to count.
        spells_out: whether the value may spell out what a name has as an initial.
        crowd: a value that is held under more different names than this is no evidence for any of them.
    """

    kind: str
    names: Agreement = "any"
    keeps: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    doubted_by: str | None = None
    spells_out: bool = False
    crowd: int = 2

    @property
    def told_apart_by(self) -> tuple[str, ...]:
        """Kinds of which two clusters with different values may be two: `keeps`, then `doubts`."""
        return *self.keeps, *self.doubts


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of an entity, the strongest first.

    Args:
        is_same_name, has_same_given, can_be_one: compare two names in their normal form (`transforms.names`).
        scoped: kinds whose values are written `scope|value`: two values are different only within one scope.
        version: another one has every record looked at again; change it with the rules and with how names are compared.
    """

    entity: str
    rules: tuple[Rule, ...]
    is_same_name: Callable[[str, str], bool]
    has_same_given: Callable[[str, str], bool]
    can_be_one: Callable[[str, str], bool]
    scoped: frozenset[str] = frozenset({"mailbox", "department", "listed", "must_not_link"})
    version: str = "1"

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of values that the rules read, to tie or to keep apart."""
        every = [kind for rule in self.rules for kind in (rule.kind, *rule.told_apart_by, rule.doubted_by or rule.kind)]
        return tuple(dict.fromkeys(every))

    def comparison(self, names: Agreement) -> Callable[[str, str], bool]:
        """Whether two names in normal form are what a rule says they must be. For `any`, which compares none, KeyError."""
        return {"compatible": self.can_be_one, "same_given": self.has_same_given, "same": self.is_same_name}[names]


BY_HAND = "must_not_link"
PROFILE = ("linkedin_slug", BY_HAND)
COLLEAGUE = (*PROFILE, "mailbox", "department", "listed")

PEOPLE = Rules(
    "person",
    (
        Rule("must_link", keeps=(BY_HAND,)),
        # A page names one person, under whatever name; a record that stated two pages over time ties them.
        Rule("linkedin_slug", keeps=(BY_HAND,)),
        # An address is given to somebody else, a household shares it.
        Rule("work_email", "compatible", PROFILE, spells_out=True),
        Rule("personal_email", "same_given", PROFILE, spells_out=True),
        Rule("phone", "same", PROFILE),
        # Colleagues have the same name: each has a mailbox, a department and a line in a provider's list of their own.
        Rule("family_at", "same", COLLEAGUE),
        # Where one of them was, with the post: a provider that lags behind still has it for the present.
        Rule("family_as", "same", COLLEAGUE),
    ),
    names.is_same_person_name,
    names.has_same_given_name,
    names.can_be_one_person_name,
)
"""Of people."""

COMPANIES = Rules(
    "company",
    (
        Rule("must_link", keeps=(BY_HAND,)),
        # The shops of a chain share its domain and have pages of their own.
        Rule("domain", keeps=(BY_HAND,), doubts=("linkedin_slug",)),
        # A page of the parent is stated for its subsidiary, which has one of its own; without another page it is a new name.
        Rule("linkedin_slug", keeps=(BY_HAND,), doubts=("domain",), doubted_by="linkedin_slug"),
        Rule("name_in", "same", (BY_HAND, "domain", "linkedin_slug")),
        Rule("name", "same", (BY_HAND, "domain", "linkedin_slug", "country")),
    ),
    names.is_same_company_name,
    names.is_same_company_name,
    names.can_be_one_company_name,
)
"""Of companies."""

MATCHED_ALONE = "alone"
GONE = "gone"
