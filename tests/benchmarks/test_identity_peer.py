"""The peer is given every row that we are given, and is judged by the best that it can do."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest

from benchmarks.identity import peer
from benchmarks.identity.metrics import Labels, Measured, measure
from benchmarks.identity.population import draw


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> tuple[peer.Peer, Labels]:
    path = tmp_path_factory.mktemp("peer") / "people.duckdb"
    draw(path, 2_000, seed=3)
    connection = duckdb.connect(str(path))
    true = connection.execute("select person from truth order by rowid").fetchnumpy()["person"]
    return peer.people(connection).train().compare(min(peer.WEIGHTS)), np.asarray(true, dtype=np.int64)


def test_every_record_has_a_cluster_and_the_model_finds_nearly_all(people: tuple[peer.Peer, Labels]) -> None:
    model, true = people
    found = model.clusters(peer.weight_of(peer.FIXED))
    assert len(found) == len(true)
    assert measure(true, found).pairs.score.f1 > 0.97


def test_the_best_threshold_is_no_worse_than_any_other(people: tuple[peer.Peer, Labels]) -> None:
    model, true = people
    seen: list[Measured] = []

    def judge(found: Labels) -> Measured:
        seen.append(measure(true, found))
        return seen[-1]

    swept = peer.sweep(model, judge, weights=(0, 10, 30))
    assert len(seen) == 4
    assert swept.best.pairs.score.f1 == max(one.pairs.score.f1 for one in seen)
    assert swept.fixed == seen[0]
    # A threshold that nobody would choose is worse, so there is something to choose.
    assert min(one.pairs.score.f1 for one in seen) < swept.best.pairs.score.f1


def test_a_higher_threshold_only_takes_clusters_apart(people: tuple[peer.Peer, Labels]) -> None:
    model, _ = people
    low, high = model.clusters(0), model.clusters(20)
    assert len(np.unique(high)) >= len(np.unique(low))
    together = {(int(a), int(b)) for a, b in zip(high, low, strict=True)}
    assert len(together) == len(np.unique(high))
