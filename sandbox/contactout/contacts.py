"""How a person's profile and contact points are written where one person is looked up."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.contactout.companies import Companies
from sandbox.contactout.inputs import line_of
from sandbox.contactout.prices import price
from sandbox.contactout.profiles import Profile
from sandbox.dice import Dice

NOT_TOLD = "Verified | Unverified"
"""What stands where a status should: it says nothing."""
KINDS = ("personal_email", "work_email", "phone")
NAMES_IN_CAMEL_CASE = {
    "full_name": "fullName",
    "job_function": "jobFunction",
    "work_status": "workStatus",
    "profile_picture_url": "profilePictureUrl",
    "updated_at": "updatedAt",
}
OF_A_PROFILE = (
    "full_name",
    "headline",
    "industry",
    "company",
    "location",
    "languages",
    "country",
    "summary",
    "experience",
    "education",
    "skills",
    "certifications",
    "publications",
    "projects",
    "followers",
    "job_function",
    "seniority",
    "work_status",
    "profile_picture_url",
    "updated_at",
)


@dataclass(frozen=True, slots=True)
class Contacts:
    """The contact points of somebody that an answer shows."""

    personal: list[str]
    work: list[str]
    phones: list[str]

    @property
    def emails(self) -> list[str]:
        """All addresses."""
        return [*self.personal, *self.work]

    @property
    def any(self) -> bool:
        """Whether there is anything to show."""
        return bool(self.emails or self.phones)

    def price(self, operation: str) -> dict[str, float]:
        """What they cost together with the profile they belong to."""
        return price(
            operation,
            profile=1,
            profile_with_email=int(bool(self.emails)),
            profile_with_phone=int(bool(self.phones)),
            profile_without_contact=int(not self.any),
        )


def contacts(profile: Profile, kinds: Collection[str], *, delivers: Callable[[str], bool] | None = None) -> Contacts:
    """The contact points of these kinds.

    With ``delivers``, a work address is looked for in real time where none is stored, and given if mail would arrive.
    """
    found = [one for one in profile.found_emails if delivers is not None and delivers(one.lower())]
    work = profile.work_emails or found
    return Contacts(
        profile.personal_emails if "personal_email" in kinds else [],
        work if "work_email" in kinds else [],
        profile.phones if "phone" in kinds else [],
    )


class Writing:
    """Profiles in either naming style."""

    def __init__(self, dice: Dice, companies: Companies) -> None:
        self._dice = dice
        self._companies = companies

    def status(self, profile: Profile, address: str) -> str:
        """Whether a work address is verified; for some it is not told."""
        if address not in profile.work_email_status:
            return "Verified"
        told = profile.work_email_status[address]
        return NOT_TOLD if self._dice.chance(0.15, "status not told", address.lower()) else told

    def snake_case(self, profile: Profile, shown: Contacts | None) -> dict[str, Any]:
        """Lists, and names with underscores; ``shown`` is None where contact points are not asked for."""
        told = {} if shown is None else self._in_lists(shown)
        fields = self._fields(profile)
        return {"url": profile.url, **told, "github": profile.github, "twitter": profile.twitter, **fields}

    def camel_case(self, profile: Profile, shown: Contacts, others: Sequence[Profile] = ()) -> dict[str, Any]:
        """One text where others give a list, and names with capitals; ``others`` might be meant as well."""
        key = ("contactout", profile.person.truth_id)
        fields = self._fields(profile)
        fields["certifications"] = [
            {("title" if name == "name" else name): value for name, value in one.items()}
            for one in fields["certifications"]
        ]
        if fields["company"] is not None:
            company = profile.companies[0]
            fields["company"] = {**fields["company"], "locations": [self._companies.address(company)]}
        named = {NAMES_IN_CAMEL_CASE.get(name, name): value for name, value in fields.items() if name != "country"}
        return {
            "email": _one(shown.personal),
            "workEmail": _one(shown.work),
            "workEmailStatus": self.status(profile, shown.work[0]) if shown.work else "",
            "linkedinUrl": profile.url,
            "confidenceLevel": "low" if others else self._dice.pick(("", "", "high"), "confidence", *key),
            "altMatches": [other.url for other in others],
            "phone": self._dotted(profile, _one(shown.phones)),
            "github": _one(profile.github),
            "twitter": _one(profile.twitter),
            **named,
        }

    def is_camel_case(self, profile: Profile) -> bool:
        """Where both styles are documented, which one is used for this person."""
        return self._dice.chance(0.3, "camel case", profile.person.truth_id)

    def is_told_empty(self, profile: Profile) -> bool:
        """Whether somebody without contact points is an empty answer, or none; the reference shows both shapes."""
        return self._dice.chance(0.3, "empty contacts", profile.person.truth_id)

    def _in_lists(self, shown: Contacts) -> dict[str, list[str]]:
        return {
            "email": shown.emails,
            "work_email": shown.work,
            "personal_email": shown.personal,
            "phone": shown.phones,
        }

    def _fields(self, profile: Profile) -> dict[str, Any]:
        fields = {name: profile.fields[name] for name in OF_A_PROFILE}
        fields["experience"] = [self._job(profile, job) for job in profile.detailed_experience]
        fields["education"] = [
            {name: value for name, value in study.items() if name != "url"} for study in profile.detailed_education
        ]
        return fields

    def _job(self, profile: Profile, job: dict[str, Any]) -> dict[str, Any]:
        """A job with its dates twice, as in the reference; for some jobs the text is all there is."""
        told = {name: value for name, value in job.items() if name != "logo_url"}
        for end in ("start", "end"):
            year, month = job[f"{end}_date_year"], job[f"{end}_date_month"]
            # The month is not padded, as in the reference: 20204 is April 2020.
            told[f"{end}_date"] = f"{year}{month}" if year else None
        parts = {f"{end}_date_{part}" for end in ("start", "end") for part in ("year", "month")}
        key = ("contactout", profile.person.truth_id, job["start_date_year"], job["start_date_month"])
        if self._dice.chance(0.1, "dates as text", *key):
            return {name: value for name, value in told.items() if name not in parts}
        return told

    def _dotted(self, profile: Profile, phone: str) -> str:
        """A telephone number, for some in the reference's odd form: ``" +61.438347437"``."""
        if not phone or not self._dice.chance(0.3, "dotted", profile.person.truth_id):
            return phone
        line = line_of(phone)
        return f" +44.{line}" if line.startswith("207946") else f" +1.{line}"


def _one(values: Sequence[str]) -> str:
    return values[0] if values else ""
