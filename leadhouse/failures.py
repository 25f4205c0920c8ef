"""What is said to a person when something cannot be done, and the exit codes."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes; when several apply, the first of 1, 4, 5, 3, 0 counts."""

    COMPLETE = 0
    BUG = 1
    USAGE = 2
    STOPPED = 3
    """By a budget, by the provider's credits, or on request: consistent and resumable."""
    PROVIDER_FAILED = 4
    """The rest was loaded."""
    BUILD_FAILED = 5
    """Loaded, but the build or a data test failed; the published copy is unchanged."""


ORDER = (Exit.USAGE, Exit.BUG, Exit.PROVIDER_FAILED, Exit.BUILD_FAILED, Exit.STOPPED, Exit.COMPLETE)


class CannotDo(Exception):
    """A sentence for a person (what, where, what to do) and an exit code; never shown with a traceback."""

    def __init__(self, sentence: str, exit_code: Exit = Exit.USAGE) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.exit_code = exit_code


def worst(codes: set[Exit]) -> Exit:
    """The one exit code for several that apply."""
    return next((code for code in ORDER if code in codes), Exit.COMPLETE)
