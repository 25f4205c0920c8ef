"""Who is who: records that name one person become one, those that only look so stay apart, and ids last."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.identity import ASSIGNMENTS, COMPANIES, PEOPLE, RECORDS, VALUES, Event, Resolution, Rules, resolve
from transforms.names import read_person_name

Value = tuple[str, str, str]
"""A record, the kind of what it holds, and the value."""


def resolved(
    rules: Rules,
    records: Sequence[str],
    values: Iterable[Value],
    before: Mapping[str, tuple[str | None, str]] | None = None,
    given: Iterable[str] = (),
    names: Mapping[str, str] | None = None,
) -> Resolution:
    """One resolution over records of one provider."""
    names = names or {}
    told = [{"provider": "p", "provider_record_id": one, "name": names.get(one)} for one in records]
    held = [{"provider": "p", "provider_record_id": one, "kind": kind, "value": value} for one, kind, value in values]
    last = [
        {"provider": "p", "provider_record_id": one, "id": id, "matched_by": matched_by}
        for one, (id, matched_by) in (before or {}).items()
    ]
    return resolve(
        rules,
        pa.Table.from_pylist(told, schema=RECORDS),
        pa.Table.from_pylist(held, schema=VALUES),
        pa.Table.from_pylist(last, schema=ASSIGNMENTS),
        set(given),
    )


def ids_in(resolution: Resolution) -> set[str]:
    return set(resolution.ids.to_pylist())


def rules_in(resolution: Resolution) -> set[str]:
    return set(resolution.changed["matched_by"].to_pylist())


@dataclass
class Life:
    """What a warehouse remembers from one build to the next."""

    rules: Rules = PEOPLE
    assignments: dict[str, tuple[str | None, str]] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    given: set[str] = field(default_factory=set)

    def build(self, **records: str) -> dict[str, str]:
        """One build over records given as words: a slug, or an address (with @); the id of each record."""
        named = [identifier(name, word) for name, words in records.items() for word in words.split()]
        now = resolved(self.rules, list(records), named, self.assignments, self.given)
        self.events = now.events
        for one in now.changed.to_pylist():
            self.assignments[one["provider_record_id"]] = (one["id"], one["matched_by"])
            self.given |= {one["id"]} if one["id"] is not None else set()
        ids = {name: str(self.assignments[name][0]) for name in records}
        assert list(ids.values()) == now.ids.to_pylist()
        return ids

    def matched_by(self, name: str) -> str:
        return self.assignments[name][1]

    def changes(self) -> list[tuple[str, str, str | None]]:
        return [(event.change, event.id, event.into_id) for event in self.events]


def identifier(record: str, word: str) -> Value:
    return record, "work_email" if "@" in word else "linkedin_slug", word


def parts(ids: Mapping[str, str]) -> set[frozenset[str]]:
    """Which records are together."""
    by_id: dict[str, set[str]] = defaultdict(set)
    for name, id in ids.items():
        by_id[id].add(name)
    return {frozenset(names) for names in by_id.values()}


def together(*groups: str) -> set[frozenset[str]]:
    return {frozenset(group.split()) for group in groups}


# -- who is one --------------------------------------------------------------------------------------------------------


def test_nobody_is_nobody() -> None:
    nothing = resolved(PEOPLE, [], [])
    assert (len(nothing.ids), len(nothing.changed), nothing.events, len(nothing.evidence)) == (0, 0, [], 0)


def test_a_record_that_shares_nothing_stays_alone() -> None:
    life = Life()
    assert parts(life.build(a="ada", b="bob b@example.com", c="")) == together("a", "b", "c")
    assert {life.matched_by(name) for name in "abc"} == {"alone"}


def test_a_chain_is_one_person() -> None:
    life = Life()
    ids = life.build(a="ada", b="ada a1@example.com", c="a1@example.com a2@example.com", d="a2@example.com")
    assert parts(ids) == together("a b c d")
    assert [life.matched_by(name) for name in "abcd"] == ["linkedin_slug", "linkedin_slug", "work_email", "work_email"]


def test_many_records_of_one_address_are_one_person() -> None:
    assert parts(Life().build(**{f"r{n}": "a@example.com" for n in range(20)})) == together(
        " ".join(f"r{n}" for n in range(20))
    )


def test_a_diamond_is_one_person() -> None:
    ids = Life().build(
        top="ada", left="ada l@example.com", right="ada r@example.com", low="l@example.com r@example.com"
    )
    assert parts(ids) == together("top left right low")


def test_a_chain_of_two_thousand_is_one_person() -> None:
    names = {f"r{n:04}": f"{n}@example.com {n + 1}@example.com" for n in range(2000)}
    assert len(set(Life().build(**names).values())) == 1


def test_a_chain_of_two_thousand_with_a_conflict_at_its_ends_is_at_least_two() -> None:
    names = {f"r{n:04}": f"{n:04}@example.com {n + 1:04}@example.com" for n in range(2000)}
    names["r0000"] += " ada"
    names["r1999"] += " bob"
    ids = Life().build(**names)
    assert ids["r0000"] != ids["r1999"]


def test_two_profiles_bridged_by_a_shared_address_stay_two() -> None:
    assert parts(Life().build(a="ada team@example.com", b="bob team@example.com")) == together("a", "b")


def test_an_address_that_two_known_people_share_gives_a_third_to_neither() -> None:
    ids = Life().build(a="ada team@example.com", b="bob team@example.com", c="team@example.com")
    assert parts(ids) == together("a", "b", "c")


def test_a_refused_address_does_not_cost_the_others_of_its_cluster() -> None:
    ids = Life().build(
        a1="ada team@example.com a@example.com", a2="a@example.com", b1="bob team@example.com", b2="bob b@example.com"
    )
    assert parts(ids) == together("a1 a2", "b1 b2")


def test_two_profiles_bridged_by_a_record_in_the_middle_stay_two() -> None:
    ids = Life().build(a="ada x@example.com", middle="x@example.com y@example.com", b="bob y@example.com")
    assert ids["a"] != ids["b"]


def test_two_people_with_one_role_mailbox_that_is_no_identifier_stay_two() -> None:
    assert parts(Life().build(a="", b="")) == together("a", "b")


def test_what_is_no_rule_of_the_entity_ties_nobody() -> None:
    found = resolved(PEOPLE, "ab", [(key, "shoe_size", "42") for key in "ab"])
    assert len(ids_in(found)) == 2
    assert rules_in(found) == {"alone"}


def test_a_slug_and_an_address_of_the_same_text_are_two_things() -> None:
    assert len(ids_in(resolved(PEOPLE, "ab", [("a", "linkedin_slug", "x"), ("b", "work_email", "x")]))) == 2


def test_a_company_may_have_two_pages() -> None:
    named = [(key, "domain", "example.com") for key in "ab"] + [(key, "linkedin_slug", key) for key in "ab"]
    found = resolved(COMPANIES, "ab", named)
    assert len(ids_in(found)) == 1
    assert rules_in(found) == {"domain"}


def test_an_identifier_stated_often_counts_once() -> None:
    assert rules_in(resolved(PEOPLE, "ab", [("a", "linkedin_slug", "ada")] * 256)) == {"alone"}
    assert len(ids_in(resolved(PEOPLE, "ab", [(key, "linkedin_slug", "ada") for key in "ab" for _ in range(256)]))) == 1


def test_an_identifier_of_a_record_that_is_not_there_is_nobodys() -> None:
    found = resolved(PEOPLE, "a", [("gone", "linkedin_slug", "ada"), ("a", "linkedin_slug", "ada")])
    assert rules_in(found) == {"alone"}


# -- ids that last -----------------------------------------------------------------------------------------------------


def test_a_new_person_is_created_and_named_after_the_first_record() -> None:
    life = Life()
    ids = life.build(a="ada", b="ada")
    assert life.changes() == [("created", ids["a"], None)]
    assert Life().build(a="")["a"] == ids["a"]
    assert ids["a"].startswith("p_")
    assert Life(COMPANIES).build(a="")["a"].startswith("c_")


def test_a_build_over_the_same_changes_nothing() -> None:
    life = Life()
    given = {"a": "ada x@example.com", "b": "ada", "c": "bob x@example.com", "d": ""}
    first = life.build(**given)
    named = [identifier(name, word) for name, words in given.items() for word in words.split()]
    again = resolved(PEOPLE, list(given), named, life.assignments)
    assert (len(again.changed), again.events) == (0, [])
    assert life.build(**given) == first


def test_a_record_that_joins_takes_the_id_that_is_there_even_if_it_was_seen_first() -> None:
    life = Life()
    before = life.build(b="ada")
    after = life.build(a="ada", b="ada")
    assert set(after.values()) == set(before.values())
    assert life.events == []


def test_two_that_prove_one_take_the_id_of_the_larger() -> None:
    life = Life()
    before = life.build(a="ada", b="b@example.com", c="b@example.com")
    after = life.build(a="ada", b="ada b@example.com", c="b@example.com")
    assert set(after.values()) == {before["b"]}
    assert life.changes() == [("merged", before["a"], before["b"])]


def test_two_of_one_size_that_prove_one_take_the_older_id() -> None:
    life = Life()
    before = life.build(a="ada", b="b@example.com")
    after = life.build(a="ada b@example.com", b="b@example.com")
    assert set(after.values()) == {before["a"]}
    assert life.changes() == [("merged", before["b"], before["a"])]


def test_one_that_proves_two_leaves_its_id_with_the_larger_part() -> None:
    life = Life()
    before = life.build(a="x@example.com", b="x@example.com y@example.com", c="y@example.com")
    after = life.build(a="", b="y@example.com", c="y@example.com")
    assert after["b"] == after["c"] == before["a"]
    assert after["a"] not in set(before.values())
    assert life.changes() == [("split", after["a"], before["a"])]


def test_an_id_is_retired_once_when_its_records_are_gone() -> None:
    life = Life()
    before = life.build(a="ada", b="bob")
    life.build(b="bob")
    assert life.changes() == [("retired", before["a"], None)]
    life.build(b="bob")
    assert life.changes() == []


def test_an_id_that_keeps_one_record_is_not_retired() -> None:
    life = Life()
    before = life.build(a="ada", b="ada")
    assert life.build(b="ada")["b"] == before["b"]
    assert life.events == []


def test_an_id_that_was_merged_away_is_not_given_again() -> None:
    life = Life()
    before = life.build(a="x@example.com", b="y@example.com")
    life.build(a="x@example.com", b="x@example.com")
    assert life.changes() == [("merged", before["b"], before["a"])]
    after = life.build(a="x@example.com", b="y@example.com")
    assert after["a"] == before["a"]
    assert after["b"] not in before.values()


def test_a_stronger_proof_is_told_though_the_id_stays() -> None:
    life = Life()
    before = life.build(a="x@example.com", b="x@example.com")
    assert life.matched_by("a") == "work_email"
    assert life.build(a="ada x@example.com", b="ada x@example.com") == before
    assert life.matched_by("a") == "linkedin_slug"


# -- whatever comes ----------------------------------------------------------------------------------------------------

NAMES = [f"r{n}" for n in range(9)]
SLUGS = st.sampled_from(["", "", "ada", "bob", "eve"])
ADDRESSES = st.lists(st.sampled_from([f"{letter}@example.com" for letter in "uvwxyz"]), max_size=3)
WORDS = st.tuples(SLUGS, ADDRESSES).map(lambda parts: " ".join(filter(None, [parts[0], *parts[1]])))
WORLDS = st.dictionaries(st.sampled_from(NAMES), WORDS, min_size=1, max_size=9)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(WORLDS)
def test_no_person_has_two_profiles_and_one_profile_is_one_person(world: dict[str, str]) -> None:
    ids = Life().build(**world)
    slugs: dict[str, set[str]] = defaultdict(set)
    owners: dict[str, set[str]] = defaultdict(set)
    for name, words in world.items():
        for slug in (word for word in words.split() if "@" not in word):
            slugs[ids[name]].add(slug)
            owners[slug].add(ids[name])
    assert all(len(found) == 1 for found in slugs.values())
    assert all(len(found) == 1 for found in owners.values())


@settings(max_examples=200, deadline=None, derandomize=True)
@given(WORLDS)
def test_nobody_is_together_without_a_chain_of_shared_values(world: dict[str, str]) -> None:
    for group in parts(Life().build(**world)):
        reached, waiting = set(), [min(group)]
        while waiting:
            name = waiting.pop()
            reached.add(name)
            mine = set(world[name].split())
            waiting.extend(other for other in group - reached if mine & set(world[other].split()))
        assert reached == group


@settings(max_examples=150, deadline=None, derandomize=True)
@given(WORLDS, st.randoms(use_true_random=False))
def test_the_order_of_records_does_not_change_who_is_one(world: dict[str, str], chance: random.Random) -> None:
    shuffled = list(world.items())
    chance.shuffle(shuffled)
    assert parts(Life().build(**world)) == parts(Life().build(**dict(shuffled)))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(WORLDS, st.randoms(use_true_random=False))
def test_the_order_of_identifiers_changes_nothing(world: dict[str, str], chance: random.Random) -> None:
    named = [identifier(name, word) for name, words in world.items() for word in words.split()]
    shuffled = list(named)
    chance.shuffle(shuffled)
    one, other = resolved(PEOPLE, list(world), named), resolved(PEOPLE, list(world), shuffled)
    assert (one.changed, one.events) == (other.changed, other.events)
    assert sorted(map(str, one.evidence.to_pylist())) == sorted(map(str, other.evidence.to_pylist()))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(WORLDS, min_size=2, max_size=5))
def test_through_any_history_ids_are_one_to_one_and_every_end_is_told(worlds: list[dict[str, str]]) -> None:
    life = Life()
    alive: set[str] = set()
    for world in worlds:
        ids = life.build(**world)
        now = set(ids.values())
        assert len(parts(ids)) == len(now)
        assert parts(ids) == parts(Life().build(**world))
        assert set(world) <= set(life.assignments)
        begun = ids_of(life.events, "created", "split")
        ended = ids_of(life.events, "merged", "retired")
        assert now - alive == begun
        assert alive - now == ended
        assert all(event.into_id in now for event in life.events if event.change == "merged")
        life.assignments = {record: one for record, one in life.assignments.items() if record in world}
        alive = now


def ids_of(events: Iterable[Event], *changes: str) -> set[str]:
    return {event.id for event in events if event.change in changes}


@pytest.mark.parametrize("seed", range(3))
def test_a_large_world_is_resolved_the_same_way_again(seed: int) -> None:
    chance = random.Random(seed)
    world = {f"r{n}": f"{chance.randrange(900)}@example.com {chance.randrange(900)}@example.com" for n in range(600)}
    life = Life()
    first = life.build(**world)
    assert life.build(**world) == first
    assert life.events == []


# -- names ------------------------------------------------------------------------------------------------------------


def named(kind: str, value: str, *people: str) -> set[frozenset[str]]:
    """Who is together among records that all hold one value, each given as a name with `=slug` where it has a page."""
    names, values = {}, []
    for n, told in enumerate(people):
        name, _, slug = told.partition("=")
        record = f"{n}:{told}"
        parsed = read_person_name(name)
        names[record] = parsed.key if parsed else ""
        values.append((record, kind, value))
        values += [(record, "linkedin_slug", slug)] if slug else []
    found = resolved(PEOPLE, list(names), values, names={one: key for one, key in names.items() if key})
    return parts({one.partition(":")[2]: id for one, id in zip(names, found.ids.to_pylist(), strict=True)})


def groups(*people: str | tuple[str, ...]) -> set[frozenset[str]]:
    return {frozenset([one] if isinstance(one, str) else one) for one in people}


def test_an_address_that_was_given_to_somebody_else_ties_only_those_of_one_name() -> None:
    assert named(
        "work_email", "sales.lead@x.example", "Ann Lee", "Annie Lee=ann", "Bob Fox=bob", "Bob A. Fox"
    ) == groups(("Ann Lee", "Annie Lee=ann"), ("Bob Fox=bob", "Bob A. Fox"))


def test_an_initial_is_enough_for_an_address_and_not_for_a_telephone() -> None:
    assert named("work_email", "j.smith@x.example", "J. Smith", "John Smith") == groups(("J. Smith", "John Smith"))
    assert named("phone", "+12015550123", "J. Smith", "John Smith") == groups("J. Smith", "John Smith")


def test_an_initial_that_could_be_two_people_is_neither() -> None:
    found = named("work_email", "smith@x.example", "J. Smith", "John Smith", "Jane Smith")
    assert found == groups("J. Smith", "John Smith", "Jane Smith")


def test_father_and_son_with_one_telephone_and_a_couple_with_one_address_stay_two() -> None:
    assert len(named("phone", "+12015550123", "John Smith Sr.", "John Smith Jr.")) == 2
    assert len(named("phone", "+12015550123", "John Smith", "John Smith Jr.")) == 2
    assert len(named("personal_email", "smiths@example.com", "John Smith", "Jane Smith")) == 2
    assert len(named("personal_email", "smiths@example.com", "John Smith", "J. Smith")) == 2


def test_a_new_family_name_is_no_other_person_where_the_address_is_one() -> None:
    assert len(named("work_email", "anna@x.example", "Anna Meyer", "Anna Schmidt")) == 1
    assert len(named("phone", "+12015550123", "Anna Meyer", "Anna Schmidt")) == 2


def test_the_telephone_of_a_head_office_ties_nobody() -> None:
    people = ["Ann Lee", "Bob Fox", "Cid Roy", "Ann Lee=ann"]
    assert len(named("phone", "+12015550123", *people)) == 4


def test_colleagues_of_one_name_stay_two_when_each_has_a_mailbox() -> None:
    names = dict.fromkeys("abc", "ann/lee//")
    values = [(one, "family_at", "lee|x.example") for one in "abc"]
    mailboxes = [("a", "mailbox", "x.example|ann.lee"), ("b", "mailbox", "x.example|ann.lee2")]
    assert len(ids_in(resolved(PEOPLE, "ab", values, names=names))) == 1
    assert len(ids_in(resolved(PEOPLE, "ab", values + mailboxes, names=names))) == 2
    # A third of whom nothing else is known could be either.
    found = resolved(PEOPLE, "abc", values + mailboxes, names=names)
    assert len(ids_in(found)) == 3
    assert {one["refused_because"] for one in found.evidence.to_pylist()} == {"other_mailbox"}


def test_what_was_linked_or_parted_by_hand_wins_over_everything() -> None:
    page = [(one, "linkedin_slug", "ada") for one in "ab"]
    parted = [("a", "must_not_link", "1|a"), ("b", "must_not_link", "1|b")]
    assert len(ids_in(resolved(PEOPLE, "ab", page + parted))) == 2
    linked = [(one, "must_link", "2") for one in "ab"]
    pages = [("a", "linkedin_slug", "ada"), ("b", "linkedin_slug", "bob")]
    found = resolved(PEOPLE, "ab", pages + linked, names={"a": "ada/lee//", "b": "bob/fox//"})
    assert len(ids_in(found)) == 1
    assert rules_in(found) == {"must_link"}


# -- companies ---------------------------------------------------------------------------------------------------------


def companies(**records: str) -> set[frozenset[str]]:
    """Who is together among companies given as `name; kind=value; ...`."""
    names: dict[str, str] = {}
    values: list[Value] = []
    for one, told in records.items():
        name, *held = told.split("; ")
        if name:
            names[one] = name
            values.append((one, "name", name))
        values += [(one, *pair.split("=")) for pair in held]  # type: ignore[misc]
    found = resolved(COMPANIES, list(records), values, names=names)
    return parts(dict(zip(records, found.ids.to_pylist(), strict=True)))


def test_equal_names_in_two_countries_are_two_and_a_third_is_neither() -> None:
    assert companies(a="acme; country=US", b="acme; country=DE", c="acme") == together("a", "b", "c")
    assert companies(a="acme; country=US", b="acme; country=US", c="acme") == together("a b c")


def test_shops_of_a_chain_on_one_domain_stay_apart_and_keep_their_records() -> None:
    found = companies(
        a="acme austin; domain=acme.example; linkedin_slug=acme-austin", b="acme lyon; domain=acme.example; linkedin_slug=acme-lyon",
        c="acme austin; domain=acme.example", d="acme lyon; domain=acme.example",
    )  # fmt: skip
    assert found == together("a c", "b d")


def test_a_parents_page_does_not_swallow_its_subsidiary() -> None:
    found = companies(
        sub="fold; domain=fold.example; linkedin_slug=fold", lent="fold; domain=fold.example; linkedin_slug=acme",
        parent="acme; domain=acme.example; linkedin_slug=acme",
    )  # fmt: skip
    assert found == together("sub lent", "parent")


def test_a_company_under_a_new_name_and_domain_is_the_same_when_a_record_states_both() -> None:
    found = companies(
        old="acme; domain=acme.example; linkedin_slug=acme", both="nova; domain=acme.example; domain=nova.example; linkedin_slug=acme",
        new="nova; domain=nova.example",
    )  # fmt: skip
    assert found == together("old both new")


def test_a_page_with_two_names_is_a_new_name_unless_one_of_them_has_a_page_of_its_own() -> None:
    found = companies(
        old="acme; domain=acme.example; linkedin_slug=acme", new="nova; domain=nova.example; linkedin_slug=acme"
    )
    assert found == together("old new")


def test_of_equal_names_in_two_countries_each_takes_those_of_its_own() -> None:
    found = companies(
        a="acme; country=US; name_in=acme|US; domain=acme.example", b="acme; country=DE; name_in=acme|DE",
        c="acme; country=US; name_in=acme|US",
    )  # fmt: skip
    assert found == together("a c", "b")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("William Smith", "Bill Smith"), ("José García López", "Jose Garcia"), ("Müller, Jürgen", "Juergen Mueller"),
        ("Søren Sørensen", "Soren Sorensen"), ("John Smith", "Smith, John A."), ("Dr. John Smith, PhD", "John Smith"),
        ("Anna van der Berg", "Anna Berg"), ("张伟", "Wei Zhang"), ("O'Brien, Liz", "Elizabeth OBrien"),
        ("Юрий Шевченко", "Yuri Shevchenko"), ("JOHN SMITH", "Smith John"), ("Natalya Kuznetsova", "Natalia Kuznetsova"),
    ],
)  # fmt: skip
def test_one_name_is_known_in_its_spellings(one: str, other: str) -> None:
    assert len(named("phone", "+12015550123", one, other)) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("John Smith", "Jane Smith"), ("John Smith Sr.", "John Smith Jr."), ("John A. Smith", "John B. Smith"),
        ("Peter Fox", "John Smith"), ("J. Smith", "Peter Smith"), ("Mary Jones", "John Jones"),
    ],
)  # fmt: skip
def test_names_of_two_are_not_one_even_with_an_address_in_common(one: str, other: str) -> None:
    assert len(named("work_email", "a@x.example", one, other)) == 2


def test_signs_that_are_read_in_several_ways_speak_against_nobody() -> None:
    assert len(named("work_email", "yuki.tanaka@x.example", "田中 有児", "Yuki Tanaka")) == 1
    assert len(named("phone", "+12015550123", "田中 有児", "Yuki Tanaka")) == 2


# -- evidence -----------------------------------------------------------------------------------------------------------


def evidence_of(names: Mapping[str, str], values: Iterable[Value]) -> set[tuple[str, str, str | None]]:
    """(record, other, why not) of every pair, and no pair of two people is said to be tied."""
    found = resolved(PEOPLE, list(names), values, names={one: name for one, name in names.items() if name})
    ids = dict(zip(names, found.ids.to_pylist(), strict=True))
    rows = found.evidence.to_pylist()
    for row in rows:
        tied = ids[row["provider_record_id"]] == ids[row["other_provider_record_id"]]
        assert row["is_used"] == tied == (row["refused_because"] is None)
    return {(row["provider_record_id"], row["other_provider_record_id"], row["refused_because"]) for row in rows}


def test_what_parts_two_with_several_records_each_is_on_record() -> None:
    names = {"j1": "john/smith//", "j2": "john/smith//", "m1": "mary/jones//", "m2": "mary/jones//"}
    values = [(one, "work_email", "a@x.example") for one in names]
    assert evidence_of(names, values) == {("j1", "j2", None), ("m1", "m2", None), ("j1", "m1", "names_differ")}
    with_nobody = names | {"n": ""}
    values = [(one, "work_email", "a@x.example") for one in with_nobody]
    told = evidence_of(with_nobody, values)
    assert {("j1", "m1", "names_differ"), ("j1", "n", "ambiguous")} <= {(a, b, why) for a, b, why in told if why}


def test_whoever_is_parted_by_hand_leaves_the_others_together() -> None:
    page = [(one, "linkedin_slug", "ada") for one in "abcd"]
    parted = [("a", "must_not_link", "1|a"), ("b", "must_not_link", "1|b")]
    found = resolved(PEOPLE, "abcd", page + parted)
    assert parts(dict(zip("abcd", found.ids.to_pylist(), strict=True))) == together("a c d", "b")
    assert parts(
        dict(zip("abcd", resolved(PEOPLE, "abcd", page + parted[:1]).ids.to_pylist(), strict=True))
    ) == together("a b c d")


@pytest.mark.parametrize("addresses", [["js@x.example"], ["js@x.example", "js@y.example"]])
def test_a_name_of_the_same_page_speaks_too_however_many_addresses_are_shared(addresses: list[str]) -> None:
    names = {"r1": "j/smith//", "r2": "jane/smith//", "r3": "john/smith//"}
    values = [("r1", "linkedin_slug", "jane"), ("r2", "linkedin_slug", "jane")]
    values += [(one, "work_email", address) for one in ("r1", "r3") for address in addresses]
    found = resolved(PEOPLE, list(names), values, names=names)
    assert parts(dict(zip(names, found.ids.to_pylist(), strict=True))) == together("r1 r2", "r3")


@settings(max_examples=150, deadline=None, derandomize=True)
@given(WORLDS)
def test_evidence_ties_those_who_are_one_and_nobody_else(world: dict[str, str]) -> None:
    values = [identifier(name, word) for name, words in world.items() for word in words.split()]
    evidence_of(dict.fromkeys(world, ""), values)
