"""Keys are nowhere, and personal data is where it belongs, whatever went wrong before."""

from __future__ import annotations

import contextlib
import signal
import stat
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.house import DAYS, KEYS, House, Run, Sandbox, forms_of_keys, running_sandbox

pytestmark = pytest.mark.slow

SOMEBODY = "echoed.person@example.com"
LEADIQ, CONTACTOUT, LETRICS = (f"you sent token {key} and asked for {SOMEBODY}" for key in KEYS)
"""What a provider, or a proxy before it, may quote of a request."""


@dataclass
class Troubled:
    """A house after everything that can go wrong in one day, and what it said."""

    house: House
    sandbox: Sandbox
    runs: list[Run] = field(default_factory=list)

    def run(self, *arguments: str, day: str = DAYS[0]) -> Run:
        self.runs.append(self.house.run(*arguments, day=day))
        return self.runs[-1]

    def disturb(self) -> None:
        house, sandbox = self.house, self.sandbox
        orders = [
            {"provider": "contactout", "operation": "people_search", "kind": "status", "status": 401, "times": 1,
             "body": {"status_code": 401, "message": CONTACTOUT}},
            {"provider": "leadiq", "operation": "trackedContacts", "kind": "status", "status": 500, "times": 9,
             "body": {"errors": [{"message": LEADIQ}]}},
            {"provider": "letrics", "operation": "contacts", "kind": "status", "status": 403, "times": 9,
             "body": {"errors": [{"id": "1", "code": 403, "details": LETRICS}]}},
        ]  # fmt: skip
        sandbox.http.put("/sandbox/faults", json=orders).raise_for_status()
        assert self.run("sync", "--no-build").code == 4
        # A proxy's page in place of a paid answer, which quotes what it was sent.
        page = {"provider": "contactout", "operation": "people_search", "kind": "body", "times": 1, "body": CONTACTOUT}
        sandbox.http.put("/sandbox/faults", json=[page]).raise_for_status()
        self.run("sync", "--no-build")
        sandbox.move_to(DAYS[1])
        sandbox.fault(provider="letrics", operation="contacts", skip=1, times=1, kind="stall", seconds=60)
        assert house.kill_when(lambda: sandbox.asked("letrics.contacts") > 5, "sync", day=DAYS[1], after=0.2)
        sandbox.no_faults()
        process = house.start("sync", day=DAYS[1])
        # The one that was killed got as far as landing: what comes after it, this process has done.
        while house.stage() != "building":
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
        self.runs.append(Run(process.wait(1), out, err))
        self.run("sync", day=DAYS[1]).ok()
        for command in (("check",), ("status",), ("status", "--json"), ("sync", "nowhere"), ("build",)):
            self.run(*command, day=DAYS[1])
        secrets = house.folder / ".dlt" / "secrets.toml"
        kept = secrets.read_text()
        secrets.write_text(kept + "\napi_key = twice\n")
        assert self.run("sync").code == 2
        secrets.write_text(kept)


@pytest.fixture(scope="module")
def troubled(folder: Callable[[str], Path]) -> Iterator[Troubled]:
    with running_sandbox() as sandbox:
        one = Troubled(House(folder("troubled")).configure(sandbox.info).prepare(), sandbox)
        one.disturb()
        yield one


def files(house: House) -> list[Path]:
    """Everything under the working directory save the keys' own file."""
    return [path for path in house.folder.rglob("*") if path.is_file() and path.name != "secrets.toml"]


def holding(paths: list[Path], words: list[str]) -> list[str]:
    """The files that hold one of the words, compressed streams included."""
    wanted = [word.encode() for word in words]
    found = []
    for path in paths:
        body = path.read_bytes()
        bodies = [body, *inflated(body)]
        if any(word in one for one in bodies for word in wanted):
            found.append(path.name)
    return found


def inflated(body: bytes) -> Iterator[bytes]:
    """What zlib streams in a file hold: the journal compresses what it keeps."""
    at = body.find(b"\x78\x01")
    while at >= 0:
        with contextlib.suppress(zlib.error):
            yield zlib.decompressobj().decompress(body[at : at + 1_000_000])
        at = body.find(b"\x78\x01", at + 1)


def test_no_file_holds_a_key(troubled: Troubled) -> None:
    assert holding(files(troubled.house), list(forms_of_keys())) == []


def test_no_key_and_nobodys_address_is_ever_said(troubled: Troubled) -> None:
    for run in troubled.runs:
        for word in (*forms_of_keys(), SOMEBODY):
            assert word not in run.out + run.err
        assert "Traceback" not in run.out + run.err


def test_personal_data_is_in_the_warehouse_its_copy_and_the_journal_alone(troubled: Troubled) -> None:
    house = troubled.house
    addresses = house.query("select value from marts.dim_contact_points where kind like '%email' order by 1 limit 40")
    words = [str(address) for (address,) in addresses]
    assert len(words) == 40
    allowed = {house.warehouse.name, house.published.name, "journal.sqlite", "journal.sqlite-wal"}
    assert set(holding(files(house), words)) <= allowed


def test_every_file_is_for_its_owner_alone(troubled: Troubled) -> None:
    data = troubled.house.folder / "data"
    assert [str(p) for p in data.rglob("*") if p.is_file() and stat.S_IMODE(p.stat().st_mode) & 0o077] == []


def test_what_looks_for_keys_would_find_one(troubled: Troubled, tmp_path: Path) -> None:
    """The check itself can fail: in plain text, in base64, and compressed as the journal compresses."""
    for number, form in enumerate(forms_of_keys()):
        (tmp_path / f"plain-{number}").write_text(f"x{form}x")
        (tmp_path / f"compressed-{number}").write_bytes(b"\x00" * 100 + zlib.compress(form.encode() * 3, 1))
    assert len(holding(sorted(tmp_path.iterdir()), list(forms_of_keys()))) == 2 * len(forms_of_keys())
