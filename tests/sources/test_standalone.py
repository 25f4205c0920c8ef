"""Outside `leadhouse sync` the sources are ordinary dlt sources, and what was paid for is not paid for again."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.house import Sandbox, running_sandbox

os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")
os.environ.setdefault("RUNTIME__LOG_LEVEL", "CRITICAL")

SEARCHES = {"leaders": {"seniority": ["Director", "VP", "Vice President", "Manager"], "reveal_info": True}}


@pytest.fixture
def pipeline(tmp_path: Path, inside: Callable[[Path], None]) -> Any:
    import dlt

    inside(tmp_path)
    destination = dlt.destinations.duckdb(str(tmp_path / "leads.duckdb"))
    return dlt.pipeline("leads", destination=destination, dataset_name="raw", pipelines_dir=str(tmp_path / "pipelines"))


def _rows(pipeline: Any, table: str) -> int:
    with pipeline.sql_client() as client:
        return int(client.execute_sql(f"select count(*) from {table}")[0][0])


def test_a_source_runs_in_somebody_elses_pipeline(pipeline: Any) -> None:
    from sources.leadiq import leadiq

    # Outside a sync time runs by itself, so the sandbox lives today.
    with running_sandbox("--date", date.today().isoformat()) as sandbox:
        info = sandbox.info["leadiq"]
        pipeline.run(leadiq(api_key=info["api_key"], base_url=info["base_url"] + "/graphql"))
        first = _rows(pipeline, "tracked_contacts")
        assert first > 25
        assert _rows(pipeline, "account") == 1
        pipeline.run(leadiq(api_key=info["api_key"], base_url=info["base_url"] + "/graphql"))
        # A week of detections is read again, not all of them.
        assert first < _rows(pipeline, "tracked_contacts") < 2 * first
        assert _rows(pipeline, "account") == 2


def test_letrics_runs_by_itself(sandbox: Sandbox, pipeline: Any) -> None:
    from sources.letrics import letrics

    info = sandbox.info["letrics"]
    pipeline.run(letrics(api_key=info["api_key"], base_url=info["base_url"]))
    assert _rows(pipeline, "contacts") > 100
    assert _rows(pipeline, "companies") > 40


def test_a_source_without_its_key_is_refused_before_anything_is_sent(sandbox: Sandbox, pipeline: Any) -> None:
    from dlt.common.configuration.exceptions import ConfigFieldMissingException

    from sources.contactout import contactout

    with pytest.raises(ConfigFieldMissingException, match="api_token"):
        pipeline.run(contactout(base_url=sandbox.info["contactout"]["base_url"], searches=SEARCHES))
    assert sandbox.asked("contactout.people_search") == 0


def test_an_extract_that_failed_is_paid_for_once(sandbox: Sandbox, pipeline: Any) -> None:
    import dlt
    from dlt.pipeline.exceptions import PipelineStepFailed

    from sources.contactout import contactout

    info = sandbox.info["contactout"]

    @dlt.resource(name="broken")
    def broken() -> Iterator[Any]:
        yield {"a": 1}
        while sandbox.asked("contactout.people_search") < 3:
            pass
        raise RuntimeError("the pipeline broke")

    def source() -> Any:
        return contactout(api_token=info["api_token"], base_url=info["base_url"], searches=SEARCHES)

    with pytest.raises(PipelineStepFailed):
        pipeline.run([source(), broken()])
    paid = sandbox.charged()["search"]
    assert paid >= 75
    pipeline.run(source())
    rows = _rows(pipeline, "people")
    assert rows == sandbox.charged()["search"]
    # And a run after a load that succeeded buys nothing: the search is fresh.
    pipeline.run(source())
    assert _rows(pipeline, "people") == rows
    assert sandbox.charged()["search"] == rows


@pytest.mark.parametrize("where", ["base_url", "prospector_base_url"])
def test_a_key_is_never_sent_to_a_server_without_encryption(pipeline: Any, where: str) -> None:
    from sources.leadiq import leadiq

    elsewhere: dict[str, Any] = {where: "http://leadiq.example"}
    with pytest.raises(Exception, match="is not https; only a server on this machine"):
        pipeline.run(leadiq(api_key="nobody-s-key", **elsewhere))
