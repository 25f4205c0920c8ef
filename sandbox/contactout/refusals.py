"""How ContactOut refuses."""

from __future__ import annotations

from sandbox.exchange import Answer, Asked
from sandbox.settings import CONTACTOUT_TOKEN

NO_ACCESS = "No access to endpoint"
NOT_FOUND = "Not Found"
# Reference, Errors; of the two meanings of 403, the one that needs no setting. 404 stands with single endpoints.
DOCUMENTED = {
    400: "Bad credentials or invalid headers",
    401: "Bad request or invalid input",
    403: "You're out of credits, please email your sales manager",
    404: NOT_FOUND,
    429: "Rate limit reached. Check header retry-after: <time_in_seconds> for when rate limit will reset",
}


class BadInput(Exception):
    """A request that ContactOut answers with 401."""


def is_authorised(asked: Asked) -> bool:
    """Whether the request carries the sandbox's token."""
    return asked.headers.get("token") == CONTACTOUT_TOKEN


def refusal(status: int, message: str) -> Answer:
    """An error in ContactOut's shape."""
    return Answer(status, {"status_code": status, "message": message})


def worded_refusal(status: int, message: str | None) -> Answer | None:
    """The refusal with this message, or the one that ContactOut documents for the status."""
    message = message or DOCUMENTED.get(status)
    return None if message is None else refusal(status, message)
