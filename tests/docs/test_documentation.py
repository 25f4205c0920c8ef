"""Documentation is checked: every command and key is documented, generated files are current, and examples work."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from pydantic import BaseModel

from leadhouse.catalogue import SOURCES
from leadhouse.settings import OPERATIONS, Settings, load_settings
from sources.paging import Lookup, Push
from tests.desk import first_question
from tests.desk import settings as desk_settings
from tests.house import PROJECT

README = (PROJECT / "README.md").read_text()
CONFIG = (PROJECT / ".dlt" / "config.toml").read_text()


def _fields(model: type[BaseModel]) -> Iterator[str]:
    """Every key of a model and of the models inside it."""
    for name, info in model.model_fields.items():
        yield name
        pending: list[Any] = [info.annotation]
        while pending:
            one = pending.pop()
            if isinstance(one, type) and issubclass(one, BaseModel):
                yield from _fields(one)
            pending.extend(get_args(one))


def test_every_configuration_key_is_in_the_configuration_file_with_a_comment() -> None:
    internal = {
        "duckdb_path",
        "postgres_url",
        "sources",
        "contacts",
        "companies",
        "searches",
        "tracked_contacts",
        "tracked_companies",
        "usd",
        *("leadhouse", "budget", "prices", "rates", "dashboard", "leadiq", "contactout", "letrics"),
    }
    lines = CONFIG.splitlines()
    for key in sorted(set(_fields(Settings)) - internal):
        places = [
            n
            for n, line in enumerate(lines)
            if re.match(rf"#? ?{key}\b( =|:)", line)
            or re.match(rf"#? ?\[(\w+\.)*{key}", line)
            or re.search(rf"[{{,] {key} =", line)
        ]
        assert places, f"{key} is not in .dlt/config.toml"
        assert any(lines[n - 1].startswith("#") or lines[n].startswith("#") for n in places), f"{key} has no comment"


def test_the_configuration_file_is_what_is_used_when_nothing_is_set(tmp_path: Path) -> None:
    assert load_settings(PROJECT, environment={}).frozen() == load_settings(tmp_path, environment={}).frozen()


def test_every_example_in_the_configuration_file_is_accepted(tmp_path: Path) -> None:
    text = re.sub(r"^# (\[|[a-z_]+ = )", r"\1", CONFIG, flags=re.MULTILINE)
    text = text.replace("https://…", "https://letrics.example.com").replace('warehouse = "postgres"', "")
    tomllib.loads(text)
    (tmp_path / ".dlt").mkdir()
    (tmp_path / ".dlt" / "config.toml").write_text(text)
    settings = load_settings(tmp_path, environment={})
    assert settings.sources.contactout.searches["vps_in_london"].seniority == ["vp"]
    assert settings.sources.letrics.companies.asked()["locations"] == ["city:San Francisco||California||United States"]


def test_the_example_of_secrets_names_every_key() -> None:
    named = tomllib.loads((PROJECT / ".dlt" / "secrets.example.toml").read_text())["sources"]
    assert named == {"leadiq": {"api_key": ""}, "contactout": {"api_token": ""}, "letrics": {"api_key": ""}}


def test_every_command_is_in_the_readme_and_begins_with_an_example() -> None:
    from typer.main import get_command

    from leadhouse.cli import app

    groups = get_command(app).commands  # type: ignore[attr-defined]
    assert set(groups) == {
        "sync",
        "build",
        "check",
        "plan",
        "status",
        "sandbox",
        "demo",
        "quarantine",
        "reparse",
        "lookup",
        "push",
        "explain",
        "credits",
        "dashboard",
    }
    commands = {
        f"{name} {inner}" if inner else name: one
        for name, group in groups.items()
        for inner, one in getattr(group, "commands", {"": group}).items()
    }
    assert {name for name in commands if " " in name} == {f"quarantine {name}" for name in ("list", "show", "discard")}
    for name, command in commands.items():
        assert f"`leadhouse {name}" in README or f"leadhouse {name}" in README, name
        assert f"Example: leadhouse {name}" in command.help
        for parameter in command.params:
            for option in parameter.opts:
                if option.startswith("--") and option not in ("--help", "--json"):
                    assert option in README, f"{option} of {name} is not in the README"
    assert "--json" in README


def test_every_lookup_and_push_and_each_of_their_columns_is_in_its_sources_readme() -> None:
    for name, source in SOURCES.items():
        text = (PROJECT / "sources" / name / "README.md").read_text()
        looked_up = source.lookups(load_settings(PROJECT, environment={}))
        kinds: tuple[Lookup | Push, ...] = (*looked_up, *source.pushes)
        asked = {one.name: {way.operation for way in one.ways} for one in looked_up}
        asked |= {one.name: {one.operation} for one in source.pushes}
        for kind in kinds:
            line = next((line for line in text.splitlines() if line.startswith(f"| `{name}.{kind.name}` |")), "")
            for operation in asked[kind.name]:
                assert operation in line, f"{operation} of {name}.{kind.name} is not in the README"
            for column in kind.row.model_fields:
                assert f"`{column}`" in line, f"{column} of {name}.{kind.name} is not in the README"


def test_a_price_can_be_set_for_whatever_is_asked_and_for_nothing_else() -> None:
    for name, source in SOURCES.items():
        everything = desk_settings("free")
        asked = {first_question(walk).operation for walk in source.walks(everything)}
        asked |= {way.operation for lookup in source.lookups(everything) for way in lookup.ways}
        asked |= {push.operation for push in source.pushes}
        assert asked <= OPERATIONS[name], name
        # What tells a price before it is paid is asked by no walk.
        assert OPERATIONS[name] - asked <= {"people_count"}, name


def test_every_exit_code_is_in_the_readme() -> None:
    table = README[README.index("## Commands") :]
    for code in range(6):
        assert re.search(rf"^\| {code} \|", table, re.MULTILINE), code


def test_the_readme_shows_the_two_commands_first() -> None:
    first = re.findall(r"```\w*\n(.*?)```", README, re.DOTALL)[0]
    assert first.split() == ["make", "demo", "make", "test"] or first.splitlines()[0].startswith("make demo")
    assert README.index("make demo") < README.index("secrets.toml")


def test_help_is_quick_because_nothing_heavy_is_imported() -> None:
    script = (
        "import sys; sys.argv = ['leadhouse', '--help']\n"
        "from leadhouse.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print([name for name in ('dlt', 'dbt', 'duckdb', 'pyarrow', 'pydantic', 'httpx', 'scipy', 'sandbox') if name in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=PROJECT, check=True)
    assert ended.stdout.rstrip().endswith("[]")
    assert "Example" not in ended.stderr


def test_staging_is_what_the_record_models_say() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "leadhouse.staging", "--check"], capture_output=True, text=True, cwd=PROJECT, check=False
    )
    assert ended.returncode == 0, ended.stdout


def test_every_model_and_column_has_a_description() -> None:
    documents = (yaml.safe_load(path.read_text()) for path in (PROJECT / "dbt_project" / "models").rglob("*.yml"))
    models = [model for document in documents for model in document.get("models", ())]
    described = {model["name"] for model in models}
    there = {path.stem for path in (PROJECT / "dbt_project" / "models").rglob("*.sql")}
    assert described == there
    for model in models:
        assert model.get("description"), model["name"]
        for column in model.get("columns", ()):
            assert column.get("description"), f"{model['name']}.{column['name']}"


def test_every_model_has_a_name_that_postgres_takes() -> None:
    for path in (PROJECT / "dbt_project" / "models").rglob("*.sql"):
        assert len(path.stem) <= 63, path.stem


def test_every_mart_is_in_the_readme_with_its_grain() -> None:
    for path in (PROJECT / "dbt_project" / "models" / "marts").glob("*.sql"):
        assert f"`{path.stem}`" in README, path.stem


def test_no_sql_of_ours_asks_for_the_time_by_itself() -> None:
    for path in (PROJECT / "dbt_project").rglob("*.sql"):
        text = path.read_text().lower()
        assert not re.search(r"current_timestamp|current_date|now\(\)|getdate", text), path.name


def test_no_model_uses_what_another_warehouse_does_not_know() -> None:
    for path in (PROJECT / "dbt_project" / "models").rglob("*.sql"):
        assert not re.search(r"\bqualify\b|::", path.read_text()), path.name


@pytest.mark.parametrize("name", ["leadiq", "contactout", "letrics"])
def test_every_source_has_the_same_files_and_a_readme(name: str) -> None:
    there = {path.name for path in (PROJECT / "sources" / name).iterdir() if path.is_file()}
    assert {"__init__.py", "api.py", "inputs.py", "records.py", "README.md"} <= there


def test_every_test_that_a_document_names_exists() -> None:
    named = [
        found
        for path in [*(PROJECT / "docs").glob("*.md"), PROJECT / "README.md"]
        for found in re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", path.read_text())
    ]
    assert len(named) > 20
    for file, name in named:
        assert (PROJECT / file).is_file(), file
        defined = {
            node.name for node in ast.walk(ast.parse((PROJECT / file).read_text())) if isinstance(node, ast.FunctionDef)
        }
        assert not name or name in defined, f"{file} has no {name}"


def test_every_promise_names_a_test_that_attacks_it_and_one_that_shows_it_can_fail() -> None:
    text = (PROJECT / "docs" / "promises.md").read_text()
    promises = re.split(r"^## (?=\d)", text, flags=re.MULTILINE)[1:]
    numbers = [int(number) for promise in promises for number in re.findall(r"(?:^|, )(\d)\.", promise.splitlines()[0])]
    assert numbers == list(range(1, 9))
    for promise in promises:
        rows = [line.split("|")[1:3] for line in promise.splitlines() if line.startswith("| ") and "tests/" in line]
        assert rows, promise.splitlines()[0]
        assert any(attack.strip() and defect.strip() for attack, defect in rows), promise.splitlines()[0]
