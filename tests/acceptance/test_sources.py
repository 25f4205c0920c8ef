"""Every source is configured, and checked, in the same way."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from leadhouse.catalogue import SOURCES
from leadhouse.failures import CannotDo
from leadhouse.settings import SECRETS, load_settings
from tests.acceptance import table
from tests.desk import settings
from tests.house import KEYS, PROJECT, House, Sandbox, running_sandbox

SECRET_LOOKING = re.compile(r"(^|_)(key|token|secret|password|credential)s?$")
NOT_SECRET = {"list_keys", "company_searches.<name>.industries_key", "company_searches.<name>.page_key"}
"""How a request names its lists, and its page."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "source" in metafunc.fixturenames:
        metafunc.parametrize("source", SOURCES)


def inputs_of(source: str) -> BaseModel:
    found: BaseModel = getattr(settings("free").sources, source)
    return found


def keys(model: type[BaseModel], above: str = "") -> Iterator[tuple[str, Any]]:
    """Every configuration key below a source, with its declaration; of a table of tables one entry stands for all."""
    for name, info in model.model_fields.items():
        key = f"{above}{name}"
        inner = [one for one in (info.annotation, *get_args(info.annotation)) if isinstance(one, type)]
        models = [one for one in inner if issubclass(one, BaseModel)]
        if models:
            more = "<name>." if getattr(info.annotation, "__origin__", None) is dict else ""
            yield from keys(models[0], f"{key}.{more}")
        else:
            yield key, info


@pytest.mark.promise("configuration")
def test_every_configuration_key_is_described_and_in_the_sources_own_readme(source: str) -> None:
    readme = (PROJECT / "sources" / source / "README.md").read_text()
    for key, info in keys(type(inputs_of(source))):
        assert info.description, f"sources.{source}.{key} has no description"
        last = key.rsplit(".", 1)[-1]
        assert re.search(rf"\b{last}\b", readme), f"sources/{source}/README.md does not name {key}"


@pytest.mark.promise("configuration")
def test_what_looks_like_a_secret_is_kept_like_one(source: str) -> None:
    inputs = inputs_of(source)
    secret = [key for key, _ in keys(type(inputs)) if SECRET_LOOKING.search(key) and key not in NOT_SECRET]
    assert secret == [SECRETS[source]]
    value = "a-secret-that-nobody-may-see"
    chosen = inputs.model_copy(update={secret[0]: value})
    assert value not in repr(chosen)
    whole = settings("free", changes={f"sources.{source}.{secret[0]}": value})
    assert value not in str(whole.frozen())
    assert value not in repr(whole)
    configured = tomllib.loads((PROJECT / ".dlt" / "config.toml").read_text())["sources"][source]
    assert secret[0] not in configured, "a key has no place beside what everybody may read"


@pytest.mark.promise("configuration")
@pytest.mark.parametrize("place", ["", "a_table."])
def test_a_key_that_does_not_exist_is_refused_by_name(
    source: str, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = {key.split(".")[0] for key, _ in keys(type(inputs_of(source))) if "." in key and "<name>" not in key}
    below = f".{sorted(tables)[0]}" if place and tables else ""
    (tmp_path / ".dlt").mkdir()
    (tmp_path / ".dlt" / "config.toml").write_text(f"[sources.{source}{below}]\nper_pgae = 7\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CannotDo, match="per_pgae") as refused:
        load_settings()
    assert f"sources.{source}" in str(refused.value)


# -- check ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def town() -> Iterator[Sandbox]:
    with running_sandbox() as one:
        yield one


@pytest.fixture
def house(town: Sandbox, tmp_path: Path) -> House:
    return House(tmp_path).configure(town.info).prepare()


def said_of(house: House, source: str, code: int) -> str:
    ended = house.run("check", source, "--json")
    assert ended.code == code, ended.out + ended.err
    assert not any(key in ended.out + ended.err for key in KEYS)
    (line,) = ended.json["sources"]
    assert line["source"] == source
    assert bool(line["ok"]) == (code == 0)
    return str(line["says"])


@pytest.mark.promise("check")
def test_check_says_that_a_key_works(source: str, house: House) -> None:
    assert "the key works" in said_of(house, source, 0)


@pytest.mark.promise("check")
def test_check_says_that_a_key_is_wrong_and_where_it_belongs(source: str, house: House) -> None:
    secrets = house.folder / ".dlt" / "secrets.toml"
    secrets.write_text(re.sub(r'"sandbox-[^"]*"', '"another-key-0123456789"', secrets.read_text()))
    said = said_of(house, source, 4)
    assert re.search(r"\bkey|token\b", said)
    assert "another-key" not in said
    assert re.search(r"\b(put|create|correct|check|copy)\b", said), f"what to do: {said}"


@pytest.mark.promise("check")
def test_check_says_that_there_is_no_network(source: str, house: House) -> None:
    config = house.folder / ".dlt" / "config.toml"
    config.write_text(re.sub(r"http://127\.0\.0\.1:\d+", "http://127.0.0.1:9", config.read_text()))
    said = said_of(house, source, 4)
    assert re.search(r"cannot be reached|connect", said), said


def test_every_source_of_the_catalogue_is_here() -> None:
    assert {name.split(".")[0] for source in SOURCES for name in table.resources_of(source)} == set(SOURCES)
