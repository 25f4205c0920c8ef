"""LinkedIn pages: what a URL names, whatever its scheme, host, case, locale or encoding."""

from __future__ import annotations

import unicodedata
from urllib.parse import unquote, urlsplit


def linkedin_page(value: str | None) -> tuple[str, str] | None:
    """(`person` or `company`, slug) of a LinkedIn URL; None for anything else."""
    text = (value or "").strip()
    try:
        parts = urlsplit(text if "//" in text else f"//{text}")
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    if host != "linkedin.com" and not host.endswith(".linkedin.com"):
        return None
    steps = [unicodedata.normalize("NFC", unquote(step)).strip().lower() for step in parts.path.split("/")]
    kind, slug, *rest = [*(step for step in steps if step), "", ""]
    if not slug:
        return None
    if kind == "in":
        return "person", slug
    if kind == "pub":
        # Old public profiles: the name, then three groups of digits in reverse order.
        groups = [step for step in rest if step][:3]
        return "person", f"{slug}-{''.join(reversed(groups))}" if len(groups) == 3 else slug
    return ("company", slug) if kind in ("company", "school", "showcase") else None


def profile_url(value: str | None) -> str | None:
    """`https://www.linkedin.com/in/<slug>` of a person's page; None for anything else."""
    page = linkedin_page(value)
    return f"https://www.linkedin.com/in/{page[1]}" if page and page[0] == "person" else None
