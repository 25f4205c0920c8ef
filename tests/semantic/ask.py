"""Asks MetricFlow, in a process of its own since it and dbt keep their state for a process.

Standard input has a JSON list of queries, each an object of `MetricFlowQueryRequest.create`'s arguments; standard output
gets a list with the rows of each, by the names of their columns.
"""

from __future__ import annotations

import json
import sys
from contextlib import redirect_stdout
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any


def main() -> None:
    """Answers in the dbt project of the working directory, which must have been parsed."""
    with redirect_stdout(sys.stderr):
        answers = _answer(json.load(sys.stdin))
    sys.stdout.write(json.dumps(answers, default=_plain))


def _answer(queries: list[dict[str, Any]]) -> list[Any]:
    from dbt_metricflow.cli.cli_configuration import CLIConfiguration
    from metricflow.engine.metricflow_engine import MetricFlowQueryRequest

    configuration = CLIConfiguration()
    configuration.setup(Path.cwd(), Path.cwd(), configure_file_logging=False)
    answers: list[Any] = []
    for query in queries:
        table = configuration.mf.query(MetricFlowQueryRequest.create(**query)).result_df
        assert table is not None
        answers.append([dict(zip(table.column_names, row, strict=True)) for row in table.rows])
    return answers


def _plain(value: object) -> str | float:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(type(value))


if __name__ == "__main__":
    main()
