"""Each protection against a kill, and the same scene without it: where nothing breaks, nothing was protected."""

from __future__ import annotations

import pytest

from tests.crash.scenes import WITH_DATA_TESTS, Rig, Scene

LOADED_ONLY = Scene("contactout", builds=False)
BUILT = Scene("contactout")
SECOND_DAY = Scene("contactout", day=1)

SENT = "after commit of .*requests people_search sent"
ANSWERED = "after commit of .*answers people_search"
NOT_YET_KEPT = "before commit of .*answers people_search"
EXTRACTED = r"before os\.mkdir leadhouse_contactout/load/new/\*$"
LOADED = r'after INSERT INTO "raw_contactout"\."_dlt_loads"'
"""Of a first sync, the first package creates the tables, and the second is the first to hold rows."""
NOT_YET_NOTED = r"before renaming to leadhouse_{}/load/normalized/\*/\.pending_transitions/{}\."
"""The rows are committed and dlt has not noted it, so that it loads them again."""
ONE_ROUND = {"LEADHOUSE__ANSWERS_PER_ROUND": "1000"}


def test_without_the_journals_answers_what_was_answered_is_bought_again(rig: Rig) -> None:
    rig.kill_without("replay", LOADED_ONLY, "journal", ANSWERED, "paid twice", nth=3, environment=ONE_ROUND)


def test_without_a_record_before_it_leaves_a_lost_request_is_unknown_to_nobody(rig: Rig) -> None:
    rig.kill_without("intent", LOADED_ONLY, "journal", NOT_YET_KEPT, "paid twice but what was in flight")


def test_without_a_look_at_what_was_in_flight_the_ledger_misses_what_was_charged(rig: Rig) -> None:
    rig.kill_without("unknown", LOADED_ONLY, "journal", NOT_YET_KEPT, "paid twice but what was in flight")


def test_without_the_journal_first_a_kill_loses_more_than_was_in_flight(rig: Rig) -> None:
    rig.kill_without("answer_first", LOADED_ONLY, "journal", SENT, "loses no more", nth=3, environment=ONE_ROUND)


def test_without_max_paid_in_flight_a_kill_loses_more(rig: Rig) -> None:
    stalled = {"provider": "contactout", "operation": "people_search", "times": 3, "kind": "stall", "seconds": 3}
    rig.kill_without("in_flight", LOADED_ONLY, "journal", NOT_YET_KEPT, "loses no more", fault=stalled)


def test_without_the_landed_mark_a_kill_after_the_load_is_noticed(rig: Rig) -> None:
    """Nothing is lost silently: the next sync refuses to forget what it cannot find in the warehouse's state."""
    rig.kill_without("landed_mark", LOADED_ONLY, "warehouse", LOADED, "has gone past it without loading it", nth=2)


def test_without_finishing_a_half_landed_round_answers_are_lost(rig: Rig) -> None:
    rig.kill_without(
        "finish_landing", LOADED_ONLY, "warehouse", LOADED, "that of an undisturbed run|finishes it|paid twice", nth=2
    )


def test_without_draining_what_was_extracted_never_lands(rig: Rig) -> None:
    rig.kill_without("drain", LOADED_ONLY, "package", EXTRACTED, "has gone past it without loading it", nth=2)


@pytest.mark.parametrize(("making", "nth"), [("load", 1), ("schemas", 2)])
def test_without_making_what_dlt_had_begun_to_make_no_later_sync_gets_through(rig: Rig, making: str, nth: int) -> None:
    writing = rf"after opening leadhouse_books/{making}/\*"
    rig.kill_without("half_created", LOADED_ONLY, "package", writing, "the next sync finishes it", nth=nth)


def test_without_clearing_what_dlt_was_deleting_no_later_sync_gets_through(rig: Rig) -> None:
    deleting = r"before os\.remove leadhouse_contactout/normalize/extracted/\*/schema\.json"
    rig.kill_without("half_deleted", LOADED_ONLY, "package", deleting, "the next sync finishes it", nth=2)


def test_without_filing_what_dlt_had_loaded_no_later_sync_gets_through(rig: Rig) -> None:
    filing = r"before renaming to leadhouse_contactout/load/loaded/\*"
    rig.kill_without("half_filed", LOADED_ONLY, "package", filing, "the next sync finishes it", nth=2)


def test_without_bodies_until_they_have_landed_answers_cannot_be_put_together_again(rig: Rig) -> None:
    rig.kill_without("bodies_stay", LOADED_ONLY, "package", EXTRACTED, "raw is that of an undisturbed run", nth=2)


def test_without_one_row_per_id_a_record_that_was_loaded_twice_counts_twice(rig: Rig) -> None:
    loaded = NOT_YET_NOTED.format("contactout", "people")
    rig.kill_without("staging_once", BUILT, "package", loaded, "the marts are", nth=2)


def test_without_one_row_per_request_credits_count_twice(rig: Rig) -> None:
    loaded = NOT_YET_NOTED.format("books", "request_credits")
    rig.kill_without("books_once", BUILT, "package", loaded, "the marts are", nth=2)


def test_without_one_entry_per_value_no_later_build_passes_its_tests(rig: Rig) -> None:
    """The marts would take it: survivorship takes one row of many. The data tests would not."""
    loaded = NOT_YET_NOTED.format("dictionaries", "title")
    rig.kill_without("dictionary_once", BUILT, "package", loaded, r"code=5", nth=2, environment=WITH_DATA_TESTS)


def test_without_the_latest_assignment_a_record_that_was_assigned_twice_counts_twice(rig: Rig) -> None:
    loaded = NOT_YET_NOTED.format("identity", "assignments")
    rig.kill_without("identity_once", BUILT, "package", loaded, "the marts are", nth=2)


REPLACED = r"(before renaming to|after opening) published/leadhouse\.duckdb$"


def test_without_replacing_in_one_step_analysts_find_half_a_copy(rig: Rig) -> None:
    rig.kill_without("atomic_publish", SECOND_DAY, "publish", REPLACED, "the published copy")


def test_without_clearing_up_half_written_copies_pile_up(rig: Rig) -> None:
    rig.kill_without("leftovers", SECOND_DAY, "publish", REPLACED, "nothing unfinished is left")
