"""Whatever a provider may send, the sandbox sends: no declared field stays empty in all records."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from sources.contactout.records import Person, Stats
from sources.landing.records import Record, read
from sources.leadiq.records import Account, TrackedCompany, TrackedContact
from sources.letrics.records import Company, Contact
from tests.sandbox.conftest import Sandbox, Start
from tests.sandbox.contactout_calls import get, people, post

PLAN = "name product status nextBillingPeriod"
ACCOUNT = (
    f"{{ account {{ plans {{ {PLAN} }}"
    f" dataHubPlan {{ {PLAN} available used }} universalPlan {{ {PLAN} available used }} }} }}"
)


def _of_records(kind: Any) -> list[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return [kind]
    return [model for part in typing.get_args(kind) for model in _of_records(part)]


def _declared(model: type[BaseModel], within: str = "") -> Iterator[str]:
    for name, declared in model.model_fields.items():
        nested = _of_records(declared.annotation)
        for one in nested:
            yield from _declared(one, f"{within}{name}.")
        if not nested:
            yield within + name


def _filled(value: Any, path: str = "") -> Iterator[str]:
    """Where a canonical record says something; an empty text or list says nothing."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _filled(one, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for one in value:
            yield from _filled(one, path)
    elif value is not None and value != "":
        yield path


def _searched(box: Sandbox, **wanted: Any) -> list[dict[str, Any]]:
    return [{**one, "profile_url": url} for url, one in box.profiles(reveal_info=True, **wanted)]


def _looked_up(box: Sandbox) -> list[dict[str, Any]]:
    """Profiles as lookups tell them: by their page, by an address, and by a name and a company that several may have."""
    some = people(box)[:60]
    answers = [
        *(get(box, "v1/linkedin/enrich", profile=one["id"]) for one in some),
        *(get(box, "v1/email/enrich", email=one["emails"][0]) for one in some if one["emails"]),
        *(
            post(box, "v1/people/enrich", full_name=found["full_name"], location=found["location"])
            for _, found in box.profiles()
        ),
    ]
    return [profile for answer in answers if (profile := answer.json().get("profile"))]


def _records(box: Sandbox) -> dict[type[Record], list[dict[str, Any]]]:
    """Everything an account may read in a day, profiles with sentences and with objects."""
    return {
        Account: [box.leadiq(ACCOUNT).json()["data"]["account"]],
        TrackedContact: box.events(),
        TrackedCompany: box.tracked_companies(),
        Stats: [box.stats()],
        Person: _searched(box) + _searched(box, detailed_experience=True, detailed_education=True) + _looked_up(box),
        Contact: box.collection("contacts"),
        Company: box.collection("companies"),
    }


@pytest.mark.parametrize("shape", ["nested", "flat"])
def test_every_declared_field_is_filled_in_some_record_and_nothing_else_comes(start: Start, shape: str) -> None:
    box = start("--people", "300", "--companies", "120", "--rate-scale", "1000", "--letrics-shape", shape)
    for model, records in _records(box).items():
        filled: set[str] = set()
        for record in records:
            canonical, drift = read(model, record)
            assert not drift.found, (model.__name__, drift.found)
            filled |= set(_filled(canonical))
        assert set(_declared(model)) - filled == set(), model.__name__


def test_no_company_of_letrics_was_changed_before_it_was_created_or_after_today(box: Sandbox) -> None:
    for company in box.collection("companies"):
        if company["updated_at"] is not None:
            assert company["created_at"] <= company["updated_at"] < "2026-03-03"
