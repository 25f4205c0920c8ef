"""Every endpoint of ContactOut checks the key, the rate and the account, and can be struck by faults on order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from sandbox.__main__ import read_settings
from sandbox.settings import OPERATIONS
from tests.sandbox.conftest import HEADERS, Sandbox, Start
from tests.sandbox.contactout_calls import get, people, post

Send = Callable[[Sandbox], httpx.Response]
Known = dict[str, Any]
OUT_OF_CREDITS = {"status_code": 403, "message": "You're out of credits, please email your sales manager"}
NO_ACCESS = {"status_code": 403, "message": "No access to endpoint"}
# A job's result is asked for under this name, which a test replaces.
JOB = "{job}"


def _checker(kind: str) -> Callable[[Known], tuple[str, str, dict[str, Any]]]:
    return lambda who: ("GET", f"v1/people/linkedin/{kind}_status", {"profile": who["id"]})


# For each operation what is sent for somebody known, where the first record stands, and which credits it costs.
ASKED: dict[str, tuple[Callable[[Known], tuple[str, str, dict[str, Any]]], tuple[Any, ...], set[str]]] = {
    "stats": (lambda who: ("GET", "v1/stats", {}), (), set()),
    "people_search": (
        lambda who: ("POST", "v1/people/search", {"reveal_info": True}),
        ("profiles", None),
        {"search", "email", "phone"},
    ),
    "people_count": (lambda who: ("POST", "v1/people/count", {}), (), set()),
    "decision_makers": (
        lambda who: ("GET", "v1/people/decision-makers", {"domain": who["domain"]}),
        ("profiles", None),
        {"search"},
    ),
    "company_search": (lambda who: ("POST", "v1/company/search", {}), ("companies", 0), {"search"}),
    "domain_enrich": (
        lambda who: ("POST", "v1/domain/enrich", {"domains": [who["domain"]]}),
        ("companies", None),
        set(),
    ),
    "linkedin_enrich": (
        lambda who: ("GET", "v1/linkedin/enrich", {"profile": who["id"]}),
        ("profile",),
        {"email", "phone"},
    ),
    "email_enrich": (
        lambda who: ("GET", "v1/email/enrich", {"email": who["known_by"][0], "include": "work_email"}),
        ("profile",),
        {"email", "phone"},
    ),
    "people_enrich": (
        lambda who: ("POST", "v1/people/enrich", {"linkedin_url": who["id"]}),
        ("profile",),
        {"search"},
    ),
    "people_linkedin": (
        lambda who: ("GET", "v1/people/linkedin", {"profile": who["id"]}),
        ("profile",),
        {"email"},
    ),
    "people_linkedin_batch": (
        lambda who: ("POST", "v1/people/linkedin/batch", {"profiles": [who["id"]]}),
        ("profiles", None),
        {"email"},
    ),
    "people_linkedin_batch_v2": (
        lambda who: ("POST", "v2/people/linkedin/batch", {"profiles": [who["id"]]}),
        (),
        {"email"},
    ),
    "people_linkedin_batch_v2_result": (
        lambda who: ("GET", f"v2/people/linkedin/batch/{JOB}", {}),
        ("data", "result", None),
        set(),
    ),
    "people_person": (lambda who: ("GET", "v1/people/person", {"email": who["known_by"][0]}), ("profile",), {"email"}),
    **{f"{kind}_status": (_checker(kind), ("profile",), set()) for kind in ("personal_email", "work_email", "phone")},
    "email_verify": (
        lambda who: ("GET", "v1/email/verify", {"email": "nobody@brightarc.example"}),
        ("data",),
        {"verifier"},
    ),
    "email_verify_batch": (
        lambda who: ("POST", "v1/email/verify/batch", {"emails": ["nobody@brightarc.example"]}),
        (),
        {"verifier"},
    ),
    "email_verify_batch_result": (
        lambda who: ("GET", f"v1/email/verify/batch/{JOB}", {}),
        ("data", "result", None),
        set(),
    ),
}
PAID = sorted(name for name, (_, _, credits) in ASKED.items() if credits)


def _sender(box: Sandbox, operation: str) -> Send:
    """How to send the question; what it costs before is taken off the books."""
    searched = {one["person"]: one for one in _employed(box)}
    known = next(one | searched[one["id"]] for one in people(box) if one["id"] in searched)
    method, path, wanted = ASKED[operation][0](known)
    if JOB in path:
        start = operation.removesuffix("_result")
        _, before, body = ASKED[start][0](known)
        job = post(box, before, **body).json()["job_id"]
        path = path.replace(JOB, job)
        for _ in range(3):
            get(box, path)
    box.http.delete("/sandbox/books")
    return lambda to: get(to, path, **wanted) if method == "GET" else post(to, path, **wanted)


def _employed(box: Sandbox) -> list[dict[str, str]]:
    """Deciders whose every contact point and whose company's domain are known."""
    return [
        {"person": key.replace("https://linkedin", "https://www.linkedin"), "domain": one["company"]["email_domain"]}
        for key, one in box.profiles(seniority=["director"], data_types=["work_email"])
        if one["company"] and one["company"]["email_domain"] and all(one["contact_availability"].values())
    ]


def _at(body: Any, place: tuple[Any, ...]) -> Any:
    for step in place:
        if step is None and isinstance(body, list):
            step = 0
        body = body[step if step is not None else next(iter(body))]
    return body


def test_every_operation_of_contactout_is_asked_here() -> None:
    assert set(ASKED) == set(OPERATIONS["contactout"])


@pytest.mark.parametrize("operation", ASKED)
def test_every_operation_can_be_refused_lost_changed_and_booked(start: Start, operation: str) -> None:
    box = start("--rate-scale", "1000")
    send, (_, place, price) = _sender(box, operation), ASKED[operation]
    who = {"provider": "contactout", "operation": operation}
    true = send(box)
    assert true.status_code == 200, true.text
    (entry,) = box.books()["requests"]
    assert (entry["operation"], entry["status"], set(entry["credits"])) == (operation, 200, price)
    assert entry["records"] >= 1
    for status, words in ((403, OUT_OF_CREDITS["message"]), (429, "retry-after"), (401, "invalid input")):
        box.order({**who, "kind": "status", "status": status})
        refused = send(box)
        assert (refused.status_code, refused.json()["status_code"]) == (status, status)
        assert words in refused.json()["message"]
        assert box.books()["requests"][-1]["credits"] == {}
    box.order({**who, "kind": "reset"})
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        send(box)
    assert box.books()["requests"][-1] | {"status": 0, "fault": "reset"} == box.books()["requests"][-1]
    assert set(box.books()["requests"][-1]["credits"]) == price
    box.order({**who, "kind": "record", "body": {"colour": "red"}})
    changed = _at(send(box).json(), place)
    before = _at(true.json(), place)
    if operation.startswith(("people_linkedin_batch", "email_verify_batch")) and not isinstance(before, dict):
        before = {}
    if not place and "batch" in operation:
        # Each start is a job of its own.
        before = {**before, "job_id": changed["job_id"]}
    if operation == "stats":
        assert changed["colour"] == "red"
    else:
        assert changed == {**before, "colour": "red"}


@pytest.mark.parametrize("operation", ASKED)
def test_a_wrong_token_is_a_400_and_an_account_may_have_no_access(
    start: Start, operation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = start("--rate-scale", "1000")
    send = _sender(box, operation)
    with monkeypatch.context() as another:
        another.setitem(HEADERS["contactout"], "token", "wrong")
        refused = send(box)
    assert (refused.status_code, refused.json()) == (400, {"status_code": 400, "message": "Bad credentials"})
    closed = start("--contactout-no-access", operation)
    refused = send(closed)
    assert (refused.status_code, refused.json()) == (403, NO_ACCESS)
    assert closed.books()["credits"]["contactout"] == box.books()["credits"]["contactout"] == {}


@pytest.mark.parametrize("operation", PAID)
def test_without_credits_everything_paid_is_a_403_and_nothing_is_booked(start: Start, operation: str) -> None:
    rich = start("--rate-scale", "1000")
    send = _sender(rich, operation)
    none = [f"--contactout-{credit}-quota" for credit in ("email", "phone", "search")]
    box = start(*(part for option in none for part in (option, "0")), "--quota", "contactout.verifier=0")
    refused = send(box)
    assert (refused.status_code, refused.json()) == (403, OUT_OF_CREDITS)
    assert box.books()["credits"]["contactout"] == {}
    assert box.stats()["usage"]["remaining"] == 0


def test_stats_count_what_every_endpoint_charged_in_either_account_shape(start: Start) -> None:
    for plan in ("postpaid", "prepaid"):
        box = start("--rate-scale", "1000", "--contactout-plan", plan)
        senders = [_sender(box, operation) for operation in PAID]
        before = box.stats()["usage"]
        for send in senders:
            assert send(box).status_code == 200
        usage, credits = box.stats()["usage"], box.books()["credits"]["contactout"]
        assert credits["verifier"] == 2
        for credit, prefix in (("search", "search_"), ("email", ""), ("phone", "phone_")):
            assert usage[f"{prefix}count"] == credits[credit] > 1
            left = f"{prefix}remaining" if plan == "postpaid" else f"{prefix}quota"
            assert usage[left] == before[left] - credits[credit]


def test_checkers_have_a_rate_of_their_own_and_the_rest_share_one(start: Start) -> None:
    box = start("--rate-scale", "0.05", "--people", "40", "--companies", "6")
    url = people(box)[0]["id"]
    kinds = ("personal_email", "work_email", "phone", "phone", "phone", "phone", "phone")
    for kind in kinds:
        assert get(box, f"v1/people/linkedin/{kind}_status", profile=url).status_code in (200, 404)
    late = get(box, "v1/people/linkedin/work_email_status", profile=url)
    assert late.status_code == 429
    assert 1 <= int(late.headers["retry-after"]) <= 60
    for _ in range(25):
        assert get(box, "v1/linkedin/enrich", profile=url).status_code == 200
        assert get(box, "v1/email/verify", email="nobody@example.com").status_code == 200
    assert post(box, "v1/company/search").status_code == 429
    rates = box.http.get("/sandbox/rates").json()["rates"]["contactout"]
    assert {name: (rate["limit"], rate["peak"]) for name, rate in rates.items()} == {
        "people_search": (3, 0),
        "contact_checker": (7, 8),
        "other": (50, 51),
    }


def test_a_new_price_counts_what_the_documented_one_counts(start: Start) -> None:
    box = start("--charge", "contactout.company_search.search=0.5", "--charge", "contactout.domain_enrich.search=2")
    assert len(post(box, "v1/company/search").json()["companies"]) == 25
    assert box.books()["credits"]["contactout"] == {"search": 12.5}
    domains = [one["email_domain"] for one in post(box, "v1/company/search").json()["companies"] if one["email_domain"]]
    post(box, "v1/domain/enrich", domains=domains[:3])
    assert box.books()["credits"]["contactout"] == {"search": 31}


@pytest.mark.parametrize(
    "options",
    [
        ("--contactout-no-access", "faxes"),
        ("--contactout-polls", "-1"),
        ("--contactout-verify-batch", "500"),
    ],
)
def test_options_that_make_no_sense_are_refused_before_serving(options: tuple[str, str], capsys: Any) -> None:
    with pytest.raises(SystemExit, match="2"):
        read_settings(options)
    assert options[0] in capsys.readouterr().err
