"""Typed settings: `.dlt/config.toml`, `.dlt/secrets.toml` and the environment, in dlt's names and order.

The environment wins over secrets, secrets over config; `SOURCES__LEADIQ__API_KEY` is `sources.leadiq.api_key`.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from sources.contactout.inputs import ContactOutInputs
from sources.leadiq.inputs import LeadIQInputs
from sources.letrics.inputs import LetricsInputs
from sources.metered import Limits, refuse_base_url

from .failures import CannotDo

DLT_TABLES = frozenset(
    {"runtime", "normalize", "load", "extract", "data_writer", "schema", "pipeline", "pipelines", "destination"}
)
"""Tables of the same files that are dlt's own."""

SECRETS: Mapping[str, str] = {"leadiq": "api_key", "contactout": "api_token", "letrics": "api_key"}
"""The key that connects each source."""


PLACES = ("data_dir", "warehouse", "published", "pace_dir")
"""Keys of `[leadhouse]` that say where things are; they are today's, also for a sync of yesterday."""

OPERATIONS: Mapping[str, frozenset[str]] = {
    "leadiq": frozenset(
        {"account", "usage", "contactTrackingBalance", "trackedContacts", "trackedCompanies", "companyTrackingTask"}
        | {"flatAdvancedSearch", "groupedAdvancedSearch", "searchPeople", "searchCompany", "regeneratedTime"}
        | {"trackContacts", "addTrackedCompanies", "removeTrackedCompanies", "removeAllTrackedCompanies"}
        | {"startCompanyTrackingTask", "cancelCompanyTrackingTask", "regenerate", "submitPersonFeedback"}
        | {"listProspects", "exportList", "createList", "addProspect"}
    ),
    "contactout": frozenset(
        {"stats", "people_search", "people_count", "decision_makers", "company_search", "domain_enrich"}
        | {"linkedin_enrich", "email_enrich", "people_enrich", "people_linkedin", "people_person"}
        | {"people_linkedin_batch", "people_linkedin_batch_v2", "email_verify", "email_verify_batch"}
        | {"work_email_status", "personal_email_status", "phone_status"}
    ),
    "letrics": frozenset({"contacts", "companies"}),
}
CREDIT_TYPES: Mapping[str, frozenset[str]] = {
    "leadiq": frozenset({"uc", "data_hub", "page", "exact_match", "premium_mobile", "tracking"}),
    "contactout": frozenset({"search", "email", "phone", "verifier"}),
    "letrics": frozenset(),
}
UNITS = frozenset(
    {"request", "record", "record_with_profile", "record_with_email", "record_with_phone", "record_with_company"}
    | {"record_without_contact", "record_verified"}
)
RATE_CLASSES: Mapping[str, frozenset[str]] = {
    "leadiq": frozenset({"default"}),
    "contactout": frozenset({"default", "people_search", "contact_checker"}),
    "letrics": frozenset({"default"}),
}
"""What prices, budgets and rates may name; a name with a slip would silently mean "free" or "no limit"."""


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class House(Strict):
    """`[leadhouse]`"""

    data_dir: str = Field(
        "data", description="Journal, pipelines, warehouse file and published copy; needs a durable disk."
    )
    warehouse: Literal["duckdb", "postgres"] = Field("duckdb", description="Where the tables live.")
    published: str | None = Field(None, description="The published read-only DuckDB file; by default in data_dir.")
    build_after_sync: bool = Field(True, description="Build the marts at the end of each sync.")
    max_paid_in_flight: int = Field(
        2, ge=1, le=64, description="Paid requests under way at once; what a kill can cost at most."
    )
    repeat_unknown_up_to: float = Field(
        30, ge=0, description="Credits that may be risked to repeat, once, a paid request whose answer was lost."
    )
    patience_seconds: float = Field(
        900, ge=0, description="The longest wait a provider may ask for before its source ends, resumable."
    )
    attempts: int = Field(4, ge=1, le=20, description="How often a request is sent that fails in a way that may pass.")
    timeout_seconds: float = Field(60, gt=0, description="How long an answer may take.")
    answers_per_round: int = Field(2000, ge=1, description="A sync lands what it has after so many answers.")
    pace_dir: str | None = Field(
        None,
        description="Where processes that use the same key agree on their pace; by default in the user's cache folder.",
    )
    dbt_threads: int = Field(1, ge=1, description="Threads of dbt; DuckDB uses all cores with one.")
    memory_limit: str = Field("4GB", description="Memory DuckDB may use while loading and building.")

    def limits(self) -> Limits:
        return Limits(
            max_paid_in_flight=self.max_paid_in_flight,
            repeat_unknown_up_to=self.repeat_unknown_up_to,
            patience_seconds=self.patience_seconds,
            attempts=self.attempts,
            timeout_seconds=self.timeout_seconds,
            answers_per_round=self.answers_per_round,
        )


class BudgetLimits(Strict):
    """`[budget.<provider>] <credit_type> = {per_sync, per_day, per_month}`"""

    per_sync: float | None = Field(None, ge=0, description="Credits per sync.")
    per_day: float | None = Field(None, ge=0, description="Credits per day, UTC.")
    per_month: float | None = Field(None, ge=0, description="Credits per calendar month, UTC.")


class Sources(Strict):
    """`[sources.…]`"""

    leadiq: LeadIQInputs = Field(default_factory=lambda: LeadIQInputs())
    contactout: ContactOutInputs = Field(default_factory=lambda: ContactOutInputs())
    letrics: LetricsInputs = Field(default_factory=lambda: LetricsInputs())


Prices = dict[str, dict[str, dict[str, float]]]
"""operation -> credit type -> counted unit -> credits"""


class PriceTables(Strict):
    """`[prices.…]`; an operation that is listed replaces the documented price."""

    leadiq: Prices = Field(default_factory=dict, description="LeadIQ's prices by operation.")
    contactout: Prices = Field(default_factory=dict, description="ContactOut's prices by operation.")
    letrics: Prices = Field(default_factory=dict, description="Letrics' prices by operation.")
    usd: dict[Literal["leadiq", "contactout", "letrics"], dict[str, float]] = Field(
        default_factory=dict, description="US dollars per credit, by provider and credit type; unset compares nothing."
    )


class DashboardFile(Strict):
    """`[dashboard]`"""

    after_build: bool = Field(False, description="Write the dashboard at the end of each build.")
    file: str | None = Field(None, description="Where; by default dashboard.html beside the published copy.")


class Rates(Strict):
    """`[rates.…]`; a rate class that is listed replaces the documented rate."""

    leadiq: dict[str, float] = Field(default_factory=dict, description="Requests a minute by rate class.")
    contactout: dict[str, float] = Field(default_factory=dict, description="Requests a minute by rate class.")
    letrics: dict[str, float] = Field(default_factory=dict, description="Requests a minute by rate class.")


class Settings(Strict):
    """Everything that can be set."""

    leadhouse: House = Field(default_factory=lambda: House())
    sources: Sources = Field(default_factory=lambda: Sources())
    budget: dict[Literal["leadiq", "contactout", "letrics"], dict[str, BudgetLimits]] = Field(default_factory=dict)
    prices: PriceTables = Field(default_factory=lambda: PriceTables())
    rates: Rates = Field(default_factory=lambda: Rates())
    dashboard: DashboardFile = Field(default_factory=lambda: DashboardFile())
    duckdb_path: str | None = Field(None, description="`destination.duckdb.credentials`: the warehouse file.")
    postgres_url: str | None = Field(None, repr=False, description="`destination.postgres.credentials`: the warehouse.")

    @model_validator(mode="after")
    def money_is_named_rightly(self) -> Settings:
        for source, operations in OPERATIONS.items():
            for operation, kinds in getattr(self.prices, source).items():
                _refuse_other(operation, operations, f"prices.{source}")
                for kind, units in kinds.items():
                    for unit in units:
                        _refuse_other(unit, UNITS, f"prices.{source}.{operation}.{kind}")
            for rate_class in getattr(self.rates, source):
                _refuse_other(rate_class, RATE_CLASSES[source], f"rates.{source}")
            known = frozenset(self.credit_types(source))
            for place, named in (("budget", self.budget), ("prices.usd", self.prices.usd)):
                for kind in named.get(source, {}):  # type: ignore[call-overload]
                    _refuse_other(kind, known, f"{place}.{source}")
        return self

    @field_validator("sources")
    @classmethod
    def keys_can_be_sent(cls, sources: Sources) -> Sources:
        """A key that was pasted with a line break, or with letters no header can carry."""
        for name, secret in SECRETS.items():
            inputs = getattr(sources, name)
            key = (getattr(inputs, secret) or "").strip()
            if not (key.isascii() and key.isprintable()):
                raise ValueError(f"sources.{name}.{secret} holds characters that no key has; copy it again")
            setattr(inputs, secret, key or None)
        return sources

    @field_validator("sources")
    @classmethod
    def base_urls(cls, sources: Sources) -> Sources:
        urls = {
            "sources.leadiq.base_url": sources.leadiq.base_url,
            "sources.leadiq.prospector_base_url": sources.leadiq.prospector_base_url,
            "sources.contactout.base_url": sources.contactout.base_url,
            "sources.letrics.base_url": sources.letrics.base_url,
        }
        for key, url in urls.items():
            reason = refuse_base_url(url) if url is not None else None
            if reason:
                raise ValueError(f"{key}: {reason}")
        return sources

    def frozen(self) -> dict[str, Any]:
        """What a sync is bound to: everything but the keys, where things are on this machine, and what is written after it."""
        return self.model_dump(
            mode="json",
            exclude={
                "duckdb_path": True,
                "postgres_url": True,
                "dashboard": True,
                "leadhouse": set(PLACES),
                "sources": {name: {secret} for name, secret in SECRETS.items()},
            },
        )

    def thawed(self, frozen: Mapping[str, Any]) -> Settings:
        """These settings' keys and places with another sync's frozen rest."""
        merged = _merge(dict(frozen), {"duckdb_path": self.duckdb_path, "postgres_url": self.postgres_url})
        merged["dashboard"] = self.dashboard.model_dump()
        merged["leadhouse"] = {**merged["leadhouse"], **{name: getattr(self.leadhouse, name) for name in PLACES}}
        for name, secret in SECRETS.items():
            merged["sources"].setdefault(name, {})[secret] = getattr(getattr(self.sources, name), secret)
        return Settings.model_validate(merged)

    def credit_types(self, source: str) -> list[str]:
        """The kinds of credits a source is known to charge, and those that configured prices name."""
        configured = {kind for kinds in getattr(self.prices, source).values() for kind in kinds}
        return sorted(configured | CREDIT_TYPES[source])

    def connected(self, source: str) -> str | None:
        """What is missing to use a source, as a sentence; None when nothing is."""
        inputs = getattr(self.sources, source)
        secret = SECRETS[source]
        if not (getattr(inputs, secret) or "").strip():
            return (
                f"{source} has no key: put {secret} under [sources.{source}] in .dlt/secrets.toml, "
                f"or set SOURCES__{source.upper()}__{secret.upper()}"
            )
        if source == "letrics" and not inputs.base_url:
            return (
                "letrics has no base_url: its documentation does not name one, so ask Letrics for it and put it under "
                "[sources.letrics] in .dlt/config.toml"
            )
        return None

    def data_dir(self) -> Path:
        return Path(self.leadhouse.data_dir).absolute()

    def warehouse_file(self) -> Path:
        return (
            Path(self.duckdb_path).absolute()
            if self.duckdb_path
            else self.data_dir() / "warehouse" / "leadhouse_warehouse.duckdb"
        )

    def published_file(self) -> Path:
        return (
            Path(self.leadhouse.published).absolute()
            if self.leadhouse.published
            else self.data_dir() / "published" / "leadhouse.duckdb"
        )

    def dashboard_file(self) -> Path:
        return (
            Path(self.dashboard.file).absolute()
            if self.dashboard.file
            else self.published_file().with_name("dashboard.html")
        )


def load_settings(folder: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """Reads the settings of a project folder.

    Raises:
        CannotDo: a file is not TOML, a key is unknown or has a wrong value; the sentence names file or key.
    """
    folder = folder or Path.cwd()
    environment = os.environ if environment is None else environment
    merged: dict[str, Any] = {}
    for name in ("config.toml", "secrets.toml"):
        path = folder / ".dlt" / name
        if path.exists():
            try:
                merged = _merge(merged, tomllib.loads(path.read_text(encoding="utf-8")))
            except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
                # The error may quote a line of secrets.toml.
                where = str(error).rsplit("(", 1)[-1].rstrip(")") if "(" in str(error) else "see the file"
                raise CannotDo(f".dlt/{name} is not valid TOML ({where}). Correct it there.") from None
    merged = _merge(merged, _from_environment(environment))
    destination = merged.get("destination") or {}
    ours = {key: value for key, value in merged.items() if key not in DLT_TABLES}
    ours["duckdb_path"] = _credentials(destination.get("duckdb"), "duckdb")
    ours["postgres_url"] = _credentials(destination.get("postgres"), "postgres")
    try:
        settings = Settings.model_validate(ours)
    except ValidationError as error:
        raise CannotDo(_sentence(error)) from None
    if settings.leadhouse.warehouse == "postgres" and not settings.postgres_url:
        raise CannotDo(
            'leadhouse.warehouse is postgres, but there is no address for it: put credentials = "postgresql://user:password@host:5432/database" '
            "under [destination.postgres] in .dlt/secrets.toml, or set DESTINATION__POSTGRES__CREDENTIALS."
        )
    return settings


def read_as_of(environment: Mapping[str, str] | None = None) -> datetime | None:
    """`LEADHOUSE_AS_OF`, UTC without a zone; None when time runs by itself.

    Raises:
        CannotDo: it is no ISO date or time.
    """
    text = (os.environ if environment is None else environment).get("LEADHOUSE_AS_OF", "").strip()
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CannotDo(
            f"LEADHOUSE_AS_OF is {text!r}; it takes a date or time such as 2026-03-02 or 2026-03-02T06:00:00."
        ) from None
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _refuse_other(name: str, known: frozenset[str], where: str) -> None:
    if name not in known:
        raise ValueError(f"{where}: there is no {name!r}; known are {', '.join(sorted(known)) or 'none'}")


def _credentials(table: Any, warehouse: str) -> str | None:
    credentials = table.get("credentials") if isinstance(table, dict) else None
    if credentials is None or isinstance(credentials, str):
        return credentials
    if isinstance(credentials, dict) and warehouse == "duckdb":
        return credentials.get("database")
    if isinstance(credentials, dict):
        from urllib.parse import quote

        user, password = (
            quote(str(credentials.get("username", "")), safe=""),
            quote(str(credentials.get("password", "")), safe=""),
        )
        return f"postgresql://{user}:{password}@{credentials.get('host', 'localhost')}:{credentials.get('port', 5432)}/{credentials.get('database', '')}"
    return None


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    tables = ("sources", "leadhouse", "budget", "prices", "rates", "dashboard", "destination")
    for name, value in environment.items():
        steps = [step.lower() for step in name.split("__")]
        if len(steps) < 2 or steps[0] not in tables or not all(steps):
            continue
        parsed: Any = value
        if value[:1] in ("[", "{") or value in ("true", "false"):
            try:
                parsed = json.loads(value)
            except ValueError:
                raise CannotDo(f"The environment variable {name} is not valid JSON. Correct it, or unset it.") from None
        place = found
        for step in steps[:-1]:
            following = place.setdefault(step, {})
            place = following if isinstance(following, dict) else {}
        place[steps[-1]] = parsed
    return found


def _merge(below: dict[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        merged[key] = (
            _merge(merged[key], value) if isinstance(value, dict) and isinstance(merged.get(key), dict) else value
        )
    return merged


def _sentence(error: ValidationError) -> str:
    """Names every key that is wrong, and how; never a value, which might be a key of the other kind."""
    lines = []
    for problem in error.errors(include_input=False, include_url=False):
        where = ".".join(str(step) for step in problem["loc"] if step not in ("function-before", "[key]"))
        message = problem["msg"].removeprefix("Value error, ")
        if problem["type"] == "extra_forbidden":
            message = "there is no such key"
        lines.append(f"{where}: {message}" if where and not message.startswith(where) else message)
    return "The configuration cannot be used. " + "; ".join(lines) + ". See the comments in .dlt/config.toml."
