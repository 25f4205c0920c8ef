"""LeadIQ's GraphQL API, executed for real."""

from __future__ import annotations

import base64
import datetime as dt
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLResolveInfo,
    OperationDefinitionNode,
    OperationType,
    execute_sync,
    parse,
    validate,
)

from sandbox.exchange import Answer, Asked, Operation, Place
from sandbox.leadiq.schema import load_schema
from sandbox.leadiq.tracking import Tracking
from sandbox.settings import LEADIQ_KEY
from sandbox.world import World

AUTHORIZATION = "Basic " + base64.b64encode(f"{LEADIQ_KEY}:".encode()).decode()
UNIVERSAL_CREDITS = 10_000
DATA_HUB_CREDITS = 5_000
USAGE_CAPS = {"page": 1000, "exact_match": 5000, "premium_mobile": None}
# Reference of contact tracking, Common Error Status Codes; 500 is the guide's, Error handling.
DOCUMENTED = {
    400: "Bad request.",
    401: "API token is incorrect or absent.",
    402: "You have run out of credits. Please contact LeadIQ support team.",
    429: "This means you are making too many requests. You should throttle your requests.",
    500: "Server error — contact support if persistent",
}

SCHEMA = load_schema()


class LeadIQ:
    """The ``/leadiq`` endpoint over one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        # No limit is documented; what comes is measured all the same.
        self._window = world.rates.window("leadiq", "default", None)
        self.tracking = Tracking(world.population)
        self._root = {
            "account": self._account,
            "contactTrackingBalance": self._contact_tracking_balance,
            "trackedCompanies": self._tracked_companies,
            "trackedContacts": self._tracked_contacts,
            "usage": self._usage,
        }

    def operations(self) -> list[Operation]:
        """This provider's table of routes."""
        return [Operation("leadiq", "graphql", "POST", "/leadiq/graphql", self.answer, self.refuse)]

    def refuse(self, status: int, message: str | None) -> Answer | None:
        """The refusal with this message, or the one that LeadIQ documents for the status."""
        message = message or DOCUMENTED.get(status)
        return None if message is None else self._refuse(Refusal.because(status, message))

    def answer(self, asked: Asked) -> Answer:
        """Check the key, then the query against the schema, then execute it."""
        question = read_question(asked)
        if not isinstance(question, Refusal) or question.status != 401:
            self._window.refused_for()
        if isinstance(question, Refusal):
            return self._refuse(question)
        heard = Heard(asked)
        result = execute_sync(
            SCHEMA,
            question.document,
            root_value=self._root,
            context_value=heard,
            variable_values=question.variables,
            operation_name=question.operation_name,
        )
        if result.errors:
            return self._refuse(Refusal(400, result.errors, question.field))
        data = result.data or {}
        first_record, page_info = _places(data)
        return Answer(
            200,
            {"data": result.data},
            records=sum(map(_records, data.values())),
            operation=question.field,
            first_record=first_record,
            page_info=page_info,
            after_cursor=bool(heard.cursors),
        )

    def _refuse(self, refusal: Refusal) -> Answer:
        status = 200 if self._world.settings.leadiq_errors == "200" else refusal.status
        return Answer(status, refusal.body(), operation=refusal.field)

    def _account(self, _info: GraphQLResolveInfo[Any]) -> dict[str, Any]:
        renewal = f"{self._world.calendar.first_of_next_month().isoformat()}T00:00:00.000Z"
        plan = {"name": "Sandbox Scale", "product": "LeadIQ", "status": "Active", "nextBillingPeriod": renewal}
        month = self._world.calendar.month

        def metered(name: str, product: str, credit: str, allowance: int) -> dict[str, Any]:
            return {
                "name": name,
                "product": product,
                "status": "Active",
                "nextBillingPeriod": renewal,
                "available": self._quota(credit, allowance),
                "used": self._world.books.charged("leadiq", credit, month),
            }

        return {
            "plans": [plan],
            "dataHubPlan": metered("Data Hub", "LeadIQ", "data_hub", DATA_HUB_CREDITS),
            "universalPlan": metered("Universal Credits", "API", "uc", UNIVERSAL_CREDITS),
        }

    def _contact_tracking_balance(self, _info: GraphQLResolveInfo[Any]) -> dict[str, int]:
        used, most = self.tracking.contacts_tracked, self._tracking_credits
        return {"alreadyUsed": used, "balance": used, "remaining": most - used, "maxCredits": most}

    def _tracked_companies(
        self, info: GraphQLResolveInfo[Heard], first: int | None = None, after: str | None = None
    ) -> dict[str, Any]:
        if after is not None:
            info.context.cursors.append(after)
        changes = info.context.asked.changes("trackedCompanies")
        edges, page_info = self.tracking.companies_page(self._world.calendar.today, first, after, changes)
        return {"edges": edges, "pageInfo": page_info}

    def _tracked_contacts(
        self,
        info: GraphQLResolveInfo[Heard],
        limit: int,
        cursor: str | None = None,
        importId: str | None = None,
        detectedAfter: dt.date | None = None,
        uniqueOnly: bool | None = None,
    ) -> dict[str, Any]:
        if cursor is not None:
            info.context.cursors.append(cursor)
        changes = info.context.asked.changes("trackedContacts")
        page, page_info = self.tracking.contacts_page(
            self._world.calendar.today, limit, cursor, importId, detectedAfter, bool(uniqueOnly), changes
        )
        used = self.tracking.contacts_tracked
        return {
            "edges": [{"cursor": event.cursor, "node": event.node} for event in page],
            "pageInfo": page_info,
            "isProcessing": False,
            "totalSubscriptionContactsUsed": used,
            "totalSubscriptionContactsRemaining": self._tracking_credits - used,
        }

    def _usage(self, _info: GraphQLResolveInfo[Any]) -> dict[str, Any]:
        month = self._world.calendar.month

        def row(name: str, usage_type: str, credit_type: str, credit: str) -> dict[str, Any]:
            cap = self._quota(credit, USAGE_CAPS[credit])
            return {
                "name": name,
                "usageType": usage_type,
                "creditType": credit_type,
                # A unit begun is a unit: the schema knows whole ones only.
                "units": math.ceil(self._world.books.charged("leadiq", credit, month)),
                "cap": None if cap is None else math.floor(cap),
                "billingType": "Prepaid" if cap is not None else "Postpaid",
            }

        return {
            "planUsage": [
                row("AdvancedSearch", "Standard", "Page", "page"),
                row("Contact", "Standard", "ExactMatch", "exact_match"),
                row("PremiumMobilePhone", "Premium", "PremiumMobile", "premium_mobile"),
            ],
            "trialUsage": [],
            "subscription": {"status": "Active"},
        }

    def _quota(self, credit: str, plan: int | None) -> float | None:
        quota = self._world.settings.quota("leadiq", credit)
        return plan if quota is None else quota

    @property
    def _tracking_credits(self) -> int:
        return max(1000, 2 * self.tracking.contacts_tracked)


@dataclass(frozen=True, slots=True)
class Heard:
    """A request while its query is executed, and the cursors it turned out to carry."""

    asked: Asked
    cursors: list[str] = field(default_factory=list)


class Refusal:
    """Why a question is not answered, with the status LeadIQ gives it."""

    def __init__(self, status: int, errors: Sequence[GraphQLError], field: str | None = None) -> None:
        self.status = status
        self.field = field
        self._errors = errors

    @classmethod
    def because(cls, status: int, message: str) -> Refusal:
        """A refusal with one error of our own wording."""
        return cls(status, [GraphQLError(message)])

    def body(self) -> dict[str, Any]:
        """The GraphQL error body; ``extensions.response.status`` repeats the status for those who get it as 200."""
        extensions = {"response": {"status": self.status}}
        return {
            "errors": [{**error.formatted, "extensions": extensions} for error in self._errors],
            "data": None,
        }


class Question:
    """A query that fits the schema, and the root field it is booked under."""

    def __init__(self, document: DocumentNode, operation_name: str | None, variables: dict[str, Any]) -> None:
        self.document = document
        self.operation_name = operation_name
        self.variables = variables
        self.field = root_field(document, operation_name)


def read_question(asked: Asked) -> Question | Refusal:
    """Authenticate a request and read its query, or say why not."""
    if asked.headers.get("authorization") != AUTHORIZATION:
        return Refusal.because(401, "The API key is missing or not valid.")
    try:
        body = json.loads(asked.body)
    except ValueError:
        return Refusal.because(400, "The body is not JSON.")
    query = body.get("query") if isinstance(body, dict) else None
    variables = body.get("variables") if isinstance(body, dict) else None
    name = body.get("operationName") if isinstance(body, dict) else None
    if not isinstance(query, str) or not isinstance(variables or {}, dict) or not isinstance(name, str | None):
        return Refusal.because(400, "The body needs a query, and variables only as an object.")
    document, errors = _document(query)
    if document is None:
        return Refusal(400, errors)
    return Question(document, name, variables or {})


@lru_cache(maxsize=256)
def _document(query: str) -> tuple[DocumentNode | None, tuple[GraphQLError, ...]]:
    """Parse and validate: the same documents come again and again."""
    try:
        document = parse(query)
    except GraphQLError as error:
        return None, (error,)
    errors = tuple(validate(SCHEMA, document))
    return (None, errors) if errors else (document, ())


def root_field(document: DocumentNode, operation_name: str | None) -> str | None:
    """The first root field of the operation: what a request is booked under."""
    for definition in document.definitions:
        if not isinstance(definition, OperationDefinitionNode) or definition.operation is not OperationType.QUERY:
            continue
        if operation_name is not None and (definition.name is None or definition.name.value != operation_name):
            continue
        for selection in definition.selection_set.selections:
            if isinstance(selection, FieldNode):
                return selection.name.value
    return None


def _records(value: Any) -> int:
    if isinstance(value, Mapping) and "edges" in value:
        return len(value["edges"])
    return 1


def _places(data: Mapping[str, Any]) -> tuple[Place | None, Place | None]:
    """Where the first record and the ``pageInfo`` of the first root field stand."""
    key, value = next(iter(data.items()), (None, None))
    if key is None or not isinstance(value, Mapping):
        return None, None
    at: Place = ("data", key)
    page_info = (*at, "pageInfo") if "pageInfo" in value else None
    if "edges" not in value:
        return (None if page_info else at), page_info
    if not value["edges"]:
        return None, page_info
    edge = (*at, "edges", 0)
    return ((*edge, "node") if "node" in value["edges"][0] else edge), page_info
