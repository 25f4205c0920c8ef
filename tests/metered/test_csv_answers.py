"""Answers that are CSV: every cell is kept as it stood, whoever wrote the file."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.metered import read_csv

HEADER = ["ID", "Full Name", "Address"]
ROW = ["1", 'Zoë "Zo" Example', "1 Ada’s Street\nMünchen €"]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-mark", "utf-16-be-mark", "utf-32", "cp1252"]
)
def test_the_same_cells_are_read_in_every_encoding(encoding: str) -> None:
    text = 'ID,Full Name,Address\r\n1,"Zoë ""Zo"" Example","1 Ada’s Street\nMünchen €"\r\n'
    if encoding.endswith("-mark"):
        body = f"\ufeff{text}".encode(encoding.removesuffix("-mark"))
    else:
        body = text.encode(encoding)
    assert read_csv(body) == {"columns": HEADER, "rows": [dict(zip(HEADER, ROW, strict=True))]}


def test_bytes_that_mean_nothing_in_windows_1252_are_kept() -> None:
    assert read_csv(b"a\r\nM\xfcnchen \x81\r\n")["rows"] == [{"a": "München \x81"}]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r"])
def test_the_separator_is_the_one_the_file_uses(separator: str, ending: str) -> None:
    lines = ("a,x", "b", "c"), ("1", 'x;y\tz,"w"', "")
    body = io.StringIO(newline="")
    csv.writer(body, delimiter=separator, lineterminator=ending).writerows(lines)
    assert read_csv(body.getvalue().encode())["rows"] == [dict(zip(*lines, strict=True))]


@pytest.mark.parametrize("hint", ["sep=;", '"sep=;"', "SEP=;"])
def test_the_separator_is_the_one_a_first_line_names(hint: str) -> None:
    assert read_csv(f"{hint}\r\na,b,c;d\r\n1;2\r\n".encode()) == {
        "columns": ["a,b,c", "d"],
        "rows": [{"a,b,c": "1", "d": "2"}],
    }


def test_a_short_row_lacks_columns_and_a_long_one_keeps_its_surplus() -> None:
    assert read_csv(b"a,b\n1\n1,2,3,4\n")["rows"] == [{"a": "1"}, {"a": "1", "b": "2", "_surplus": ["3", "4"]}]


def test_columns_without_a_name_or_with_the_same_are_told_apart() -> None:
    found = read_csv(b"a, a ,,a,column_3,_surplus,a_2\n1,2,3,4,5,6,7,8\n")
    assert found["columns"] == ["a", " a ", "", "a", "column_3", "_surplus", "a_2"]
    assert list(found["rows"][0].values()) == ["1", "2", "3", "4", "5", "6", "7", ["8"]]
    assert list(found["rows"][0]) == ["a", "a_3", "column_4", "a_4", "column_3", "_surplus_2", "a_2", "_surplus"]


@pytest.mark.parametrize("body", [b"", b"\r\n\r\n", b"\xef\xbb\xbf", b"a,b", b"a,b\r\n\r\n,\r\n"])
def test_a_file_without_a_filled_line_behind_its_header_has_no_rows(body: bytes) -> None:
    assert read_csv(body)["rows"] == []


def test_a_cell_may_be_longer_than_any_limit_of_the_csv_module() -> None:
    long = "x" * 300_000
    assert read_csv(f"a\n{long}\n".encode())["rows"] == [{"a": long}]


@pytest.mark.parametrize(
    "body",
    [
        b"<!doctype html><html><body>Please log in, thank you</body></html>",
        b"\r\n <?xml version='1.0'?>",
        b'{"message": "The export is being made"}',
        b'a,b\n1,"cut off',
        b'a,b\n1,"cut off\n2,3\n',
        "a\n1\n".encode("utf-16")[:-1],
    ],
)
def test_what_is_no_csv_or_was_cut_off_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):
        read_csv(body)


CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=6), st.sampled_from([",", ";", "\t"]))
def test_whatever_a_writer_wrote_is_read_again_character_for_character(rows: list[list[str]], separator: str) -> None:
    names = ["one", "two", "three"]
    body = io.StringIO(newline="")
    writer = csv.writer(body, delimiter=separator, quoting=csv.QUOTE_ALL)
    writer.writerows([names, *rows])
    expected = [dict(zip(names, row, strict=True)) for row in rows if any(row)]
    assert read_csv(body.getvalue().encode()) == {"columns": names, "rows": expected}
