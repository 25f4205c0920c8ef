"""The figures of the identity benchmark are what their names say."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.identity.metrics import (
    Pairs,
    Score,
    Trapped,
    b_cubed,
    exact_clusters,
    kept_ids,
    measure,
    numbered,
    pairwise,
    sharing,
    totals,
    trapped,
)

RECORD = st.tuples(st.integers(0, 4), st.integers(0, 4), st.frozensets(st.integers(0, 5), max_size=3))
"""the true entity, the found cluster, and the strong values of a record"""
TRUE = numbered("aaabbc")
FOUND = numbered("xxyyyz")
"""a: one record is with b's two; c is alone, and right."""


def test_pairs_are_counted_as_by_hand() -> None:
    assert pairwise(TRUE, FOUND) == Pairs(true=4, found=4, both=2)
    assert pairwise(TRUE, FOUND).score == Score(0.5, 0.5)
    assert pairwise(TRUE, FOUND).score.f1 == 0.5


def test_records_are_weighed_as_by_hand() -> None:
    # Of the six records: precision 1, 1, 1/3, 2/3, 2/3, 1; recall 2/3, 2/3, 1/3, 1, 1, 1.
    score = b_cubed(TRUE, FOUND)
    assert score.precision == pytest.approx((1 + 1 + 1 / 3 + 2 / 3 + 2 / 3 + 1) / 6)
    assert score.recall == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 + 1 + 1) / 6)


def test_exact_is_no_record_more_or_less() -> None:
    assert exact_clusters(TRUE, FOUND) == pytest.approx(1 / 3)
    assert measure(TRUE, FOUND).largest == 3
    assert measure(TRUE, FOUND).clusters == 3


def test_pairs_that_share_a_value_are_told_from_those_that_do_not() -> None:
    # Records 0 and 1 share two values, 1 and 2 one; 2 and 3 share one, but are two people.
    holders, values = np.array([0, 1, 0, 1, 1, 2, 2, 3]), np.array([0, 0, 1, 1, 2, 2, 3, 3])
    assert sharing(TRUE, FOUND, holders, values) == Pairs(true=2, found=2, both=1)
    measured = measure(TRUE, FOUND, holders, values)
    assert measured.strong.score == Score(0.5, 0.5)
    assert measured.weak == Pairs(true=2, found=2, both=1)


def test_nothing_found_is_no_error_of_precision() -> None:
    alone = numbered(range(4))
    assert pairwise(numbered("aabb"), alone).score == Score(1.0, 0.0)
    assert pairwise(alone, alone).score == Score(1.0, 1.0)
    nobody = numbered("")
    assert measure(nobody, nobody).pairs == Pairs(0, 0, 0)


def test_a_trap_is_fallen_into_by_merging_or_by_splitting() -> None:
    true = {"r1": "ann", "r2": "bob", "r3": "cid", "r4": "dan", "r5": "dan", "r6": "eve", "r7": "fay"}
    found = {"r1": "x", "r2": "x", "r3": "y", "r4": "z", "r5": "w", "r6": "v"}
    # Ann and Bob are merged, Dan is split, Cid and Eve are as they should be, and of Fay nothing was found.
    assert trapped(true, found, [{"ann", "bob"}, {"cid", "eve"}, {"dan"}, {"fay"}]) == Trapped(3, merged=1, split=1)
    # A case is fallen into, too, when somebody is merged who is not in it.
    assert trapped(true, found, [{"ann", "cid"}]) == Trapped(1, merged=1, split=0)


def test_an_id_is_kept_by_whoever_is_the_same() -> None:
    before = {"r1": "p1", "r2": "p1", "r3": "p2", "r4": "p3", "r5": "p4", "r6": "p5"}
    after = {"r1": "p1", "r2": "p1", "new": "p1", "r3": "other", "r4": "p3", "r5": "p3"}
    # p1 grew and kept its id, p2 lost its; p3 and p4 merged and p5 is gone: neither is unchanged.
    assert kept_ids(before, after) == (1, 2)


def test_several_populations_are_one_with_nobody_in_two() -> None:
    both = measure(np.concatenate([TRUE, TRUE + 3]), np.concatenate([FOUND, FOUND + 3]))
    together = totals([measure(TRUE, FOUND)] * 2)
    assert together.pairs == both.pairs
    assert together.b_cubed.precision == pytest.approx(both.b_cubed.precision)
    assert together.exact == pytest.approx(both.exact)


@given(st.lists(RECORD, max_size=14))
def test_counting_cells_finds_what_looking_at_all_pairs_finds(records: list[tuple[int, int, frozenset[int]]]) -> None:
    true, found = numbered(one[0] for one in records), numbered(one[1] for one in records)
    held = [(number, value) for number, one in enumerate(records) for value in one[2]]
    holders = np.array([number for number, _ in held], dtype=np.int64)
    values = np.array([value for _, value in held], dtype=np.int64)
    measured = measure(true, found, holders, values)

    pairs = list(combinations(records, 2))
    assert measured.pairs == _looked_at(pairs)
    assert measured.strong == _looked_at([(one, other) for one, other in pairs if one[2] & other[2]])
    assert measured.weak == _looked_at([(one, other) for one, other in pairs if not one[2] & other[2]])

    entities = [frozenset(np.flatnonzero(true == label)) for label in set(true)]
    clusters = [frozenset(np.flatnonzero(found == label)) for label in set(found)]
    if records:
        assert measured.exact == pytest.approx(len({*entities} & {*clusters}) / len(entities))
        right = [
            (len(entity & cluster) / len(cluster), len(entity & cluster) / len(entity))
            for number in range(len(records))
            for entity in entities
            for cluster in clusters
            if number in entity & cluster
        ]
        assert measured.b_cubed.precision == pytest.approx(sum(one for one, _ in right) / len(records))
        assert measured.b_cubed.recall == pytest.approx(sum(one for _, one in right) / len(records))


def _looked_at(
    pairs: list[tuple[tuple[int, int, frozenset[int]], tuple[int, int, frozenset[int]]]],
) -> Pairs:
    true = [one[0] == other[0] for one, other in pairs]
    found = [one[1] == other[1] for one, other in pairs]
    return Pairs(sum(true), sum(found), sum(a and b for a, b in zip(true, found, strict=True)))
