"""LinkedIn pages: what a URL names, whatever its scheme, host, case, locale or encoding."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote, urlsplit

MOBILE_AND_MAIL = ("mwlite", "m", "comm", "public-profile")
"""Steps that LinkedIn's light pages and the links of its mails put before the path of a page."""

NOBODYS = ("me", "unavailable", "undefined", "null")
"""What stands for a page where there is none, or for the page of whoever is signed in."""

COMPANIES = ("company", "company-beta", "school", "showcase")
GROUP = re.compile(r"[0-9a-f]{1,4}")


def linkedin_page(value: str | None) -> tuple[str, str] | None:
    """(`person` or `company`, slug) of a LinkedIn URL; None for anything else.

    None, too, for what carries no public slug: pages of Sales Navigator and Recruiter, `/profile/view?id=…` (a member's
    number, which is no slug, and might be another's), and lists of people of one name (`/pub/dir/…`). A company's number
    (`/company/12345`) is a slug like any other.
    """
    text = (value or "").strip()
    try:
        parts = urlsplit(text if "//" in text else f"//{text}")
        host = (parts.hostname or "").lower().rstrip(".")
    except ValueError:
        return None
    if host != "linkedin.com" and not host.endswith(".linkedin.com"):
        return None
    steps = [step for step in (_plain(one) for one in parts.path.split("/")) if step]
    while steps and steps[0] in MOBILE_AND_MAIL:
        steps = steps[1:]
    kind, slug, *rest = [*steps, "", ""]
    if not slug or slug in NOBODYS:
        return None
    if kind == "in":
        return "person", slug
    if kind == "pub":
        return _old_profile(slug, [step for step in rest if step])
    return ("company", slug) if kind in COMPANIES else None


def profile_url(value: str | None) -> str | None:
    """`https://www.linkedin.com/in/<slug>` of a person's page; None for anything else."""
    page = linkedin_page(value)
    return f"https://www.linkedin.com/in/{page[1]}" if page and page[0] == "person" else None


def _old_profile(name: str, rest: list[str]) -> tuple[str, str] | None:
    """Old public profiles: the name, then three groups of digits, which its slug has in reverse order.

    A name with fewer groups is that of many, unless it stands alone or before a locale, when it was the slug.
    """
    groups = rest[:3]
    if len(groups) == 3 and all(GROUP.fullmatch(group) for group in groups):
        return "person", f"{name}-{''.join(reversed(groups))}"
    return ("person", name) if len(rest) <= 1 and name != "dir" else None


def _plain(step: str) -> str:
    """A step of a path decoded, in lower case, its accents composed, without what cannot be seen."""
    text = unicodedata.normalize("NFC", unquote(step))
    return "".join(character for character in text if unicodedata.category(character) != "Cf").strip().lower()
