"""Splink 5 on the same rows: a model as its documentation would have it, trained without labels."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import splink.comparison_level_library as levels
import splink.comparison_library as comparisons
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from benchmarks.identity.metrics import Labels, Measured

FIXED = 0.95
"""The threshold of who has no truth to choose one by."""
WEIGHTS = tuple(range(-4, 41, 2))
"""Match weights (log2 of the odds) that the sweep looks at, from 0.06 to all but certain."""
SAMPLED_PAIRS = 1e7
SEED = 1
SHARED_BY_MANY = 30
"""A value of more records than this names nobody, and would be compared with itself quadratically: it is left out."""


@dataclass(frozen=True)
class Model:
    """What a linkage model needs to be told.

    Attributes:
        comparisons: how two records are compared.
        blocking: the pairs that are compared at all.
        training: a rule each for a session of expectation maximisation; what a rule holds equal, another must train.
        certain: rules of which hardly a pair is wrong, to estimate how many matches there are.
        recall: the share of matches that those find, as one would guess.
    """

    comparisons: Sequence[Any]
    blocking: Sequence[Any]
    training: Sequence[Any]
    certain: Sequence[Any]
    recall: float


def name(column: str) -> Any:
    """Equal, nearly so, or not; a rare name that is equal says more than a frequent one."""
    return comparisons.JaroWinklerAtThresholds(column, [0.92, 0.8]).configure(term_frequency_adjustments=True)


def given_name(column: str) -> Any:
    """As `name`, and an initial agrees with the name it begins."""
    initial = f"(length({column}_l) = 1 or length({column}_r) = 1) and left({column}_l, 1) = left({column}_r, 1)"
    return comparisons.CustomComparison(
        [
            levels.NullLevel(column),
            levels.ExactMatchLevel(column, term_frequency_adjustments=True),
            levels.JaroWinklerLevel(column, 0.92),
            levels.CustomLevel(initial, label_for_charts="An initial"),
            levels.JaroWinklerLevel(column, 0.8),
            levels.ElseLevel(),
        ],
        output_column_name=column,
    )


def in_common(column: str) -> Any:
    """Whether two lists have an element in common; an empty one is not known."""
    return comparisons.ArrayIntersectAtSizes(column, [1])


PEOPLE = Model(
    comparisons=(
        given_name("given"),
        name("family"),
        comparisons.ExactMatch("slug"),
        in_common("emails"),
        in_common("phones"),
        in_common("employers"),
        comparisons.ExactMatch("generation"),
        comparisons.ExactMatch("country_code").configure(term_frequency_adjustments=True),
    ),
    blocking=(
        block_on("slug"),
        block_on("emails", arrays_to_explode=["emails"]),
        block_on("phones", arrays_to_explode=["phones"]),
        block_on("family", "employers", arrays_to_explode=["employers"]),
        block_on("given", "family"),
    ),
    training=(block_on("given", "family"), block_on("slug")),
    certain=(block_on("slug"), block_on("emails", arrays_to_explode=["emails"])),
    recall=0.9,
)


@dataclass(frozen=True, slots=True)
class Timed:
    """Seconds of one step."""

    step: str
    seconds: float


class Peer:
    """A model over the rows of a table.

    Args:
        table: of a `unique_id` and the columns that the model compares.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, table: str, model: Model) -> None:
        logging.getLogger("splink").setLevel(logging.ERROR)
        self.times: list[Timed] = []
        self._connection = connection
        self._model = model
        api = DuckDBAPI(connection)
        settings = SettingsCreator(
            link_type="dedupe_only",
            comparisons=list(model.comparisons),
            blocking_rules_to_generate_predictions=list(model.blocking),
        )
        self._linker = Linker(api.register(table), settings, log_level=None)
        self._predicted: Any = None

    def train(self) -> Peer:
        """Estimates all parameters, without labels."""
        training = self._linker.training
        with self._timed("training"):
            training.estimate_probability_two_random_records_match(list(self._model.certain), recall=self._model.recall)
            training.estimate_u_using_random_sampling(max_pairs=SAMPLED_PAIRS, seed=SEED)
            for rule in self._model.training:
                training.estimate_parameters_using_expectation_maximisation(rule)
        return self

    def compare(self, least: float) -> Peer:
        """Scores the blocked pairs, and keeps those of this match weight at least."""
        with self._timed("comparing"):
            self._predicted = self._linker.inference.predict(threshold_match_weight=least, warning_mode="never")
        return self

    def clusters(self, weight: float) -> Labels:
        """The connected components at a threshold: the cluster of each record, by its `unique_id` from 0."""
        with self._timed("clustering"):
            found = self._linker.clustering.cluster_pairwise_predictions_at_threshold(
                self._predicted, threshold_match_weight=weight
            )
            rows = self._connection.execute(
                f"select unique_id, cluster_id from {found.physical_name} order by unique_id"
            ).fetchnumpy()
        assert (rows["unique_id"] == np.arange(len(rows["unique_id"]))).all(), "a row is missing"
        found.drop_table_from_database_and_remove_from_cache()
        labels: Labels = np.unique(rows["cluster_id"], return_inverse=True)[1].astype(np.int64)
        return labels

    @contextmanager
    def _timed(self, step: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.times.append(Timed(step, time.perf_counter() - began))


@dataclass(frozen=True, slots=True)
class Swept:
    """What the peer reaches.

    Attributes:
        fixed: at the threshold that one takes without a truth.
        best: at the threshold of the best F1 on the truth itself, which nobody has who needs a model.
        weight: that threshold.
    """

    fixed: Measured
    best: Measured
    weight: float


def sweep(peer: Peer, judge: Callable[[Labels], Measured], weights: Iterable[float] = WEIGHTS) -> Swept:
    """Clusters at every threshold."""
    fixed = judge(peer.clusters(weight_of(FIXED)))
    tried = [(judge(peer.clusters(weight)), float(weight)) for weight in weights]
    best, weight = max([(fixed, weight_of(FIXED)), *tried], key=lambda one: one[0].pairs.score.f1)
    return Swept(fixed, best, weight)


def weight_of(probability: float) -> float:
    return float(np.log2(probability / (1 - probability)))


def people(connection: duckdb.DuckDBPyConnection) -> Peer:
    """The model of people over the tables `records`, `values` and `employers`; the rows in the order of `records`."""
    began = time.perf_counter()
    connection.execute(f"""
        create or replace table peer_rows as
        with
            numbered as (select rowid as unique_id, * from records),
            told as (
                select distinct
                    provider,
                    provider_record_id,
                    case when kind in ('work_email', 'personal_email') then 'email' else kind end as kind,
                    value
                from "values"
                where kind in ('linkedin_slug', 'work_email', 'personal_email', 'phone')
                union all
                select provider, provider_record_id, 'employer', employer from employers
            ),
            of_many as (
                select kind, value from told where kind in ('email', 'phone')
                group by kind, value having count(*) > {SHARED_BY_MANY}
            ),
            lists as (
                select
                    provider,
                    provider_record_id,
                    min(value) filter (where kind = 'linkedin_slug') as slug,
                    list(value) filter (where kind = 'email') as emails,
                    list(value) filter (where kind = 'phone') as phones,
                    list(value) filter (where kind = 'employer') as employers
                from told anti join of_many using (kind, value)
                group by provider, provider_record_id
            )
        select
            unique_id,
            nullif(split_part(split_part(name, '/', 1), ' ', 1), '') as given,
            nullif(split_part(name, '/', 2), '') as family,
            coalesce(split_part(name, '/', 3), '') as generation,
            country_code,
            slug,
            emails,
            phones,
            employers
        from numbered left join lists using (provider, provider_record_id)
        order by unique_id
    """)
    peer = Peer(connection, "peer_rows", PEOPLE)
    peer.times.append(Timed("rows", time.perf_counter() - began))
    return peer
