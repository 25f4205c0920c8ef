"""Ranges in words, such as `11-50 employees` or `$10M - $50M`: what they span, and the one name that we call them by."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

POWERS = {
    "": 1.0, "k": 1e3, "thousand": 1e3, "m": 1e6, "mm": 1e6, "mn": 1e6, "mio": 1e6, "million": 1e6,
    "millions": 1e6, "b": 1e9, "bn": 1e9, "billion": 1e9, "billions": 1e9, "t": 1e12, "trillion": 1e12,
}  # fmt: skip

NUMBER = re.compile(r"(?P<digits>\d[\d., ']*)\s*(?P<power>[a-z]*)")
OTHER_MONEY = re.compile(
    r"[€£¥₹₩₽]|(?<![a-z])(eur|euros?|gbp|pounds?|jpy|yen|cny|rmb|inr|rupees|cad|aud|chf|brl|sek)(?![a-z])"
)
OTHER_DOLLARS = re.compile(r"(?<![a-z])(a|au|c|ca|nz|s|sg|hk|nt|r)\$")
DOLLARS = re.compile(r"\$|(?<![a-z])(usd?|dollars?)(?![a-z])")
HEADS = re.compile(r"(?<![a-z])(employees?|staff|people|persons?|headcount|size|fte|ftes|emp)(?![a-z])")
A_YEAR = re.compile(r"(?<![a-z])(revenues?|annual(ly)?|a year|per year|sales|arr|in|p\.?a\.?)(?![a-z])|/\s*(yr|year)\b")
BELOW = re.compile(r"^(<=?|≤|less than|under|below|fewer than|up to|at most|max)\s*")
ABOVE = re.compile(r"^(>=?|≥|more than|over|above|at least|from|min)\s*")
OPEN = re.compile(r"\s*(\+|plus|or more|and more|and above|and over|or above)$")
BETWEEN = re.compile(r"\s*(?:-+|to|through|until|and|\.\.+|~)\s*")
ALONE = ("self-employed", "self employed", "selfemployed", "freelance", "freelancer", "sole proprietor", "myself only",
    "just me", "sole trader")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """From `low` to `high`, both included; `high` is None where there is no end."""

    low: float
    high: float | None


@dataclass(frozen=True, slots=True)
class Bands:
    """The ranges that we know, in a closed vocabulary: (label, first value in it, first value beyond it); from a seed."""

    entries: tuple[tuple[str, float, float | None], ...]

    @classmethod
    def read(cls, rows: Iterable[Mapping[str, str]]) -> Bands:
        """From rows with `label`, `low` and `below` (empty where there is no end)."""
        return cls(
            tuple((row["label"], float(row["low"]), float(row["below"]) if row["below"] else None) for row in rows)
        )

    def label(self, span: Span) -> str | None:
        """The band that holds a range whole; None when it spans several.

        Who says `50-200` means `51-200`: one band ends where the next begins.
        """
        for label, low, below in self.entries:
            if span.low == span.high:
                holds = low <= span.low and (below is None or span.low < below)
            else:
                holds = low - 1 <= span.low and (below is None or (span.high is not None and span.high <= below))
            if holds:
                return label
        return None


def employee_range(value: str) -> Span | None:
    """How many employees a range in words spans; None when it says nothing for certain."""
    text = _plain(value)
    if text in ALONE:
        return Span(1, 1)
    span = _span(HEADS.sub(" ", text), whole=True)
    if span is None or span.low != int(span.low) or (span.high or 0) > 1e8:
        return None
    return span


def revenue_range(value: str) -> Span | None:
    """How many US dollars a range in words spans; None when it says nothing for certain, or other money."""
    text = _plain(value)
    if OTHER_MONEY.search(text) or OTHER_DOLLARS.search(text.replace("us$", "$")):
        return None
    text = A_YEAR.sub(" ", DOLLARS.sub(" ", text.replace("us$", "$")))
    return _span(text, whole=False)


def _span(text: str, whole: bool) -> Span | None:
    """The range that is left when all words but those of numbers and bounds are gone.

    Args:
        whole: whether things are counted, so that what is more than ten is at least eleven.
    """
    text = text.strip(" ().,:")
    step = 1.0 if whole else 0.0
    if below := BELOW.match(text):
        high = _amount(text[below.end() :])
        strict = below[1] in ("<", "less than", "under", "below", "fewer than")
        return None if high is None or high <= 0 else Span(step, max(high - step, step) if strict else high)
    if above := ABOVE.match(text):
        rest = text[above.end() :]
        if above[1] != "from" or len(BETWEEN.split(rest)) == 1:
            low = _amount(OPEN.sub("", rest))
            strict = above[1] in (">", "more than", "over", "above")
            return None if low is None else Span(low + step if strict else low, None)
        text = rest
    elif text.startswith("between "):
        text = text.removeprefix("between ")
    if OPEN.search(text):
        low = _amount(OPEN.sub("", text))
        return None if low is None else Span(low, None)
    ends = BETWEEN.split(text.replace("_", "-"))
    if len(ends) == 1:
        low = _amount(text)
        return None if low is None else Span(low, low)
    if len(ends) != 2:
        return None
    high = _amount(ends[1])
    low = _amount(ends[0], like=ends[1])
    if low is None or high is None:
        return None
    if low > high:
        # `500-1B` is half a thousand and not half a thousand billions.
        low = _amount(ends[0])
    return Span(low, high) if low is not None and low <= high else None


def _amount(text: str, like: str = "") -> float | None:
    """A number in words (`1,001`, `1.001`, `2.5 million`).

    Args:
        like: the end of the same range; its power is that of a beginning without one (`10-50M`).
    """
    found = NUMBER.fullmatch(text.strip())
    if found is None or found["power"] not in POWERS:
        return None
    power = found["power"]
    if not power and (ending := NUMBER.fullmatch(like.strip())):
        power = ending["power"] if ending["power"] in POWERS else ""
    digits = found["digits"].strip().replace("'", "").replace(" ", "")
    if re.fullmatch(r"\d{1,3}([.,]\d{3})+", digits) and not (found["power"] and digits.count(".") == 1):
        digits = re.sub(r"[.,]", "", digits)
    elif re.fullmatch(r"\d{1,3}(,\d{3})*\.\d+", digits):
        digits = digits.replace(",", "")
    elif re.fullmatch(r"\d+,\d{1,2}", digits):
        digits = digits.replace(",", ".")
    if not re.fullmatch(r"\d{1,18}(\.\d+)?", digits):
        return None
    return float(digits) * POWERS[power]


def _plain(value: str) -> str:
    text = unicodedata.normalize("NFKC", value).lower()
    text = re.sub(r"[\u2010-\u2015\u2212]", "-", text)
    return " ".join(text.split())
