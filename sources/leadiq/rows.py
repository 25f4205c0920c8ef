"""LeadIQ: what the rows have in common that somebody brings to look up or to write."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from sources.landing import linkedin_page


class Row(BaseModel):
    """A row of the input; empty text is no value."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    def text(self, name: str) -> str:
        return getattr(self, name) or ""

    def profile(self) -> str:
        """The LinkedIn profile, the same for each spelling.

        Raises:
            ValueError: it is no person's page.
        """
        page = linkedin_page(self.text("linkedin_url"))
        if page is None or page[0] != "person":
            raise ValueError("linkedin_url is not the page of a person (linkedin.com/in/… or /pub/…)")
        return f"https://www.linkedin.com/in/{page[1]}"

    def given(self, *names: str) -> dict[str, Any]:
        """What was given, by LeadIQ's names.

        Args:
            names: `ours=theirs`, or a name that is theirs too.
        """
        pairs = [(name.partition("=")[0], name.rpartition("=")[2]) for name in names]
        return {theirs: value for ours, theirs in pairs if (value := getattr(self, ours)) not in (None, "")}

    def need(self, *names: str) -> None:
        """Raises ValueError: a column has no value."""
        missing = [name for name in names if getattr(self, name) in (None, "")]
        if missing:
            *first, last = missing
            raise ValueError(f"{', '.join(first)}{' and ' * bool(first)}{last} must be given")
