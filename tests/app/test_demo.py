"""The demo does what the README shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.house import PROJECT


@pytest.mark.slow
def test_the_demo_fills_the_marts_and_the_readme_shows_their_answers(tmp_path: Path) -> None:
    # CI has just run it, and kept what it said.
    said = Path(os.environ["DEMO_SAID"]).read_text() if "DEMO_SAID" in os.environ else _demo(tmp_path)
    assert all(len(line) <= 80 for line in said.splitlines() if "/" not in line)
    (published,) = re.findall(r"^ +(/.*leadhouse\.duckdb)$", said, re.MULTILINE)
    readme = (PROJECT / "README.md").read_text()
    blocks = re.findall(r"```sql\n(.*?)```\n\n((?:\|[^\n]*\n)+)", readme, re.DOTALL)
    assert len(blocks) == 3
    with duckdb.connect(published, read_only=True) as connection:
        for sql, table in blocks:
            result = connection.execute(sql)
            shown = [[cell.strip() for cell in line.strip("|\n ").split("|")] for line in table.splitlines()]
            rows = [["" if value is None else str(value) for value in row] for row in result.fetchall()]
            assert [column[0] for column in result.description or ()] == shown[0]
            assert [[cell for cell in row if cell] for row in rows] == [
                [cell for cell in row if cell] for row in shown[2:]
            ]
        empty = [
            name
            for (name,) in connection.execute(
                "select table_name from duckdb_tables() where schema_name = 'marts'"
            ).fetchall()
            if not connection.execute(f"select * from marts.{name} limit 1").fetchall()
        ]
    # Nobody is looked up by name in a demo.
    assert sorted(empty) == ["fct_lookup_credits", "rpt_credit_savings"]


def _demo(folder: Path) -> str:
    """What a demo in a folder says."""
    command = [sys.executable, "-m", "leadhouse", "demo", "--folder", str(folder / "demo")]
    # A key of the environment must not reach the sandbox, nor a setting the demo.
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder),
        "SOURCES__LEADIQ__API_KEY": "a-real-key",
        "PYTHONPATH": str(PROJECT),
    }
    ended = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def test_the_demo_leaves_a_folder_alone_that_is_not_its_own(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    command = [sys.executable, "-m", "leadhouse", "demo", "--folder", "mine"]
    ended = subprocess.run(
        command,
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2
    assert "holds something that is not a demo" in ended.stderr
    assert (tmp_path / "mine" / "letter.txt").read_text() == "dear"
