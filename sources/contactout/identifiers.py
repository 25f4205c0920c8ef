"""What identifies a person or company at ContactOut, checked before it is sent and written alike for each spelling."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from sources.landing import linkedin_page

ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+")
HOST = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
OTHER_PRODUCTS = ("sales", "talent", "recruiter")
"""Where Sales Navigator and Recruiter have their pages; they vary and change (reference, Contact Info API)."""


def profile(text: str) -> str:
    """`https://www.linkedin.com/in/<slug>` of a person's page.

    Raises:
        ValueError: it is no such page.
    """
    page = linkedin_page(text)
    if page is not None and page[0] == "person":
        return f"https://www.linkedin.com/in/{page[1]}"
    if set(_linkedin_path(text)[:1]) & {*OTHER_PRODUCTS}:
        raise ValueError(
            "linkedin_url is a page of Sales Navigator or Recruiter, which ContactOut does not take: "
            "give the public profile (linkedin.com/in/… or /pub/…)"
        )
    raise ValueError("linkedin_url is not the page of a person (linkedin.com/in/… or /pub/…)")


def company_page(text: str) -> str:
    """`https://www.linkedin.com/company/<name or number>` of a company's page.

    Raises:
        ValueError: it is no such page; those of schools and showcases are none.
    """
    page = linkedin_page(text)
    if page is None or _linkedin_path(text)[:1] != ["company"]:
        raise ValueError("linkedin_url is not the page of a company (linkedin.com/company/…)")
    return f"https://www.linkedin.com/company/{page[1]}"


def address(text: str) -> str:
    """An e-mail address in lower case.

    Raises:
        ValueError: it is none.
    """
    if not ADDRESS.fullmatch(text.strip()):
        raise ValueError("email is no e-mail address")
    return text.strip().lower()


def host(text: str) -> str:
    """The host of a domain or URL, without `www.`; letters beyond ASCII in their IDNA form.

    Raises:
        ValueError: it is none; an e-mail address is not a domain.
    """
    written = text.strip().lower()
    try:
        name = urlsplit(written if "//" in written else f"//{written}").hostname or ""
        name = name.rstrip(".").encode("idna").decode()
    except ValueError:
        name = ""
    bare = name.removeprefix("www.")
    name = bare if "." in bare else name
    if "@" in written or not HOST.fullmatch(name):
        raise ValueError("domain is no domain (example.com)")
    return name


def number(text: str) -> str:
    """A phone number with its country code, as E.164 writes it.

    Raises:
        ValueError: it is none, or lacks its country code, without which it may be somebody else's.
    """
    import phonenumbers

    written = text.strip()
    written = f"+{written[2:]}" if written.startswith("00") else written
    try:
        parsed = phonenumbers.parse(written, None)
    except phonenumbers.NumberParseException:
        parsed = None
    if parsed is None or not phonenumbers.is_possible_number(parsed):
        raise ValueError("phone is no phone number with its country code (+1 415 555 0100)")
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def _linkedin_path(text: str) -> list[str]:
    """The steps of a LinkedIn URL's path in lower case; none for another host."""
    written = text.strip().lower()
    try:
        parts = urlsplit(written if "//" in written else f"//{written}")
        name = parts.hostname or ""
    except ValueError:
        return []
    if name != "linkedin.com" and not name.endswith(".linkedin.com"):
        return []
    return [step for step in parts.path.split("/") if step]
