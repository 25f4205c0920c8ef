"""Every resource of every source keeps the same promises; see `promises.py` for each, and `docs/acceptance.md`."""

from __future__ import annotations

import os

import pytest

from tests.acceptance import promises
from tests.acceptance.promises import Bench

VOLUME = int(os.environ.get("VOLUME", "20000"))


@pytest.mark.promise("schema")
def test_every_record_has_a_key_and_every_declared_field_comes_and_is_described(rich_bench: Bench) -> None:
    promises.check_schema(rich_bench)


@pytest.mark.promise("full read")
def test_two_readings_hold_the_same_records(bench: Bench) -> None:
    promises.check_full_read(bench)


@pytest.mark.promise("incremental")
def test_what_is_new_is_asked_for_alone_and_nothing_of_it_is_missed(rich_bench: Bench) -> None:
    promises.check_incremental(rich_bench)


@pytest.mark.promise("changes")
def test_what_happens_to_a_result_between_two_pages_costs_no_other_record_or_is_said(bench: Bench) -> None:
    promises.check_changes(bench)


@pytest.mark.promise("empty day")
def test_a_day_on_which_nothing_happened_costs_its_first_page_at_most(bench: Bench) -> None:
    promises.check_empty_day(bench)


@pytest.mark.promise("states")
def test_a_sync_can_start_from_wherever_another_one_stopped(bench: Bench) -> None:
    promises.check_states(bench)


@pytest.mark.promise("backfill")
def test_a_period_read_on_request_equals_the_same_period_read_as_new(bench: Bench) -> None:
    promises.check_backfill(bench)


@pytest.mark.promise("pages")
def test_any_page_size_holds_the_same_records_in_exactly_the_requests_it_takes(bench: Bench) -> None:
    promises.check_pages(bench)


@pytest.mark.promise("money")
def test_what_is_charged_is_the_price_and_in_the_ledger_and_nothing_is_bought_twice(bench: Bench) -> None:
    promises.check_money(bench)


@pytest.mark.promise("volume", once=True)
def test_however_many_records_there_are_reading_them_takes_no_more_memory(bench: Bench) -> None:
    promises.check_volume(bench, VOLUME)


@pytest.mark.promise("lossless")
def test_every_answer_is_put_together_again_from_raw(bench: Bench) -> None:
    promises.check_lossless(bench)
