"""What a request says: its JSON body or its query, checked against what the endpoint takes."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from sandbox.contactout.refusals import BadInput
from sandbox.exchange import Asked

TEXT = "text"
BOOLEAN = "a boolean"
WHOLE_NUMBER = "a whole number"
LIST_OF_TEXT = "a list of text"
TEXT_OR_LIST = "text or a list of text"
LONGEST_LIST = 50
Parameters = Mapping[str, str]

PROFILE = re.compile(
    r"^https?://\S*linkedin\.com/(?:in/([^/?#\s]+)|pub/([^/?#\s]+)(?:/([^/?#\s]+)/([^/?#\s]+)/([^/?#\s]+))?)",
    re.IGNORECASE,
)
COMPANY = re.compile(r"^https?://\S*linkedin\.com/company/([^/?#\s]+)", re.IGNORECASE)
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


def read_body(asked: Asked, takes: Parameters, longest: Mapping[str, int] | None = None) -> dict[str, Any]:
    """The JSON object of a request. A list holds at most 50 values, or what ``longest`` says for it."""
    try:
        wanted = json.loads(asked.body or b"{}")
    except ValueError as error:
        raise BadInput("The body is not JSON.") from error
    if not isinstance(wanted, dict):
        raise BadInput("The body must be an object.")
    for name, value in wanted.items():
        if name not in takes:
            raise BadInput(f"The parameter {name} is unknown.")
        if not _is_of_type(value, takes[name]):
            raise BadInput(f"The parameter {name} must be {takes[name]}.")
        most = (longest or {}).get(name, LONGEST_LIST)
        if isinstance(value, list) and len(value) > most:
            raise BadInput(f"The parameter {name} takes at most {most} values.")
    return wanted


def read_query(asked: Asked, takes: Parameters) -> dict[str, Any]:
    """The query of a request, with booleans and numbers read from their text."""
    wanted: dict[str, Any] = {}
    for name, text in asked.params:
        if name not in takes:
            raise BadInput(f"The parameter {name} is unknown.")
        if takes[name] == BOOLEAN:
            if text.lower() not in ("true", "false", "1", "0"):
                raise BadInput(f"The parameter {name} must be {takes[name]}.")
            wanted[name] = text.lower() in ("true", "1")
        elif takes[name] == WHOLE_NUMBER:
            if not re.fullmatch(r"\d{1,9}", text):
                raise BadInput(f"The parameter {name} must be {takes[name]}.")
            wanted[name] = int(text)
        else:
            wanted[name] = text
    return wanted


def required(wanted: Mapping[str, Any], name: str) -> Any:
    """A parameter that must be there and must not be empty."""
    if not wanted.get(name):
        raise BadInput(f"The parameter {name} is required.")
    return wanted[name]


def profile_slug(url: str) -> str:
    """Whom a profile URL names, whatever its spelling; Sales Navigator's and Recruiter's name nobody (reference)."""
    found = PROFILE.match(url.strip())
    if found is None:
        raise BadInput("A profile URL begins with http and contains linkedin.com/in/ or linkedin.com/pub/.")
    public, old, *groups = found.groups()
    # An old public profile has three groups behind the name, in reverse order.
    slug = public or (f"{old}-{''.join(reversed(groups))}" if groups[0] else old)
    return unicodedata.normalize("NFC", unquote(slug)).lower()


def company_slug(url: str) -> str:
    """Which company a LinkedIn URL names: its slug or its number."""
    found = COMPANY.match(url.strip())
    if found is None:
        raise BadInput("A company URL begins with http and contains linkedin.com/company/.")
    return unquote(found[1]).lower()


def address(text: str) -> str:
    """An e-mail address as mail systems compare it."""
    if not ADDRESS.fullmatch(text.strip()):
        raise BadInput("The email is no e-mail address.")
    return text.strip().lower()


def line_of(phone: str) -> str:
    """What tells telephone numbers apart, however they are written: the last ten digits."""
    return re.sub(r"\D", "", phone)[-10:]


def _is_of_type(value: Any, wanted: str) -> bool:
    if wanted == TEXT_OR_LIST:
        return _is_of_type(value, TEXT) or _is_of_type(value, LIST_OF_TEXT)
    if wanted == TEXT:
        return isinstance(value, str)
    if wanted == BOOLEAN:
        return isinstance(value, bool)
    if wanted == WHOLE_NUMBER:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
