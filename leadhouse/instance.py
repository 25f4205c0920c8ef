"""One data directory is one instance: its lock, its journal, its folders."""

from __future__ import annotations

import fcntl
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sources.metered import Journal, JournalError

from .failures import CannotDo
from .settings import Settings


@dataclass(frozen=True, slots=True)
class Instance:
    """An opened data directory."""

    folder: Path
    journal: Journal
    instance_id: str

    @property
    def pipelines_dir(self) -> Path:
        return self.folder / "pipelines"


@contextmanager
def open_instance(settings: Settings) -> Iterator[Instance]:
    """Holds the data directory for one process.

    Raises:
        CannotDo: another process holds it, it cannot be written, or its journal is no journal.
    """
    os.umask(0o077)  # Personal data is for its owner alone.
    folder = settings.data_dir()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = open(folder / "lock", "a+")  # noqa: SIM115
    except OSError as error:
        raise CannotDo(
            f"The data directory {folder} cannot be used ({error.strerror}). Set leadhouse.data_dir to a folder you may write to."
        ) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CannotDo(
                f"Another leadhouse process is using {folder}. Wait until it has finished, or give this one its own leadhouse.data_dir."
            ) from None
        try:
            journal = Journal(folder / "journal.sqlite")
        except JournalError as error:
            raise CannotDo(str(error)) from None
        try:
            journal.lose_what_was_in_flight()
            instance_id = journal.meta("instance_id")
            if instance_id is None:
                instance_id = uuid.uuid4().hex
                journal.set_meta("instance_id", instance_id)
            yield Instance(folder, journal, instance_id)
        finally:
            journal.close()
