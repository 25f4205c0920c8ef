"""Running dbt: in this process, with our own profile, one manifest for all steps of a build."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Step:
    """How one dbt invocation went.

    Attributes:
        failed: (node, what it said) of each node that failed or each data test that did not hold.
        warned: (node, what it said, how many rows it is about) of each data test that warns.
    """

    failed: tuple[tuple[str, str], ...]
    warned: tuple[tuple[str, str, int], ...]
    nodes: int


@dataclass
class Dbt:
    """A dbt project, run step by step.

    Args:
        target_dir: dbt's compiled files, and what it has parsed.
        environment: what the profile reads. There are no variables: dbt parses the whole project anew when one has changed.
        names: what of it has another value while the project is parsed, since nobody connects then: dbt parses the whole
            project anew, too, when a connection's path, server or limits have changed.
    """

    project_dir: Path
    target_dir: Path
    environment: Mapping[str, str]
    names: Mapping[str, str]
    _runner: Any = field(default=None, repr=False)

    def run(self, command: str, *arguments: str) -> Step:
        """Runs `dbt <command>`; never raises for a failing node.

        Raises:
            RuntimeError: dbt itself could not run (a project that does not parse, say).
        """
        self._parse()
        result = self._invoke(self.environment, [command, *arguments])
        failed, warned, count = [], [], 0
        for one in getattr(result.result, "results", ()) or ():
            count += 1
            status = str(one.status)
            words = " ".join(str(one.message or "").split())
            if status in ("error", "fail", "runtime error"):
                failed.append((one.node.name, words))
            elif status == "warn":
                warned.append((one.node.name, words, one.failures or 0))
        if result.exception is not None and not failed:
            raise RuntimeError(f"dbt {command} could not run: {result.exception}")
        return Step(tuple(failed), tuple(warned), count)

    @property
    def manifest(self) -> Any:
        """The parsed project; see `run` for what it raises."""
        self._parse()
        return self._manifest

    def _parse(self) -> None:
        if self._runner is None:
            from dbt.cli.main import dbtRunner

            self._runner = dbtRunner()
            self._invoke({**self.environment, **self.names}, ["parse"])
            # One manifest serves all steps.
            self._runner = dbtRunner(manifest=self._manifest)

    _manifest: Any = field(default=None, repr=False)

    def _invoke(self, environment: Mapping[str, str], arguments: list[str]) -> Any:
        common = ["--project-dir", str(self.project_dir), "--profiles-dir", str(self.project_dir)]
        common += [
            "--target-path",
            str(self.target_dir / "target"),
            "--log-path",
            str(self.target_dir / "logs"),
            # What a node says is in its result; written down, each event of dbt's takes a sixth of a build.
            *("--log-level", "none", "--log-level-file", "none"),
            # The manifest is in memory; written down after each step, it takes a fifth of a build.
            "--no-write-json",
        ]
        with _environment({**environment, "DO_NOT_TRACK": "1"}), redirect_stdout(io.StringIO()):
            result = self._runner.invoke([*arguments, *common])
        if arguments[0] == "parse":
            if not result.success:
                raise RuntimeError(f"the dbt project does not parse: {result.exception}")
            self._manifest = result.result
        return result


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    """Sets environment variables for the duration."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
