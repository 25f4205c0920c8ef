"""The fault suite's towns and desks."""

from tests.acceptance import table
from tests.towns import _wholes, desks, pauses, prepared, room, strange_desks, towns, whole

__all__ = ["_wholes", "desks", "pauses", "prepared", "room", "strange_desks", "towns", "whole"]

pytest_runtest_setup = table.pytest_runtest_setup
