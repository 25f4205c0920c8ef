"""LeadIQ's GraphQL API, executed for real."""

from __future__ import annotations

import base64
import datetime as dt
import json
import math
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
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
from sandbox.leadiq.account import Account
from sandbox.leadiq.knowledge import (
    Knowledge,
    KnownCompany,
    KnownPerson,
    companies_after,
    people_after,
    written,
)
from sandbox.leadiq.orders import Heard, Orders, OutOfCredits, named_person, task_node
from sandbox.leadiq.prices import Counter
from sandbox.leadiq.prospector import Prospector
from sandbox.leadiq.schema import load_schema
from sandbox.leadiq.search import (
    PAGE_SIZE,
    Group,
    advanced,
    companies_matching,
    grouped,
    page_of,
    people_matching,
    shown,
)
from sandbox.leadiq.tracking import Tracking
from sandbox.settings import LEADIQ_KEY, LeadIQGeneration
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


class LeadIQ:
    """The ``/leadiq`` endpoint over one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        # No limit is documented; what comes is measured all the same.
        self._window = world.rates.window("leadiq", "default", None)
        self.tracking = Tracking(world.population, world.books, world.till)
        self.knowledge = Knowledge(world.population)
        self.account = Account()
        self._prospector = Prospector(world, self.knowledge, self._window, lambda: self.account, self._become)
        first = self._prospector.first_list()
        self.account.lists[first.id] = first
        task = self.tracking.first_task(world.calendar.today, self.account)
        self.account.tasks[task.id] = task
        self._root = {
            "account": self._account,
            "companyTrackingTask": self._company_tracking_task,
            "contactTrackingBalance": self._contact_tracking_balance,
            "flatAdvancedSearch": self._flat_advanced_search,
            "groupedAdvancedSearch": self._grouped_advanced_search,
            "regeneratedTime": self._regenerated_time,
            "searchCompany": self._search_company,
            "searchPeople": self._search_people,
            "trackedCompanies": self._tracked_companies,
            "trackedContacts": self._tracked_contacts,
            "usage": self._usage,
            **Orders(world, self.tracking, self.knowledge).resolvers,
        }

    def operations(self) -> list[Operation]:
        """This provider's table of routes."""
        graphql = Operation("leadiq", "graphql", "POST", "/leadiq/graphql", self.answer, self.refuse)
        return [graphql, *self._prospector.operations()]

    def refuse(self, status: int, message: str | None) -> Answer | None:
        """The refusal with this message, or the one that LeadIQ documents for the status."""
        message = message or DOCUMENTED.get(status)
        return None if message is None else self._refuse(Refusal.because(status, message))

    def answer(self, asked: Asked) -> Answer:
        """Check the key, then the query against the schema, then execute it; a mutation works on a copy."""
        generation = self._world.settings.leadiq_generation
        question = read_question(asked, generation)
        if not isinstance(question, Refusal) or question.status != 401:
            self._window.refused_for()
        if isinstance(question, Refusal):
            return self._refuse(question)
        heard = Heard(asked, self.account.copy() if question.is_mutation else self.account)
        counter = Counter()
        result = execute_sync(
            load_schema(generation),
            question.document,
            root_value=self._root,
            context_value=heard,
            variable_values=question.variables,
            operation_name=question.operation_name,
            field_resolver=counter.resolve,
        )
        if result.errors:
            out_of_credits = any(isinstance(error.original_error, OutOfCredits) for error in result.errors)
            return self._refuse(Refusal(402 if out_of_credits else 400, result.errors, question.field))
        data = result.data or {}
        first_record, page_info = _places(data)
        return Answer(
            200,
            {"data": result.data},
            records=sum(map(_records, data.values())) if heard.records is None else heard.records,
            credits=self._credits(question.field, counter.credits, heard),
            operation=question.field,
            first_record=first_record,
            page_info=page_info,
            after_cursor=bool(heard.cursors),
            takes_effect=partial(self._become, heard.account) if question.is_mutation else None,
        )

    def _become(self, account: Account) -> None:
        self.account = account

    def _credits(self, field: str | None, found: float, heard: Heard) -> dict[str, float]:
        """What an answer costs; a price of its own for universal credits is one per record, not per data point."""
        charged = {"uc": found, "tracking": heard.tracked}
        return {
            credit: amount
            for credit, amount in charged.items()
            if amount and (credit != "uc" or f"leadiq.{field}.uc" not in self._world.till.charges)
        }

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
        used, most = self._contacts_used(self.account), self.tracking.most_contacts
        return {"alreadyUsed": used, "balance": used, "remaining": most - used, "maxCredits": most}

    def _contacts_used(self, account: Account) -> int:
        return self.tracking.contacts_used(self._world.calendar.today, account)

    def _company_tracking_task(
        self, info: GraphQLResolveInfo[Heard], id: str, uniqueOnly: bool | None = None
    ) -> dict[str, Any] | None:
        task = info.context.account.tasks.get(id)
        if task is None or task.created_on > self._world.calendar.today:
            return None
        return task_node(self.tracking, task, self._world.calendar.today, bool(uniqueOnly))

    def _people_found(self, info: GraphQLResolveInfo[Heard], wanted: dict[str, Any]) -> list[KnownPerson]:
        return advanced(self.knowledge.people_on(self._world.calendar.today), wanted)

    def _flat_advanced_search(self, info: GraphQLResolveInfo[Heard], input: dict[str, Any]) -> dict[str, Any]:
        changes = info.context.asked.changes("flatAdvancedSearch")
        found = people_after(self._people_found(info, input), changes)
        page = page_of(found, input)
        info.context.count(len(page))
        return {"totalPeople": len(found), "people": [known.flat for known in page]}

    def _grouped_advanced_search(self, info: GraphQLResolveInfo[Heard], input: dict[str, Any]) -> dict[str, Any]:
        changes = info.context.asked.changes("groupedAdvancedSearch")
        groups = grouped(self._people_found(info, input), input)
        people = {group.company.company.truth_id: group.people for group in groups}
        companies = companies_after([group.company for group in groups], changes)
        found = [Group(company, people[company.company.truth_id]) for company in companies]
        page, limit = page_of(found, input), input.get("limitPerCompany")
        given = [(group, page_of(group.people, {"limit": limit})) for group in page]
        info.context.count(sum(len(members) for _, members in given))
        return {
            "totalCompanies": len(found),
            "companies": [
                {
                    "company": group.company.flat,
                    "people": [known.flat for known in members],
                    "totalContactsInCompany": len(group.people),
                }
                for group, members in given
            ],
        }

    def _search_people(self, info: GraphQLResolveInfo[Heard], input: dict[str, Any]) -> dict[str, Any]:
        people = people_matching(self.knowledge.people_on(self._world.calendar.today), input)
        found = people_after(people, info.context.asked.changes("searchPeople"))
        return self._results(info, found, input, [shown(known, input) for known in page_of(found, input)])

    def _search_company(self, info: GraphQLResolveInfo[Heard], input: dict[str, Any]) -> dict[str, Any]:
        companies = companies_matching(self.knowledge.companies_on(self._world.calendar.today), input)
        found: list[KnownCompany] = companies_after(companies, info.context.asked.changes("searchCompany"))
        # Its input has neither skip nor limit: whoever is called by many names gets a page of companies.
        return self._results(info, found, {}, [known.info for known in found[:PAGE_SIZE]])

    def _results(
        self, info: GraphQLResolveInfo[Heard], found: Sequence[Any], wanted: Mapping[str, Any], page: list[Any]
    ) -> dict[str, Any]:
        info.context.count(len(page))
        more = (wanted.get("skip") or 0) + len(page) < len(found)
        return {"totalResults": len(found), "hasMore": more and bool(page), "results": page}

    def _regenerated_time(self, info: GraphQLResolveInfo[Heard], input: dict[str, Any]) -> dict[str, Any]:
        today, dice = self._world.calendar.today, self._world.population.dice
        known = named_person(self.knowledge.people_on(today), input)
        if known is None:
            return {"time": None}
        person_id = known.record["id"]
        done = [day for day in info.context.account.regenerated.get(person_id, ()) if day < today]
        if done:
            return {"time": written(done[-1] + dt.timedelta(days=1))}
        before = self._world.population.start - dt.timedelta(days=1 + dice.below(300, "regenerated", person_id))
        return {"time": written(before) if dice.chance(0.5, "was regenerated", person_id) else None}

    def _tracked_companies(
        self, info: GraphQLResolveInfo[Heard], first: int | None = None, after: str | None = None
    ) -> dict[str, Any]:
        if after is not None:
            info.context.cursors.append(after)
        changes = info.context.asked.changes("trackedCompanies")
        edges, page_info = self.tracking.companies_page(
            self._world.calendar.today, info.context.account, first, after, changes
        )
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
            self._world.calendar.today,
            info.context.account,
            limit,
            cursor,
            importId,
            detectedAfter,
            bool(uniqueOnly),
            changes,
        )
        used = self._contacts_used(info.context.account)
        return {
            "edges": [{"cursor": event.cursor, "node": event.node} for event in page],
            "pageInfo": page_info,
            "isProcessing": info.context.account.is_processing(importId, self._world.calendar.today),
            "totalSubscriptionContactsUsed": used,
            "totalSubscriptionContactsRemaining": self.tracking.most_contacts - used,
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
            # A trial that was over before the plan began.
            "trialUsage": [
                {
                    "name": "API",
                    "usageType": "Standard",
                    "creditType": "ExactMatch",
                    "units": 50,
                    "cap": 50,
                    "billingType": "FreeCredits",
                }
            ],
            "subscription": {"status": "Active"},
        }

    def _quota(self, credit: str, plan: int | None) -> float | None:
        quota = self._world.till.quota("leadiq", credit)
        return plan if quota is None else quota


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
    """A query or mutation that fits the schema, and the root field it is booked under."""

    def __init__(self, document: DocumentNode, operation_name: str | None, variables: dict[str, Any]) -> None:
        self.document = document
        self.operation_name = operation_name
        self.variables = variables
        operation = operation_of(document, operation_name)
        self.is_mutation = operation is not None and operation.operation is OperationType.MUTATION
        self.field = root_field(operation)


def read_question(asked: Asked, generation: LeadIQGeneration) -> Question | Refusal:
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
    document, errors = _document(query, generation)
    if document is None:
        return Refusal(400, errors)
    return Question(document, name, variables or {})


@lru_cache(maxsize=256)
def _document(query: str, generation: LeadIQGeneration) -> tuple[DocumentNode | None, tuple[GraphQLError, ...]]:
    """Parse and validate: the same documents come again and again."""
    try:
        document = parse(query)
    except GraphQLError as error:
        return None, (error,)
    errors = tuple(validate(load_schema(generation), document))
    return (None, errors) if errors else (document, ())


def operation_of(document: DocumentNode, name: str | None) -> OperationDefinitionNode | None:
    """The operation of a document that is meant: the one of this name or, without one, the first."""
    for definition in document.definitions:
        if not isinstance(definition, OperationDefinitionNode):
            continue
        if name is None or (definition.name is not None and definition.name.value == name):
            return definition
    return None


def root_field(operation: OperationDefinitionNode | None) -> str | None:
    """The first root field of the operation: what a request is booked under."""
    for selection in operation.selection_set.selections if operation is not None else ():
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
    if isinstance(value.get("jobChanges"), Mapping):
        at, value = (*at, "jobChanges"), value["jobChanges"]
    page_info = (*at, "pageInfo") if "pageInfo" in value else None
    if "edges" not in value:
        listed = next((name for name in ("results", "people", "companies") if isinstance(value.get(name), list)), None)
        if listed is not None:
            return ((*at, listed, 0) if value[listed] else None), page_info
        return (None if page_info else at), page_info
    if not value["edges"]:
        return None, page_info
    edge = (*at, "edges", 0)
    return ((*edge, "node") if "node" in value["edges"][0] else edge), page_info
