"""The error tables, line by line, and for each line the orders at the sandbox that provoke it and no earlier one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import FieldNode, TypeInfo, TypeInfoVisitor, Visitor, parse, visit

from leadhouse.catalogue import SOURCES
from leadhouse.settings import Settings
from sources.leadiq import documents
from sources.leadiq.api import NEEDED
from sources.metered import ErrorRule, Problem, Question
from sources.metered.errors import EVERYWHERE, UNRECORDED, look_up

ADDRESS = "jane.roe@example.com"
KEYS: Mapping[str, tuple[str, ...]] = {
    "leadiq": ("sandbox-leadiq-key", "c2FuZGJveC1sZWFkaXEta2V5Og=="),
    "contactout": ("sandbox-contactout-token",),
    "letrics": ("sandbox-letrics-key",),
}
"""Each provider's key in every form in which it is sent."""

PHRASES = (
    "This was not done",
    "You're out of credits, please ask your sales manager",
    "Cannot query field '{field}' on type '{type}'.",
    "The cursor has expired.",
    'Unknown argument "contactFilter" on field "flatAdvancedSearch".',
)
"""Providers' words that lines of the tables look for; a line that none of them matches needs another here."""

ELSEWHERE = "http://elsewhere.example/v1"
STALLED_SECONDS = 2.0
"""How long a stalled answer is held back; a request that meets it must be less patient."""

CONNECTIONS: Mapping[str, tuple[dict[str, Any], ...]] = {
    "redirect": (
        {"kind": "redirect", "location": ELSEWHERE},
        {"kind": "redirect", "location": ELSEWHERE, "status": 307},
    ),
    "timeout": ({"kind": "stall", "seconds": STALLED_SECONDS},),
    "reset": ({"kind": "reset"}, {"kind": "truncate"}),
    "not_json": ({"kind": "html"}, {"kind": "malformed"}),
    "not_csv": ({"kind": "html"}, {"kind": "body", "body": {"message": "The export is being made"}}),
}
"""Faults by the kind of problem; `connect` has none, since nobody is there to answer (see `Gate`)."""


@dataclass(frozen=True)
class Line:
    """One line of a provider's table."""

    source: str
    number: int
    rule: ErrorRule

    def __str__(self) -> str:
        rule = self.rule
        status = f"{rule.status[0]}-{rule.status[-1]}" if isinstance(rule.status, range) else rule.status
        told = status if rule.kind == "status" and status is not None else rule.kind
        return f"{self.number:02d}_{told}_{rule.action}" + ("_worded" if rule.message else "")


@dataclass(frozen=True)
class Order:
    """One way to provoke a line: a fault of the sandbox; without one, a connection that cannot be made."""

    name: str
    fault: Mapping[str, Any] | None
    words: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


def lines(source: str, question: Question | None = None) -> list[Line]:
    """Every line that a provider's problems can meet, or those of one question, in the order in which they are tried."""
    errors = SOURCES[source].provider(Settings()).errors
    rules = (*errors, *EVERYWHERE, UNRECORDED)
    other = {"json": "not_csv", "csv": "not_json"}[question.reads] if question else None
    return [Line(source, number, rule) for number, rule in enumerate(rules) if rule.kind != other]


def orders(line: Line, question: Question) -> list[Order]:
    """What provokes a line: at least one order, or the table has a line that nobody has ever seen at work."""
    if line.rule.kind == "status":
        found = list(_statuses(line, question))
    elif line.rule.kind == "connect":
        found = [Order("nobody is there", None)]
    else:
        found = [Order(str(one["kind"]), one) for one in CONNECTIONS.get(line.rule.kind, ())]
    return [_charging(order, line.rule) for order in found]


def _charging(order: Order, rule: ErrorRule) -> Order:
    """What may be charged is charged: the ledger must then say no less."""
    if order.fault is None:
        return order
    return Order(order.name, {**order.fault, "charge": rule.may_charge}, order.words, order.headers)


def _statuses(line: Line, question: Question) -> Iterator[Order]:
    rule, errors = line.rule, SOURCES[line.source].provider(Settings()).errors
    for phrase in PHRASES:
        # What a provider may let slip, and no sentence, ledger or journal may repeat.
        words = f"{_filled(phrase, question)} (asked by {ADDRESS} with {' or '.join(KEYS[line.source])})"
        hits = [
            status
            for status in range(400, 600)
            if look_up(errors, Problem("status", status, words))[0] is rule
            and _can_be_meant(rule, status)
            # What is not found is an answer to such a question, and no line of the table.
            and not (question.may_be_missing and status in (404, 410))
        ]
        if not hits:
            continue
        for status in dict.fromkeys((hits[0], hits[-1])):
            for form in (status,) if question.server else (status, 200):
                body = {"message": words} if question.server else refusal(line.source, status, words, form == 200)
                name = f"{status}" if form == status else f"{status} inside a 200"
                yield Order(name, {"kind": "status", "status": form, "body": body}, words)
        return


def _can_be_meant(rule: ErrorRule, status: int) -> bool:
    return not isinstance(rule.status, int) or rule.status == status


def refusal(source: str, status: int, words: str, inside: bool = False) -> dict[str, Any]:
    """An error in a provider's form; `inside` an answer whose own status is 200."""
    if source == "leadiq":
        extensions = {"extensions": {"response": {"status": status}}} if inside else {}
        return {"errors": [{"message": words, **extensions}], "data": None}
    if source == "contactout":
        return {"status_code": status, "message": words}
    if source == "letrics":
        return {"errors": [{"id": "refused", "code": status, "details": words}]}
    raise AssertionError(f"the form of {source}'s errors is not known here: add it")


def _filled(phrase: str, question: Question) -> str:
    if "{field}" not in phrase:
        return phrase
    kind, name = an_output_field(question)
    return phrase.format(field=name, type=kind)


def an_output_field(question: Question) -> tuple[str, str]:
    """(type, field) of something that a GraphQL question selects and could do without; anything for another question."""
    query = (question.body or {}).get("query")
    if not query:
        return "Nothing", "nothing"
    info = TypeInfo(documents.schema())
    leaves: list[tuple[bool, str, str]] = []
    above: list[str] = []

    class Leaves(Visitor):
        def enter_field(self, node: FieldNode, *_: Any) -> None:
            parent = info.get_parent_type()
            names = {node.name.value, f"{parent.name}.{node.name.value}"} if parent is not None else set()
            if node.selection_set is None and parent is not None and not names & {*NEEDED, "id", "cursor"}:
                leaves.append((above[-1:] == ["node"], parent.name, node.name.value))
            above.append(node.name.value)

        def leave_field(self, node: FieldNode, *_: Any) -> None:
            above.pop()

    visit(parse(str(query)), TypeInfoVisitor(info, Leaves()))
    _, kind, name = max(leaves, key=lambda leaf: leaf[0])
    return kind, name
