"""ContactOut's view of people."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from sandbox import vocabulary as words
from sandbox import wording
from sandbox.contactout.companies import Companies
from sandbox.population import Company, Person, Population, Position, fold
from sandbox.views import View


@dataclass(frozen=True, slots=True)
class Profile:
    """A person as ContactOut knows them; contact values stay apart until they are paid for."""

    person: Person
    slug: str
    """The name by which ContactOut knows the person's LinkedIn page."""
    url: str
    fields: dict[str, Any]
    detailed_experience: list[dict[str, Any]]
    detailed_education: list[dict[str, Any]]
    personal_emails: list[str]
    work_emails: list[str]
    work_email_status: dict[str, str]
    phones: list[str]
    found_emails: list[str]
    """Work addresses that are found by looking for them in real time only."""
    former_emails: list[str]
    """Addresses of earlier jobs: somebody is known by them, and they are never given."""
    github: list[str]
    twitter: list[str]
    jobs: tuple[Position, ...]
    """Every job, the latest first."""
    companies: tuple[Company, ...]
    """Every employer, the current one first."""
    employed: bool
    career_start: dt.date
    role_start: dt.date
    text: str
    """All words of the profile in lower case: what a keyword is looked up in."""

    @property
    def availability(self) -> dict[str, bool]:
        """Which kinds of contact information exist."""
        return {
            "personal_email": bool(self.personal_emails),
            "work_email": bool(self.work_emails),
            "phone": bool(self.phones),
        }


class Profiles:
    """ContactOut's view of the population on any day, in the order of a search."""

    def __init__(self, population: Population, companies: Companies) -> None:
        self._population = population
        self._companies = companies
        self._people = [person for person in population.people if "contactout" in person.seen_since]
        self._known: dict[tuple[str, int, View | None], Profile] = {}
        self.on = lru_cache(maxsize=8)(self._on)

    def _on(self, day: dt.date) -> list[Profile]:
        return [
            self._profile(person, person.changes_known("contactout", day), person.as_seen_by("contactout", day))
            for person in self._people
            if person.seen_since["contactout"] <= day
        ]

    def _profile(self, person: Person, changes: int, view: View | None) -> Profile:
        """A profile depends on the changes ContactOut has noticed and on its view of a trap, so it is written once."""
        key = (person.truth_id, changes, view)
        if key not in self._known:
            profile = self._write(person, changes, None if view is None else view.position)
            self._known[key] = profile if view is None else self._as_viewed(profile, view)
        return self._known[key]

    def _as_viewed(self, profile: Profile, view: View) -> Profile:
        """The profile with what the view says of a trap in place of what is true."""
        dice, key = self._population.dice, ("contactout", profile.person.truth_id)
        work = [wording.email(dice, one, *key) for one in view.work_emails]
        slug = view.slug or profile.slug
        fields = {**profile.fields, "full_name": view.full_name, "li_vanity": slug, "publications": []}
        if view.title is not None:
            fields["title"] = view.title
        if view.updated_on is not None:
            fields["updated_at"] = f"{view.updated_on} 00:00:00"
        return replace(
            profile,
            slug=slug,
            url=view.url or self._url(profile.person, slug),
            fields=fields,
            personal_emails=[wording.email(dice, one, *key) for one in view.personal_emails],
            work_emails=work,
            work_email_status=dict.fromkeys(work, "Verified"),
            phones=[] if view.phone is None else [wording.phone(dice, view.phone, *key)],
            found_emails=[],
            former_emails=[],
            text=json.dumps([fields, profile.detailed_experience], ensure_ascii=False).lower(),
        )

    def _write(self, person: Person, changes: int, instead: Position | None) -> Profile:
        """``instead`` is a job that ContactOut holds for the current one, besides the one that is."""
        dice = self._population.dice
        key = ("contactout", person.truth_id)
        version = (*key, changes)

        def sometimes(value: Any, share: float, what: str) -> Any:
            return value if dice.chance(share, what, *key) else None

        jobs = [*person.history(changes), *([] if instead is None else [(instead, None)])]
        last, ended = jobs[-1]
        current = last if ended is None else None
        title = self._title(current, person) if current else None
        employer = self._companies.name(current.company) if current else None
        experience = [self._job(job, until, person) for job, until in reversed(jobs)]
        education = self._education(person, jobs[0][0].started_on.year)
        skills = list(dict.fromkeys(skill for job, _ in reversed(jobs) for skill in job.department.skills))
        skills = [skill for skill in skills if dice.chance(0.7, "skill", skill, *key)]
        has_personal = dice.chance(0.6, "personal email", *key)
        has_work = current is not None and dice.chance(0.8, "work email", *version)
        personal = [wording.email(dice, person.personal_email, *key)] if has_personal else []
        work_email = [wording.email(dice, current.email, *version)] if current else []
        work = work_email if has_work else []
        looked_for = not has_work and dice.chance(0.6, "found in real time", *version)
        former = [job.email for job, _ in jobs if current is None or job.email != current.email]
        handle = fold(f"{person.first_name}{person.last_name}") + dice.hexadecimal(3, "handle", *key)
        seat = last.company.seat
        name = self._written_name(person)
        headline = f"{title} at {employer}" if title else "Open to what comes next"
        fields: dict[str, Any] = {
            "li_vanity": person.slug.replace("-", "") if dice.chance(0.15, "vanity", *key) else person.slug,
            "full_name": name,
            "title": title,
            "headline": sometimes(headline, 0.95, "headline"),
            "company": self._companies.record(current.company) if current else None,
            "location": ", ".join(part for part in (seat.city, seat.state, seat.country) if part),
            "country": sometimes(seat.country, 0.95, "country"),
            "industry": sometimes(last.company.industry.contactout, 0.9, "industry"),
            "experience": [_sentence(job) for job in experience],
            "education": [
                f"{study['degree']} at {study['school_name']} in {study['start_date_year']} - {study['end_date_year']}"
                for study in education
            ],
            "skills": skills,
            "summary": sometimes(f"{headline}; cares about {' and '.join(skills[:2]) or 'people'}.", 0.6, "summary"),
            "languages": [
                {
                    "name": words.LANGUAGES[person.country_code],
                    "proficiency": dice.pick(
                        ("Native or bilingual proficiency", "Full professional proficiency", None), "language", *key
                    ),
                }
            ],
            "certifications": self._certifications(person),
            "publications": self._publications(person, skills),
            "projects": self._projects(person),
            "followers": dice.below(5000, "followers", *key),
            "updated_at": f"{self._updated(person, changes)} 00:00:00",
            "profile_picture_url": sometimes(
                f"https://images.example.com/profiles/{dice.hexadecimal(32, *key)}", 0.7, "picture"
            ),
            "job_function": last.department.contactout_function if current else None,
            "seniority": last.level.contactout if current else None,
            "work_status": sometimes("open_to_work", 0.9 if current is None else 0.1, f"status {changes}"),
        }
        return Profile(
            person=person,
            slug=person.slug,
            url=self._url(person, person.slug),
            fields=fields,
            detailed_experience=experience,
            detailed_education=education,
            personal_emails=personal,
            work_emails=work,
            work_email_status={address: dice.pick(("Verified", "Unverified"), "status", *version) for address in work},
            phones=[wording.phone(dice, person.phone, *key)]
            if person.phone is not None and dice.chance(0.8, "phone", *key)
            else [],
            found_emails=work_email if looked_for else [],
            former_emails=[address for address in former if dice.chance(0.6, "former", address, *key)],
            github=[handle] if dice.chance(0.25, "github", *key) else [],
            twitter=[handle] if dice.chance(0.2, "twitter", *key) else [],
            jobs=tuple(job for job, _ in reversed(jobs)),
            companies=tuple(job.company for job, _ in reversed(jobs)),
            employed=current is not None,
            career_start=jobs[0][0].started_on,
            role_start=last.started_on,
            text=json.dumps([fields, experience], ensure_ascii=False).lower(),
        )

    def _url(self, person: Person, slug: str) -> str:
        """The key of the profiles map: with or without ``www.``, which says nothing about the person."""
        host = self._population.dice.pick(("www.linkedin.com", "linkedin.com"), "map key", person.truth_id)
        return f"https://{host}/in/{quote(slug)}"

    def _written_name(self, person: Person) -> str:
        forms = (person.full_name, person.full_name, person.full_name, person.full_name.upper())
        return self._population.dice.pick(forms, "contactout name", person.truth_id)

    def _title(self, position: Position, person: Person) -> str:
        form = self._population.dice.below(3, "contactout title", person.truth_id)
        return wording.title(position.department, position.level, form)

    def _updated(self, person: Person, changes: int) -> dt.date:
        if changes:
            return person.changes[changes - 1].follow_on["contactout"]
        first = max(person.seen_since["contactout"], self._population.start - dt.timedelta(days=400))
        return first + dt.timedelta(days=self._population.dice.below(200, "updated", person.truth_id) % 90)

    def _job(self, job: Position, until: dt.date | None, person: Person) -> dict[str, Any]:
        dice, company = self._population.dice, job.company
        key = ("contactout job", person.truth_id, job.started_on)
        dated = dice.chance(0.3, "dated", *key)
        written = f"{job.department.name} at {company.name}: {', '.join(job.department.skills[:3])}."
        logo = f"https://images.example.com/companies/{company.slug}"
        record = {
            "title": self._title(job, person),
            "summary": written if dice.chance(0.5, "summary", *key) else None,
            "locality": ", ".join(part for part in (company.seat.city, company.seat.country) if part),
            "company_name": self._companies.name(company),
            "start_date_year": job.started_on.year,
            "start_date_month": job.started_on.month,
            "end_date_year": until.year if until else None,
            "end_date_month": until.month if until else None,
            "is_current": until is None,
            "linkedin_url": None if company.link == "domain_only" else self._companies.url(company),
            "logo_url": logo if dice.chance(0.6, "logo", *key) else None,
        }
        if dated:
            # The month is not padded, as in the reference: 20204 is April 2020.
            record["start_date"] = f"{job.started_on.year}{job.started_on.month}"
            record["end_date"] = f"{until.year}{until.month}" if until else None
        return record

    def _education(self, person: Person, working_since: int) -> list[dict[str, Any]]:
        dice, key = self._population.dice, ("contactout", person.truth_id)
        if dice.chance(0.15, "no education", *key):
            return []
        school = dice.pick(words.SCHOOLS, "school", *key)
        ended = working_since - dice.below(2, "graduated", *key)
        subject = dice.pick(words.FIELDS_OF_STUDY, "field", *key)
        return [
            {
                "field_of_study": subject,
                "description": f"Thesis in {subject}" if dice.chance(0.4, "thesis", *key) else None,
                # Years of study are text in the reference, unlike those of jobs.
                "start_date_year": str(ended - 3 - dice.below(2, "studied", *key)),
                "end_date_year": str(ended),
                "degree": dice.pick(words.DEGREES, "degree", *key),
                "school_name": school,
                "url": f"https://www.linkedin.com/school/{school.lower().replace(' ', '-')}/",
            }
        ]

    def _certifications(self, person: Person) -> list[dict[str, Any]]:
        dice, key = self._population.dice, ("contactout", person.truth_id)
        if not dice.chance(0.2, "certified", *key):
            return []
        year = 2015 + dice.below(9, "certificate year", *key)
        # The reference says `name`; profiles elsewhere say `title`.
        label = dice.pick(("name", "name", "title"), "certificate label", *key)
        ends, month = dice.chance(0.5, "certificate ends", *key), 1 + dice.below(12, "certificate month", *key)
        # Company and date are in the reference's words, not in its example.
        told = {"company": "Project Management Institute", "date": f"{year}-{month:02d}"}
        return [
            {
                label: "Project Management Professional (PMP)",
                "authority": "Project Management Institute",
                "license": str(10_000_000 + dice.below(90_000_000, "license", *key)),
                "start_date_year": year,
                "start_date_month": month,
                "end_date_year": year + 3 if ends else None,
                "end_date_month": month if ends else None,
                **(told if dice.chance(0.4, "certificate told", *key) else {}),
            }
        ]

    def _publications(self, person: Person, skills: list[str]) -> list[dict[str, Any]]:
        dice, key = self._population.dice, ("contactout", person.truth_id)
        if not dice.chance(0.15, "published", *key):
            return []
        topic = skills[0] if skills else "Work"
        return [
            {
                "url": f"https://journal.example.com/{dice.hexadecimal(8, 'publication', *key)}",
                "title": f"The Future of {topic}",
                "description": f"What changes for those who live by {topic}.",
                "publisher": "Example Monthly",
                "authors": [person.full_name],
                "published_on_year": 2016 + dice.below(9, "publication year", *key),
                "published_on_month": 1 + dice.below(12, "publication month", *key),
                "published_on_day": 1 + dice.below(28, "publication day", *key),
            }
        ]

    def _projects(self, person: Person) -> list[dict[str, Any]]:
        dice, key = self._population.dice, ("contactout", person.truth_id)
        if not dice.chance(0.15, "project", *key):
            return []
        year, lasts = 2014 + dice.below(9, "project year", *key), dice.chance(0.3, "project lasts", *key)
        return [
            {
                "title": "Website redesign",
                "description": "Led those who drew it and those who built it.",
                "start_date_year": year,
                "start_date_month": 1 + dice.below(12, "project month", *key),
                "end_date_year": None if lasts else year + 1,
                "end_date_month": None if lasts else 1 + dice.below(12, "project end", *key),
            }
        ]


def _sentence(job: Mapping[str, Any]) -> str:
    until = job["end_date_year"] or "Present"
    return f"{job['title']} at {job['company_name']} in {job['start_date_year']} - {until}"
