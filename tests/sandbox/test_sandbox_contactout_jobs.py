"""ContactOut's jobs are paid when they are started, done after a while, and tell mail that arrives from mail that does not."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

import pytest

from tests.sandbox.conftest import Sandbox, Start
from tests.sandbox.contactout_calls import charged, get, people, post

PROFILES = "v2/people/linkedin/batch"
VERIFY = "v1/email/verify/batch"
STRANGER = "https://www.linkedin.com/in/nobody-at-all"
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}"
FINAL = {"SENT", "DONE"}


@pytest.fixture
def own(start: Start) -> Sandbox:
    """A sandbox of the test's own, since jobs stay."""
    return start("--rate-scale", "1000")


def _started(box: Sandbox, path: str, **body: Any) -> str:
    answer = post(box, path, **body)
    assert answer.status_code == 200, answer.text
    assert answer.json().keys() == {"status", "job_id"}
    assert answer.json()["status"] == "QUEUED"
    job: str = answer.json()["job_id"]
    assert re.fullmatch(UUID, job)
    return job


def _state(box: Sandbox, path: str, job: str) -> dict[str, Any]:
    answer = get(box, f"{path}/{job}")
    assert answer.status_code == 200, answer.text
    assert answer.json().keys() == {"data"}
    data: dict[str, Any] = answer.json()["data"]
    return data


def _result(box: Sandbox, path: str, **body: Any) -> Any:
    job = _started(box, path, **body)
    for _ in range(10):
        data = _state(box, path, job)
        if data["status"] in FINAL:
            return data["result"]
    raise AssertionError("A job without end")


def test_a_job_is_queued_then_processed_then_done_and_stays_so(own: Sandbox) -> None:
    job = _started(own, PROFILES, profiles=[people(own)[0]["id"]])
    states = [_state(own, PROFILES, job) for _ in range(4)]
    assert [one["status"] for one in states[:2]] == ["QUEUED", "PROCESSING"]
    assert not states[0].get("result")
    assert not states[1].get("result")
    assert states[2]["status"] in FINAL
    assert states[2] == states[3]
    (uuid,) = {one["uuid"] for one in states}
    assert uuid != job
    assert _state(own, PROFILES, uuid) == states[2], "both names lead to the job"
    assert get(own, f"{VERIFY}/{job}").status_code == 404, "a job belongs to its endpoint"
    assert get(own, f"{PROFILES}/96d1c156").json() == {"status_code": 404, "message": "Not Found"}


def test_both_words_for_done_and_every_emptiness_occur(own: Sandbox) -> None:
    done: dict[str, set[str]] = {PROFILES: set(), VERIFY: set()}
    pending = set()
    for path, body in ((PROFILES, {"profiles": [STRANGER]}), (VERIFY, {"emails": ["a@example.com"]})):
        for _ in range(12):
            job = _started(own, path, **body)
            data = _state(own, path, job)
            pending.add(repr(data.get("result", "nothing")))
            _state(own, path, job)
            done[path].add(_state(own, path, job)["status"])
    assert done == {PROFILES: FINAL, VERIFY: FINAL}
    assert pending == {"[]", "None", "'nothing'"}


def test_a_job_is_done_after_as_many_polls_as_the_sandbox_is_told_or_on_another_day(start: Start) -> None:
    at_once = start("--contactout-polls", "0", "--people", "20", "--companies", "6")
    job = _started(at_once, VERIFY, emails=["a@example.com"])
    assert _state(at_once, VERIFY, job)["status"] in FINAL
    slow = start("--contactout-polls", "50", "--people", "20", "--companies", "6")
    job = _started(slow, VERIFY, emails=["a@example.com"])
    assert [_state(slow, VERIFY, job)["status"] for _ in range(4)] == ["QUEUED", *["PROCESSING"] * 3]
    slow.move_to("2026-03-03")
    assert _state(slow, VERIFY, job)["status"] in FINAL
    slow.move_to("2026-03-01")
    assert get(slow, f"{VERIFY}/{job}").status_code == 404, "a job that is yet to be started"


def test_a_batch_of_profiles_is_answered_under_plain_urls_and_charged_once_when_it_is_started(own: Sandbox) -> None:
    known = people(own)
    urls = [one["id"].replace("https://www.", "http://") + "/?x" for one in known]
    job = _started(own, PROFILES, profiles=[*urls, urls[0]], include_phone=True)
    cost = charged(own)
    for _ in range(3):
        data = _state(own, PROFILES, job)
    assert charged(own) == {}, "reading is free"
    result = {unquote(key): one for key, one in data["result"].items()}
    assert list(result) == [one["id"] for one in known]
    found = []
    for one in known:
        told = result[one["id"]]
        assert told["emails"] == told["personal_emails"] + told["work_emails"]
        emails = [email.lower() for email in told["emails"]]
        assert emails in (one["emails"], one["emails"] + one["found_emails"])
        found += [email for email in emails if email not in one["emails"]]
        assert [re.sub(r"\D", "", phone)[-10:] for phone in told["phones"]] == one["phones"]
    assert found, "a work address that only real time finds"
    assert cost == {
        "email": sum(bool(one["emails"]) for one in result.values()),
        "phone": sum(bool(one["phones"]) for one in result.values()),
    }
    unasked = _result(own, PROFILES, profiles=urls)
    assert charged(own) == {"email": cost["email"]}
    assert all(one["phones"] == [] for one in unasked.values())


def test_strangers_are_left_out_of_a_batch_or_empty_and_free(own: Sandbox) -> None:
    seen = set()
    for n in range(8):
        result = _result(own, PROFILES, profiles=[f"{STRANGER}-{n}"], include_phone=True)
        nothing: dict[str, list[str]] = {name: [] for name in ("emails", "personal_emails", "work_emails", "phones")}
        assert result in ([], {f"{STRANGER}-{n}": nothing})
        seen.add(type(result))
    assert seen == {list, dict}
    assert charged(own) == {}


def test_a_job_paid_twice_is_two_jobs_and_a_refused_one_is_none(own: Sandbox) -> None:
    known = next(one for one in people(own) if one["emails"])
    fault = {"provider": "contactout", "operation": "people_linkedin_batch_v2"}
    own.order({**fault, "kind": "status", "status": 503})
    assert post(own, PROFILES, profiles=[known["id"]]).status_code == 503
    assert charged(own) == {}
    assert own.truth()["contactout"]["jobs"] == []
    own.order({**fault, "kind": "truncate"})
    with pytest.raises(Exception, match="incomplete|closed"):
        post(own, PROFILES, profiles=[known["id"]])
    assert charged(own) == {"email": 1}, "the answer was lost, the job was not"
    (lost,) = own.truth()["contactout"]["jobs"]
    assert (lost["operation"], lost["asked"], lost["credits"]) == (fault["operation"], [known["id"]], {"email": 1})
    again = _started(own, PROFILES, profiles=[known["id"]])
    assert again != lost["id"]
    assert charged(own) == {"email": 1}
    assert [one["id"] for one in own.truth()["contactout"]["jobs"]] == [lost["id"], again]


def test_a_job_that_cannot_be_paid_is_not_started(start: Start) -> None:
    box = start("--contactout-email-quota", "2", "--quota", "contactout.verifier=1")
    urls = [one["id"] for one in people(box) if one["emails"]]
    assert post(box, PROFILES, profiles=urls[:3]).status_code == 403
    assert post(box, VERIFY, emails=["x@bright.invalid", "info@example.com", "y@example.com"]).status_code == 403
    assert charged(box) == {}
    assert box.truth()["contactout"]["jobs"] == []
    assert _result(box, PROFILES, profiles=urls[:2])
    assert charged(box) == {"email": 2}


def _verdict(box: Sandbox, email: str) -> str:
    answer = get(box, "v1/email/verify", email=email)
    assert answer.status_code == 200, answer.text
    assert answer.json().keys() == {"status_code", "data"}
    status: str = answer.json()["data"]["status"]
    assert charged(box) == ({"verifier": 1} if status in ("valid", "invalid", "accept_all") else {})
    return status


def test_five_verdicts_of_which_three_cost_a_verifier_credit(box: Sandbox) -> None:
    known = people(box)
    box.http.delete("/sandbox/books")
    verdicts: dict[str, set[str]] = {"stored": set(), "former": set()}
    for one in known:
        for email in one["known_by"]:
            kind = "stored" if email in one["emails"] else "former"
            if email not in one["found_emails"]:
                verdicts[kind].add(_verdict(box, email))
    assert verdicts == {
        "stored": {"valid", "invalid", "accept_all", "unknown"},
        "former": {"invalid", "accept_all", "unknown"},
    }
    assert _verdict(box, "Someone@Throwaway.example") == "disposable"
    assert {_verdict(box, f"nobody{n}@elsewhere.example") for n in range(120)} == {"valid", "invalid", "unknown"}
    usage = box.stats()["usage"]
    assert not any("verifier" in name for name in usage), "no meter tells of these"


def test_a_mailbox_dies_when_its_owner_leaves_whatever_is_still_stored(box: Sandbox) -> None:
    before = {one["truth_id"]: one for one in people(box)}
    box.move_to("2026-06-01")
    leavers = {
        change["person_truth_id"]
        for change in box.truth()["job_changes"]
        if change["type"] != "Promotion" and change["effective_on"] > "2026-03-02"
    }
    homes = ("@example.com", "@example.org", "@example.net")
    emails = [
        email
        for who in leavers & set(before)
        for email in before[who]["emails"]
        if not email.endswith(homes) and email in before[who]["known_by"]
    ]
    box.http.delete("/sandbox/books")
    later = {email: _verdict(box, email) for email in emails}
    box.move_to("2026-03-02")
    first = {email: _verdict(box, email) for email in emails}
    assert "valid" in first.values()
    assert set(later.values()) == {"invalid", "accept_all", "unknown"}
    assert all(later[email] == "invalid" for email in emails if first[email] == "valid")


def test_a_batch_of_addresses_says_what_single_verification_says(own: Sandbox) -> None:
    emails = [email for one in people(own) for email in one["known_by"]][:300]
    single = {email: _verdict(own, email) for email in emails}
    result = _result(own, VERIFY, emails=[*emails, emails[0]], callback_url="https://hooks.example.com/done")
    assert charged(own) == {"verifier": sum(one in ("valid", "invalid", "accept_all") for one in single.values())}
    missing = set(emails) - set(result)
    added = set(result) - set(emails)
    assert {email: result[email] for email in emails if email in result} == {
        email: status for email, status in single.items() if email not in missing
    }
    assert missing, "some addresses are missing from a result"
    assert {email.partition("@")[0] for email in added} == {email.partition("@")[0] for email in missing}
    assert all(email.endswith("@elsewhere.example") for email in added)


def test_a_sandbox_may_take_a_hundred_addresses_or_a_thousand(start: Start) -> None:
    hundred = start("--contactout-verify-batch", "100", "--people", "20", "--companies", "6")
    emails = [f"nobody{n}@example.com" for n in range(1000)]
    assert _started(hundred, VERIFY, emails=emails[:100])
    refused = post(hundred, VERIFY, emails=emails[:101])
    assert refused.status_code == 401
    assert "100" in refused.json()["message"]
    thousand = start("--people", "20", "--companies", "6")
    assert _started(thousand, VERIFY, emails=emails)


def test_jobs_have_names_that_a_seed_decides(start: Start) -> None:
    jobs = []
    for seed in ("11", "11", "12"):
        box = start("--seed", seed, "--people", "20", "--companies", "6")
        jobs.append([_started(box, VERIFY, emails=["a@example.com"]) for _ in range(2)])
    assert jobs[0] == jobs[1] != jobs[2]
    assert len(set(jobs[0])) == 2
