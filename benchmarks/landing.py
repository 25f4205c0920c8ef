"""How fast answers become rows in DuckDB, beside what parsing alone takes and what plain dicts through dlt take.

    python -m benchmarks.landing [records]

Everything is measured in one run, on the same pages, since machines are noisy: read the ratios, not the figures.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")
os.environ.setdefault("RUNTIME__LOG_LEVEL", "CRITICAL")
os.environ.setdefault("NORMALIZE__PARQUET_NORMALIZER__ADD_DLT_LOAD_ID", "true")

import dlt

from sources.contactout.records import ENTITIES
from sources.landing import split
from sources.landing.resources import COLUMNS
from sources.landing.rows import read_answer, tables
from sources.metered import Answer, Question

PAGE = 25
EXAMPLE = Path(__file__).resolve().parent.parent / "sandbox" / "examples" / "contactout.people_search.json"
PEOPLE = next(entity for entity in ENTITIES if entity.name == "people")
AT = datetime(2026, 3, 2)


def pages(records: int) -> list[bytes]:
    """Pages of the documented example record under different keys."""
    document = json.loads(EXAMPLE.read_text())
    (record,) = list(document["profiles"].values())[:1]
    found = []
    for first in range(0, records, PAGE):
        profiles = {
            f"https://linkedin.com/in/person-{n}": record | {"followers": n} for n in range(first, first + PAGE)
        }
        found.append(json.dumps(document | {"profiles": profiles}).encode())
    return found


def answers(bodies: list[bytes]) -> Iterator[Answer]:
    for number, body in enumerate(bodies):
        question = Question(
            "people_search", "people_search_x", "w000001", number, "POST", "/v1/people/search", selection="x"
        )
        yield Answer(question, f"r{number}", f"q{number}", 200, body, json.loads(body), AT)


def main(records: int) -> None:
    bodies = pages(records)
    size = sum(map(len, bodies)) / records
    print(f"{records:,} records of {size:,.0f} bytes in pages of {PAGE}\n")
    results = {
        "json.loads alone (the limit)": _rate(records, lambda: [json.loads(body) for body in bodies]),
        "split into slices": _rate(records, lambda: [split(body.decode(), "profiles/*") for body in bodies]),
        "split, read tolerantly, write canonically": _rate(
            records, lambda: [read_answer(PEOPLE, "q", "r", "s", AT, body) for body in bodies]
        ),
        "the same, through dlt into DuckDB": _rate(
            records, lambda: _load(lambda: tables(answers(bodies), PEOPLE), COLUMNS)
        ),
        "peer: plain dicts through dlt into DuckDB": _rate(records, lambda: _load(lambda: _dicts(bodies), None)),
    }
    limit = results["json.loads alone (the limit)"]
    peer = results["peer: plain dicts through dlt into DuckDB"]
    print(f"{'':44} records/s   of the limit   x the peer")
    for name, rate in results.items():
        print(f"{name:44} {rate:9,.0f}   {rate / limit:12.1%}   {rate / peer:10.1f}")


def _dicts(bodies: list[bytes]) -> Iterator[list[dict[str, Any]]]:
    for body in bodies:
        yield list(json.loads(body)["profiles"].values())


def _load(rows: Callable[[], Iterator[Any]], columns: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        pipeline = dlt.pipeline(
            "benchmark",
            destination=dlt.destinations.duckdb(f"{folder}/warehouse.duckdb"),
            dataset_name="raw",
            pipelines_dir=folder,
        )
        pipeline.run(dlt.resource(rows, name="people", write_disposition="append", columns=columns))


def _rate(records: int, work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return records / (time.perf_counter() - began)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000)
