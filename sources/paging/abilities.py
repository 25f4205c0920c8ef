"""What resources may not be able to do, because their providers are not, and the reasons that several of them share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Ability = Literal["incremental", "changes", "backfill", "page_size", "freshness", "missing", "filled", "volume"]
"""
- incremental: ask for what is new alone;
- changes: be read whole while it changes, or notice that it changed;
- backfill: read a period;
- page_size: choose how many records come in one answer;
- freshness: know that what was read is still fresh, and ask for nothing;
- missing: notice that a record came without a field that all of them have;
- filled: show every declared field at least once;
- volume: be read in the same memory however many records there are.
"""
Cannot = Mapping[Ability, str]
"""By ability, why a resource does not have it: a sentence for a person, without a full stop."""

A_READING: Cannot = {
    "incremental": "a meter is what it is now, and is read in every sync",
    "changes": "a meter is one answer, which cannot change while it is read",
    "backfill": "a meter is what it is now; the provider has no earlier ones to ask for",
    "page_size": "a meter is one answer",
    "freshness": "a meter moves with everything that is bought, so it is read in every sync; it is free",
}
A_LIST: Cannot = {
    "incremental": "the provider cannot be asked for a part of this list, so it is read whole: who is missing has left",
    "backfill": "the provider cannot be asked for a part of this list; every sync reads it whole",
    "freshness": "who has left is seen only in the whole list, so it is read in every sync",
}
