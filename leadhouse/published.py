"""The published copy, opened for reading: that never blocks, and disturbs no sync."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from .failures import CannotDo
from .settings import Settings

if TYPE_CHECKING:
    import duckdb


@contextmanager
def open_published(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published copy, read only, for as long as the block lasts.

    Raises:
        CannotDo: nothing is published yet, or it is no DuckDB file, or not with the tables that are asked for in the block.
    """
    import duckdb

    path = settings.published_file()
    if not path.exists():
        raise CannotDo(
            "Nothing is published yet. Run `leadhouse sync` first, or `leadhouse build` for what was loaded."
        )
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            yield connection
    # A query of ours that is wrong in itself is no fault of the copy.
    except (duckdb.CatalogException, duckdb.BinderException, duckdb.IOException, duckdb.InternalException) as error:
        first = str(error).splitlines()[0]
        raise CannotDo(
            f"The published copy {path} cannot be read ({first}). Run `leadhouse build` to publish it anew."
        ) from None


def rows_by_name(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    """The rows of a query, by column."""
    result = connection.execute(query)
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
