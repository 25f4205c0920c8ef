"""Every line of every error table, for every resource: the cases are made from the tables and the catalogue.

A line that no fault provokes fails here, and so does an action nobody said what to expect of: a new line, or a new
resource, brings its cases by being listed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from leadhouse.catalogue import SOURCES
from leadhouse.failures import Exit
from sources.metered import Action, ErrorRule, Question, StopKind
from sources.paging import Walk
from tests.desk import Desk, Resource, Undisturbed, first_question, resources, settings
from tests.faults.checks import Case, check_line, check_money, check_said, passes_and_stays
from tests.faults.lines import Line, Order, lines, orders


def _walk(resource: Resource) -> Walk:
    walks = SOURCES[resource.source].walks(settings(resource.account))
    return next(walk for walk in walks if walk.resource == resource.name)


def _question(resource: Resource) -> Question:
    return first_question(_walk(resource))


def _is_one_request(resource: Resource) -> bool:
    """A meter or a file is read with its first answer; everything else has a second."""
    walk = _walk(resource)
    return walk.forecast.requests == 1 or "volume" in walk.cannot


def _moments(resource: Resource, rule: ErrorRule) -> list[tuple[int, bool]]:
    """Those of `passes_and_stays` that come while a resource is read."""
    is_one_request = _is_one_request(resource)
    return [(skip, passes) for skip, passes in passes_and_stays(rule) if not (skip and is_one_request)]


def _cases() -> Iterator[Any]:
    charged = {one.name for one in resources() if one.account == "paid"}
    for number, resource in enumerate(resources()):
        question = _question(resource)
        for line in lines(resource.source, question):
            ways = orders(line, question)
            moments = _moments(resource, line.rule)
            for turn, (skip, passes) in enumerate(moments):
                # Each way is taken somewhere: another for each resource and moment.
                order = ways[(number + turn) % len(ways)] if ways else None
                if resource.account == "free" and resource.name in charged and turn != number % min(2, len(moments)):
                    continue
                when = f"{'first' if skip == 0 else 'later'}_{'passes' if passes else 'stays'}"
                yield pytest.param(resource, line, order, skip, passes, id=f"{resource}-{line}-{when}")


@pytest.mark.parametrize("source", SOURCES)
def test_every_line_of_a_table_can_be_provoked(source: str) -> None:
    for resource in resources():
        if resource.source == source:
            question = _question(resource)
            unseen = [str(line) for line in lines(source, question) if not orders(line, question)]
            assert unseen == [], "lines without a fault: give them words in PHRASES or a fault in CONNECTIONS"


def test_every_resource_of_every_source_is_put_to_the_test() -> None:
    for name, source in SOURCES.items():
        tested = {one.name for one in resources() if one.source == name}
        assert tested == {walk.resource for walk in source.walks(settings("paid"))}
        assert len(tested) > 1


WHAT_TO_DO = re.compile(
    r"\b(correct|check|put|create|run the sync again|is wrong|are not followed|rate limit is reached)\b|\{message\}"
)
"""Imperatives and causes; or the provider's own words. A wait is told with its seconds and the advice to run again."""


def _sentences() -> Iterator[Any]:
    told = {line.rule.sentence: line for name in SOURCES for line in lines(name)}
    for line in told.values():
        if line.rule.action is not Action.NOTHING_FOUND:
            yield pytest.param(line, id=f"{line.source}-{line}")


@pytest.mark.parametrize("line", _sentences())
def test_a_lines_sentence_says_what_to_do_or_what_the_provider_said(line: Line) -> None:
    # Of a connection the message is the name of an exception: no provider's words.
    sentence = line.rule.sentence
    said = sentence if line.rule.kind == "status" else sentence.replace("{message}", "")
    assert WHAT_TO_DO.search(said), sentence


@pytest.mark.promise("faults")
@pytest.mark.parametrize(("resource", "line", "order", "skip", "passes"), _cases())
def test_a_fault_ends_as_its_line_says_and_the_next_sync_completes_it(
    resource: Resource,
    line: Line,
    order: Order,
    skip: int,
    passes: bool,
    desks: Callable[[Resource], Desk],
    whole: Callable[[Resource], Undisturbed],
) -> None:
    undisturbed = whole(resource)
    assert (len(undisturbed.pages) == 1) == _is_one_request(resource), "a fault would come too late, or never later"
    check_line(desks(resource), Case(line, order, skip, passes), undisturbed)


def _probes() -> Iterator[Any]:
    """Lines met by the free request that finds out the form of a key."""
    for resource in resources():
        provider = SOURCES[resource.source].provider(settings(resource.account))
        if provider.probe is None or resource.account == "paid":
            continue
        for line in lines(resource.source, provider.probe):
            ways = orders(line, provider.probe)
            for skip, passes in ((0, True), (0, False)):
                case = Case(line, ways[0], skip, passes)
                yield pytest.param(resource, case, id=f"{resource}-{line}-{'passes' if passes else 'stays'}")
        return


@pytest.mark.parametrize(("resource", "case"), _probes())
def test_a_fault_of_the_request_that_finds_a_keys_form_is_no_other(
    resource: Resource, case: Case, strange_desks: Callable[[Resource], Desk], whole: Callable[[Resource], Undisturbed]
) -> None:
    undisturbed, desk = whole(resource), strange_desks(resource)
    case.provoke(desk)
    visit = desk.sync(**case.limits())
    stop = visit.stop()
    if stop is not None:
        check_said(stop, {StopKind.FAILED, StopKind.NO_CREDITS})
        assert not visit.proven
    else:
        assert [one.key for one in visit.kept] == [one.key for one in undisturbed.kept]
    desk.no_faults()
    desk.later()
    final = desk.sync()
    assert (final.stops, final.exit_code) == ({}, Exit.COMPLETE)
    assert {one.key for one in final.kept} == {one.key for one in undisturbed.kept}
    check_money(desk, undisturbed)
