"""Choices that depend on the seed and on what they are about, and on nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

Option = TypeVar("Option")


class Dice:
    """Keyed randomness: the same seed and key always fall the same way.

    A sequence of draws would shift when one more is made; a keyed draw lets a provider's wording of one record be
    decided when it is needed, in any order. (``hash()`` differs between processes, so it is not used.)
    """

    def __init__(self, seed: int) -> None:
        self._salt = str(seed)

    def roll(self, *key: object) -> int:
        """An integer of 64 bits."""
        text = "/".join((self._salt, *map(str, key)))
        return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")

    def below(self, limit: int, *key: object) -> int:
        """An integer from 0 to ``limit - 1``."""
        return self.roll(*key) % limit

    def chance(self, share: float, *key: object) -> bool:
        """True in ``share`` of all keys."""
        return self.roll(*key) % 10_000 < share * 10_000

    def pick(self, options: Sequence[Option], *key: object) -> Option:
        """One of ``options``; write an option twice to make it likelier."""
        return options[self.roll(*key) % len(options)]

    def hexadecimal(self, digits: int, *key: object) -> str:
        """An identifier of ``digits`` hexadecimal characters."""
        text = "/".join((self._salt, *map(str, key)))
        return hashlib.blake2b(text.encode(), digest_size=32).hexdigest()[:digits]
