"""ContactOut: what may be asked, as typed inputs of `.dlt/config.toml`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from . import identifiers
from .expressions import doubts, expression


def _said(text: str) -> str:
    if not text.strip():
        raise ValueError("an empty text is no filter; leave it out")
    return text


Word = Annotated[str, AfterValidator(_said)]
ONE_AS_LIST = BeforeValidator(lambda value: [value] if isinstance(value, str) else value)
Values = Annotated[list[Word], ONE_AS_LIST, Field(min_length=1, max_length=50)]
Unlimited = Annotated[list[Word], ONE_AS_LIST, Field(min_length=1)]
Expression = Annotated[str, AfterValidator(expression)]
Expressions = Annotated[list[Expression], ONE_AS_LIST, Field(min_length=1, max_length=50)]

SIZES = ("1_10", "11_50", "51_200", "201_500", "501_1000", "1001_5000", "5001_10000", "10001")
WHEN = ("current", "past", "both")
LISTED: Mapping[str, tuple[str, ...]] = {
    "match_experience": WHEN,
    "company_filter": WHEN,
    "company_size": SIZES,
    "size": SIZES,
    "years_of_experience": ("0_1", "1_2", "3_5", "6_10", "10"),
    "years_in_current_role": ("0_2", "2_4", "4_6", "6_8", "8_10", "10"),
    "output_fields": (
        "li_vanity", "full_name", "title", "headline", "company", "location", "country", "industry", "experience",
        "education", "skills", "summary", "languages", "certifications", "publications", "projects", "followers",
        "updated_at", "profile_picture_url", "job_function", "seniority", "work_status", "contact_availability",
        "contact_info",
    ),
}  # fmt: skip
"""Values that ContactOut takes, as its own integrations show them; the reference lists none, so others are not refused."""


def _unlisted(search: BaseModel) -> Iterator[str]:
    """A sentence for each value that ContactOut is not known to take."""
    for name, known in LISTED.items():
        given = getattr(search, name, None) or ()
        for value in (given,) if isinstance(given, str) else given:
            if value not in known:
                shown = ", ".join(known[:8]) + (" and others" if len(known) > 8 else "")
                yield f"{name}: {value!r} is no value that ContactOut is known to take ({shown}); it is sent all the same"


def _doubtful(name: str, given: str | Iterable[str] | None) -> Iterator[str]:
    for text in (given,) if isinstance(given, str) else given or ():
        yield from (f"{name}: {doubt}" for doubt in doubts(text))


class PeopleSearch(BaseModel):
    """`[sources.contactout.searches.<name>]`: a saved people search. Every profile it returns costs a search credit."""

    model_config = ConfigDict(extra="forbid")

    refresh_days: float = Field(
        30, gt=0, description="The search is bought again when it was complete so many days ago."
    )
    reveal_info: bool = Field(
        False,
        description="Show e-mail addresses and phone numbers: 1 email and 1 phone credit per profile that has one.",
    )
    name: Word | None = Field(None, description="Name of the person.")
    job_title: Expressions | None = Field(None, description="Titles; boolean expressions in parentheses are allowed.")
    exclude_job_titles: Unlimited | None = Field(None, description="Titles to leave out.")
    current_titles_only: bool | None = Field(
        None, description="Match current titles only (ContactOut's default: true)."
    )
    include_related_job_titles: bool | None = Field(None, description="Match related titles too.")
    match_experience: Word | None = Field(
        None, description="Which positions must match, e.g. `current`, `past`, `both`."
    )
    job_function: Values | None = Field(None, description="Functional areas.")
    seniority: Values | None = Field(None, description="Seniorities.")
    skills: Expressions | None = Field(None, description="Skills; boolean expressions are allowed.")
    education: Expressions | None = Field(None, description="Schools or degrees; boolean expressions are allowed.")
    location: Values | None = Field(None, description="Locations of the person.")
    company: Values | None = Field(None, description="Companies.")
    company_filter: Word | None = Field(None, description="Which companies must match, e.g. `current`, `past`, `both`.")
    current_company_only: bool | None = Field(
        None, description="Match the current company only (ContactOut's default: true)."
    )
    exclude_companies: Unlimited | None = Field(None, description="Companies to leave out.")
    domain: Values | None = Field(None, description="Domains of companies.")
    industry: Expressions | None = Field(None, description="Industries; boolean expressions are allowed.")
    keyword: Expression | None = Field(None, description="Keyword; boolean expressions are allowed.")
    company_size: Unlimited | None = Field(None, description="Sizes, e.g. `1_10`, `11_50`.")
    years_of_experience: Unlimited | None = Field(None, description="Ranges of years, e.g. `6_10`.")
    years_in_current_role: Unlimited | None = Field(None, description="Ranges of years, e.g. `0_2`.")
    data_types: list[Literal["personal_email", "work_email", "phone"]] | None = Field(
        None, description="Only profiles that have these contact details."
    )
    detailed_experience: bool | None = Field(None, description="Positions as objects instead of sentences.")
    detailed_education: bool | None = Field(None, description="Studies as objects instead of sentences.")
    output_fields: Unlimited | None = Field(None, description="Send only these fields.")

    def body(self) -> dict[str, Any]:
        """The request without its page; only what was set."""
        body: dict[str, Any] = self.model_dump(exclude={"refresh_days"}, exclude_none=True)
        return body

    def filters(self) -> dict[str, Any]:
        """What chooses the profiles, as far as the count knows it (reference, People Count API)."""
        shown = {
            "refresh_days",
            "reveal_info",
            "data_types",
            "detailed_experience",
            "detailed_education",
            "output_fields",
        }
        filters: dict[str, Any] = self.model_dump(exclude=shown, exclude_none=True)
        return filters

    def remarks(self) -> list[str]:
        """What somebody may have meant otherwise, a sentence each; nothing of it is refused."""
        found = list(_unlisted(self))
        for name in ("job_title", "skills", "education", "industry", "keyword"):
            found.extend(_doubtful(name, getattr(self, name)))
        beside = [name for name in ("current_titles_only", "company_filter") if getattr(self, name) is not None]
        if self.match_experience is not None and beside:
            found.append(f"match_experience: ContactOut may refuse it together with {' and '.join(beside)}")
        if not self._chooses():
            found.append("nothing says whom it looks for: it buys every profile that ContactOut has")
        return found

    def _chooses(self) -> bool:
        how = {"current_titles_only", "include_related_job_titles", "match_experience", "company_filter"}
        how |= {"current_company_only"}
        return bool(self.filters().keys() - how) or bool(self.data_types)


class CompanySearch(BaseModel):
    """`[sources.contactout.company_searches.<name>]`: a saved company search. Every company it returns costs a search credit."""

    model_config = ConfigDict(extra="forbid")

    refresh_days: float = Field(
        30, gt=0, description="The search is bought again when it was complete so many days ago."
    )
    name: Values | None = Field(None, description="Names of companies.")
    domain: Values | None = Field(None, description="Domains of companies.")
    size: Unlimited | None = Field(None, description="Sizes, e.g. `1_10`, `11_50`.")
    hq_only: bool | None = Field(None, description="Match the location with headquarters only.")
    location: Values | None = Field(None, description="Locations of companies.")
    industries: Values | None = Field(None, description="Industries.")
    min_revenue: int | None = Field(None, ge=0, description="Revenue of at least so many US dollars.")
    max_revenue: int | None = Field(None, ge=0, description="Revenue of at most so many US dollars.")
    year_founded_from: int | None = Field(
        None, ge=1985, description="Founded in this year or later; 1985 at the earliest."
    )
    year_founded_to: int | None = Field(
        None, ge=1985, description="Founded in this year or earlier; at most this year."
    )
    industries_key: Literal["industries", "industry"] = Field(
        "industries", description="How the request names the industries: the reference's table and its example differ."
    )
    page_key: str = Field(
        "page",
        pattern=r"^\w+$",
        description="How the request names the page: it stands in the reference's example alone.",
    )

    @model_validator(mode="after")
    def finds_something_less_than_all(self) -> CompanySearch:
        for least, most in (("min_revenue", "max_revenue"), ("year_founded_from", "year_founded_to")):
            low, high = getattr(self, least), getattr(self, most)
            if low is not None and high is not None and low > high:
                raise ValueError(f"{least} is above {most}: nothing can match")
        # ContactOut measures by its own calendar, so this does, too, whatever day a sync is told to be of.
        if self.year_founded_to is not None and self.year_founded_to > datetime.now(UTC).year:
            raise ValueError("year_founded_to lies in the future; ContactOut takes the current year at most")
        if not self.filters().keys() - {"hq_only"}:
            raise ValueError("a search without a filter would buy every company ContactOut knows; set one")
        return self

    def filters(self) -> dict[str, Any]:
        """The request without its page; only what was set."""
        how = {"refresh_days", "industries_key", "page_key"}
        filters: dict[str, Any] = self.model_dump(exclude=how, exclude_none=True)
        if "industries" in filters:
            filters[self.industries_key] = filters.pop("industries")
        return filters

    def body(self, page: int) -> dict[str, Any]:
        """The request for a page, from 1."""
        return {self.page_key: page, **self.filters()}

    def remarks(self) -> list[str]:
        """What somebody may have meant otherwise, a sentence each; nothing of it is refused."""
        return list(_unlisted(self))


class DecisionMakers(BaseModel):
    """`[sources.contactout.decision_makers.<name>]`: the decision makers of a company. Every profile costs a search credit."""

    model_config = ConfigDict(extra="forbid")

    refresh_days: float = Field(30, gt=0, description="They are bought again when all were read so many days ago.")
    reveal_info: bool = Field(
        False,
        description="Show e-mail addresses and phone numbers: 1 email and 1 phone credit per profile that has one.",
    )
    linkedin_url: Annotated[str, AfterValidator(identifiers.company_page)] | None = Field(
        None, description="LinkedIn page of the company, by name or number."
    )
    domain: Annotated[str, AfterValidator(identifiers.host)] | None = Field(None, description="Domain of the company.")
    name: Word | None = Field(None, description="Name of the company.")

    @model_validator(mode="after")
    def names_a_company(self) -> DecisionMakers:
        if self.linkedin_url is None and self.domain is None and self.name is None:
            raise ValueError("nothing says which company is meant: set linkedin_url, domain or name")
        return self

    def params(self, page: int) -> tuple[tuple[str, str], ...]:
        """The request's parameters for a page, from 1."""
        named = {name: getattr(self, name) for name in ("linkedin_url", "domain", "name")}
        given = tuple((name, value) for name, value in named.items() if value is not None)
        return (*given, ("reveal_info", "true" if self.reveal_info else "false"), ("page", str(page)))


class Companies(BaseModel):
    """`[sources.contactout.companies]`: companies by their domains, which costs nothing."""

    model_config = ConfigDict(extra="forbid")

    keep_filled: bool = Field(
        True, description="Ask in each sync for the companies of domains that the warehouse knows."
    )
    refresh_days: float = Field(90, gt=0, description="A domain is asked for again after so many days.")
    most_per_sync: int = Field(
        3_000, ge=1, description="Domains asked for in one sync at most; the rest follows in later ones."
    )


class Lookups(BaseModel):
    """`[sources.contactout.lookups]`: how `leadhouse lookup contactout.…` asks."""

    model_config = ConfigDict(extra="forbid")

    fresh_days: float = Field(
        90, ge=0, description="What was answered so many days ago at most, by whatever endpoint, is not bought again."
    )
    verify_fresh_days: float = Field(
        90, ge=0, description="An address verified so many days ago at most is not verified again."
    )
    check_first: bool = Field(
        True, description="Ask the free availability checks first where they can save a search credit."
    )
    check_fresh_days: float = Field(30, ge=0, description="A check is not asked again for so many days.")
    jobs_from: int = Field(
        100, ge=2, description="From so many rows on, contact details are looked up by jobs of up to 1,000 rows."
    )
    verify_batch: int = Field(
        100, ge=1, le=1_000, description="Addresses in one verification job; the reference says both 100 and 1,000."
    )
    poll_seconds: float = Field(5, gt=0, description="Seconds before a job is first asked for its result; then longer.")
    wait_seconds: float = Field(
        300, ge=0, description="Seconds a sync waits for a job; after them a later sync reads its result."
    )


class ContactOutInputs(BaseModel):
    """`[sources.contactout]`"""

    model_config = ConfigDict(extra="forbid")

    api_token: str | None = Field(None, repr=False, description="The API token; a secret.")
    base_url: str = Field("https://api.contactout.com", description="Base URL of the API.")
    searches: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], PeopleSearch] = Field(
        default_factory=dict, description="Saved people searches by name (lower case letters, digits, underscores)."
    )
    company_searches: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], CompanySearch] = Field(
        default_factory=dict, description="Saved company searches by name."
    )
    decision_makers: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], DecisionMakers] = Field(
        default_factory=dict, description="Companies whose decision makers are read, by a name of yours."
    )
    companies: Companies = Field(default_factory=Companies, description="Companies by domain.")
    lookups: Lookups = Field(default_factory=Lookups, description="How people, companies and addresses are looked up.")
