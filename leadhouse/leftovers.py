"""What a killed process leaves in the folders of a dlt pipeline, and dlt would not get past.

Each of these was found by killing a sync at every kind of write there is (`tests/crash`).
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import dlt

FOLDERS = {"normalize": ("extracted",), "load": ("new", "normalized", "loaded")}
"""What dlt makes when a pipeline is used for the first time, and takes for granted later."""
SCHEMA = ".schema.json"


def finish_creating(folder: Path) -> None:
    """Makes the folders that dlt had not come to make, and removes schemas it had not come to name.

    A schema is written under a name drawn by lot and renamed; dlt takes what was not renamed for a schema of that name.
    """
    for volume, parts in FOLDERS.items():
        if (folder / volume).is_dir():
            for part in parts:
                (folder / volume / part).mkdir(exist_ok=True)
    schemas = folder / "schemas"
    for file in schemas.iterdir() if schemas.is_dir() else ():
        if not file.name.endswith(SCHEMA):
            file.unlink()


def finish_deleting(pipeline: dlt.Pipeline) -> None:
    """Deletes extracted packages that a killed process was deleting.

    dlt deletes an extracted package, file by file, once its normalised form is in place. Killed in between, it would
    normalise what is left: at best that fails, in this and in every later run.
    """
    normalised = {*pipeline.list_normalized_load_packages(), *pipeline.list_completed_load_packages()}
    for load_id in pipeline.list_extracted_load_packages():
        package = Path(pipeline.working_dir) / "normalize" / "extracted" / load_id
        # Extracting ends with one rename, so what lacks a part was whole once; dlt drops a package without rows.
        is_whole = (package / "schema.json").is_file() and (package / "new_jobs").is_dir()
        if load_id in normalised or not is_whole:
            shutil.rmtree(package)


def finish_filing(pipeline: dlt.Pipeline) -> None:
    """Files loaded packages away that a killed process had marked as loaded and was about to move.

    dlt marks a package first and renames its folder then. Killed in between, it would take the package for one that is
    still to be loaded, and stop at the mark, in this and in every later run.
    """
    load = Path(pipeline.working_dir) / "load"
    for load_id in pipeline.list_normalized_load_packages():
        package = load / "normalized" / load_id
        if (package / "package_completed.json").is_file():
            package.rename(load / "loaded" / load_id)
