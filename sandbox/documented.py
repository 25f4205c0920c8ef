"""The data set of documented examples: each operation answers its reference's own example, byte for byte."""

from __future__ import annotations

import itertools
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from sandbox import leadiq, letrics
from sandbox.contactout import PAGE_SIZE, refusals
from sandbox.contactout.search import read_search
from sandbox.exchange import Answer, Asked, Operation
from sandbox.settings import Settings

EXAMPLES = Path(__file__).with_name("examples")
PROVIDER = "examples"
CONTACTOUT = (
    ("people_count", "POST", "v1/people/count"),
    ("decision_makers", "GET", "v1/people/decision-makers"),
    ("company_search", "POST", "v1/company/search"),
    ("domain_enrich", "POST", "v1/domain/enrich"),
    ("linkedin_enrich", "GET", "v1/linkedin/enrich"),
    ("email_enrich", "GET", "v1/email/enrich"),
    ("people_enrich", "POST", "v1/people/enrich"),
    ("people_linkedin", "GET", "v1/people/linkedin"),
    ("people_linkedin_batch", "POST", "v1/people/linkedin/batch"),
    ("people_linkedin_batch_v2", "POST", "v2/people/linkedin/batch"),
    ("people_linkedin_batch_v2_result", "GET", "v2/people/linkedin/batch/{job_id}"),
    ("people_person", "GET", "v1/people/person"),
    ("work_email_status", "GET", "v1/people/linkedin/work_email_status"),
    ("personal_email_status", "GET", "v1/people/linkedin/personal_email_status"),
    ("phone_status", "GET", "v1/people/linkedin/phone_status"),
    ("email_verify", "GET", "v1/email/verify"),
    ("email_verify_batch", "POST", "v1/email/verify/batch"),
    ("email_verify_batch_result", "GET", "v1/email/verify/batch/{job_id}"),
)
"""Endpoints whose requests are not looked at: whatever is asked, the answer is the stored one."""
PAGED = {"decision_makers": "profiles", "company_search": "companies"}


class Documented:
    """The ``/examples`` endpoints: requests are checked as ever, the answers are files."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._asked: dict[str, Iterator[int]] = defaultdict(itertools.count)

    def operations(self) -> list[Operation]:
        """The table of routes, one for each provider's."""
        search = self._contactout_people_search
        return [
            Operation(PROVIDER, "leadiq.graphql", "POST", "/examples/leadiq/graphql", self._leadiq),
            Operation(PROVIDER, "contactout.stats", "GET", "/examples/contactout/v1/stats", self._contactout_stats),
            Operation(PROVIDER, "contactout.people_search", "POST", "/examples/contactout/v1/people/search", search),
            *(
                Operation(
                    PROVIDER, f"contactout.{name}", method, f"/examples/contactout/{path}", self._contactout(name)
                )
                for name, method, path in CONTACTOUT
            ),
            *(
                Operation(PROVIDER, f"letrics.{name}", method, f"/examples/letrics/{name}", self._letrics)
                for name in ("contacts", "companies")
                for method in ("GET", "POST")
            ),
        ]

    def _leadiq(self, asked: Asked) -> Answer:
        question = leadiq.read_question(asked, self._settings.leadiq_generation)
        if not isinstance(question, leadiq.Refusal):
            stored = self._stored(f"leadiq.{question.field}")
            if stored is not None:
                return Answer(200, stored, records=1, operation=f"leadiq.{question.field}")
            question = leadiq.Refusal.because(400, f"No example of {question.field} is stored.")
        status = 200 if self._settings.leadiq_errors == "200" else question.status
        return Answer(status, question.body())

    def _contactout_stats(self, asked: Asked) -> Answer:
        if not refusals.is_authorised(asked):
            return refusals.refusal(400, "Bad credentials")
        stored = self._stored("contactout.stats")
        return Answer(200, stored, records=1) if stored else refusals.refusal(404, "No example is stored.")

    def _contactout(self, name: str) -> Callable[[Asked], Answer]:
        """Answers what is stored, with the status that it names; a second page is empty."""

        def answer(asked: Asked) -> Answer:
            if not refusals.is_authorised(asked):
                return refusals.refusal(400, "Bad credentials")
            page = dict(asked.params).get("page") or json.loads(asked.body or b"{}").get("page") or 1
            if name in PAGED and int(page) > 1:
                metadata = {"page": page, "page_size": PAGE_SIZE, "total_results": 0}
                return Answer(200, {"status_code": 200, "metadata": metadata, PAGED[name]: []})
            stored = self._stored(f"contactout.{name}")
            if stored is None:
                return refusals.refusal(404, "No example is stored.")
            return Answer(json.loads(stored).get("status_code", 200), stored, records=1)

        return answer

    def _contactout_people_search(self, asked: Asked) -> Answer:
        if not refusals.is_authorised(asked):
            return refusals.refusal(400, "Bad credentials")
        try:
            page = read_search(asked).get("page", 1)
        except refusals.BadInput as problem:
            return refusals.refusal(401, str(problem))
        if page > 1:
            metadata = {"page": page, "page_size": PAGE_SIZE, "total_results": 45}
            return Answer(200, {"status_code": 200, "metadata": metadata, "profiles": []})
        stored = self._stored("contactout.people_search")
        return Answer(200, stored, records=1) if stored else refusals.refusal(404, "No example is stored.")

    def _letrics(self, asked: Asked) -> Answer:
        if not letrics.is_authorised(asked):
            return letrics.refusal(401, "The API key is missing or not valid.")
        name = asked.path.rsplit("/", 1)[-1]
        known = letrics.CONTACT_FILTERS if name == "contacts" else letrics.COMPANY_FILTERS
        try:
            wanted = letrics.read_filters(asked, known)
        except letrics.InvalidInput as problem:
            return letrics.refusal(400, str(problem))
        page = wanted.get("page", 1)
        if page > 1:
            meta = {"page": page, "per_page": wanted.get("per_page", letrics.DEFAULT_PAGE), "total": 1}
            return Answer(200, {"data": [], "meta": meta, "errors": []})
        stored = self._stored(f"letrics.{name}")
        return Answer(200, stored, records=1) if stored else letrics.refusal(404, "No example is stored.")

    def _stored(self, name: str) -> bytes | None:
        """The bytes of an example: the user's own before ours; of several (`<name>.1.json`, ...) each in its turn."""
        for folder in (self._settings.examples_dir, EXAMPLES):
            if folder is None:
                continue
            stored = [*folder.glob(f"{name}.json"), *sorted(folder.glob(f"{name}.[0-9]*.json"))]
            if stored:
                return stored[next(self._asked[name]) % len(stored)].read_bytes()
        return None
