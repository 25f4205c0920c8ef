"""Who is who: records that name one person become one, those that only look so stay apart, and ids last."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.identity import COMPANIES, PEOPLE, Assignment, Event, Identifier, RecordKey, Rules, resolve


@dataclass
class Life:
    """What a warehouse remembers from one build to the next."""

    rules: Rules = PEOPLE
    assignments: dict[RecordKey, Assignment] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    given: set[str] = field(default_factory=set)

    def build(self, **records: str) -> dict[str, str]:
        """One build over records given as words: a slug, or an address (with @); the id of each record."""
        keys = [("p", name) for name in records]
        named = [identifier(("p", name), word) for name, words in records.items() for word in words.split()]
        changed, self.events = resolve(self.rules, keys, named, self.assignments, self.given)
        self.assignments |= {one.record: one for one in changed}
        self.given |= {one.id for one in changed if one.id is not None}
        return {name: str(self.assignments["p", name].id) for name in records}

    def matched_by(self, name: str) -> str:
        return self.assignments["p", name].matched_by

    def changes(self) -> list[tuple[str, str, str | None]]:
        return [(event.change, event.id, event.into_id) for event in self.events]


def identifier(record: RecordKey, word: str) -> Identifier:
    return Identifier(record, "email" if "@" in word else "linkedin_slug", word)


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
    assert resolve(PEOPLE, [], [], {}) == ([], [])


def test_a_record_that_shares_nothing_stays_alone() -> None:
    life = Life()
    assert parts(life.build(a="ada", b="bob b@example.com", c="")) == together("a", "b", "c")
    assert {life.matched_by(name) for name in "abc"} == {"alone"}


def test_a_chain_is_one_person() -> None:
    life = Life()
    ids = life.build(a="ada", b="ada a1@example.com", c="a1@example.com a2@example.com", d="a2@example.com")
    assert parts(ids) == together("a b c d")
    assert [life.matched_by(name) for name in "abcd"] == ["linkedin_slug", "linkedin_slug", "email", "email"]


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
    keys = [("p", "a"), ("p", "b")]
    changed, _ = resolve(PEOPLE, keys, [Identifier(key, "phone", "+12015550123") for key in keys], {})
    assert len({one.id for one in changed}) == 2
    assert {one.matched_by for one in changed} == {"alone"}


def test_a_slug_and_an_address_of_the_same_text_are_two_things() -> None:
    keys = [("p", "a"), ("p", "b")]
    named = [Identifier(keys[0], "linkedin_slug", "x"), Identifier(keys[1], "email", "x")]
    assert len({one.id for one in resolve(PEOPLE, keys, named, {})[0]}) == 2


def test_a_company_may_have_two_pages() -> None:
    keys = [("p", "a"), ("p", "b")]
    named = [Identifier(key, "domain", "example.com") for key in keys]
    named += [Identifier(key, "linkedin_slug", key[1]) for key in keys]
    changed, _ = resolve(COMPANIES, keys, named, {})
    assert len({one.id for one in changed}) == 1
    assert {one.matched_by for one in changed} == {"domain"}


def test_an_identifier_stated_often_counts_once() -> None:
    keys = [("p", "a"), ("p", "b")]
    alone, _ = resolve(PEOPLE, keys, [identifier(keys[0], "ada")] * 256, {})
    assert {one.matched_by for one in alone} == {"alone"}
    both = [identifier(key, "ada") for key in keys for _ in range(256)]
    assert len({one.id for one in resolve(PEOPLE, keys, both, {})[0]}) == 1


def test_an_identifier_of_a_record_that_is_not_there_is_nobodys() -> None:
    changed, _ = resolve(PEOPLE, [("p", "a")], [identifier(("p", "gone"), "ada"), identifier(("p", "a"), "ada")], {})
    assert [(one.record, one.matched_by) for one in changed] == [(("p", "a"), "alone")]


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
    keys = [("p", name) for name in given]
    named = [identifier(("p", name), word) for name, words in given.items() for word in words.split()]
    assert resolve(PEOPLE, keys, named, life.assignments) == ([], [])
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
    assert life.matched_by("a") == "email"
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
    keys = [("p", name) for name in world]
    named = [identifier(("p", name), word) for name, words in world.items() for word in words.split()]
    shuffled = list(named)
    chance.shuffle(shuffled)
    assert resolve(PEOPLE, keys, named, {}) == resolve(PEOPLE, keys, shuffled, {})


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(WORLDS, min_size=2, max_size=5))
def test_through_any_history_ids_are_one_to_one_and_every_end_is_told(worlds: list[dict[str, str]]) -> None:
    life = Life()
    alive: set[str] = set()
    for world in worlds:
        keys: Sequence[RecordKey] = [("p", name) for name in world]
        ids = life.build(**world)
        now = set(ids.values())
        assert len(parts(ids)) == len(now)
        assert parts(ids) == parts(Life().build(**world))
        assert set(keys) <= set(life.assignments)
        begun = ids_of(life.events, "created", "split")
        ended = ids_of(life.events, "merged", "retired")
        assert now - alive == begun
        assert alive - now == ended
        assert all(event.into_id in now for event in life.events if event.change == "merged")
        life.assignments = {record: one for record, one in life.assignments.items() if record[1] in world}
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
