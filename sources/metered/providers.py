"""What the metered client must know of a provider; each source's `api.py` fills it in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from .errors import ErrorRule, Problem
from .prices import PriceList
from .questions import Question


@dataclass(frozen=True, slots=True)
class Server:
    """Another server of a provider, which takes the same key in its own way.

    Args:
        base_url: see `Provider.base_url`.
        headers: its authentications, for each of `Provider.headers` the one of the same form of the key.
        setting: the configuration key of its base URL, as sentences about it name it.
    """

    base_url: str
    headers: tuple[Mapping[str, str], ...]
    setting: str


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider as the client sees it.

    Args:
        base_url: https, or http on a loopback address; a path is kept.
        secrets: the keys as configured; redacted from everything that is kept or shown.
        headers: the possible authentications, most likely first; with more than one, `probe` (free) tells which is right.
        inspect: reads a document and says (problem, partial): an error carried inside it, and the provider's words when
            data and errors came together.
        counts: the units that were delivered, as prices name them; always holds `record`.
        rates: requests a minute by rate class.
        unknown_parts: the parts of a selection that a problem says the provider does not know (`ASK_FOR_LESS`).
        without: a question without such parts; None when nothing of it would be left.
        servers: its other servers, by `Question.server`.
    """

    name: str
    base_url: str
    secrets: tuple[str, ...]
    headers: tuple[Mapping[str, str], ...]
    errors: tuple[ErrorRule, ...]
    inspect: Callable[[Question, int, Any], tuple[Problem | None, str | None]]
    counts: Callable[[Question, Any], Mapping[str, int]]
    prices: PriceList = field(default_factory=dict)
    rates: Mapping[str, float] = field(default_factory=dict)
    probe: Question | None = None
    unknown_parts: Callable[[Problem], frozenset[str]] = lambda _: frozenset()
    without: Callable[[Question, frozenset[str]], Question | None] = lambda question, _: question
    servers: Mapping[str, Server] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, server in self.servers.items():
            if len(server.headers) != len(self.headers):
                raise ValueError(f"the server {name} needs headers for each form of the key")

    @property
    def base_urls(self) -> tuple[str, ...]:
        """All of its servers."""
        return (self.base_url, *(server.base_url for server in self.servers.values()))

    def base_url_of(self, question: Question) -> str:
        """The base URL that a question's path stands below."""
        return self.servers[question.server].base_url if question.server else self.base_url

    def headers_of(self, question: Question, form: int) -> Mapping[str, str]:
        """What authenticates a question, with the key in one of its forms (a place in `headers`)."""
        return (self.servers[question.server].headers if question.server else self.headers)[form]

    def setting_of(self, question: Question) -> str:
        """The configuration key of the base URL that a question goes to."""
        return self.servers[question.server].setting if question.server else "base_url"


def refuse_base_url(url: str) -> str | None:
    """Why a base URL cannot be used, as a sentence; None when it can."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return f"{url!r} is not a URL"
    if parts.username or parts.password:
        return "the URL holds a user name or password; keys belong in .dlt/secrets.toml"
    if parts.scheme not in ("http", "https") or not host:
        return f"{url!r} is not an https:// URL"
    if parts.scheme == "http" and not _is_this_machine(host):
        return f"{url!r} is not https; only a server on this machine (127.0.0.1) may be reached without"
    return None


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
