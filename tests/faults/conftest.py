"""The fault suite's towns and desks."""

from tests.towns import _wholes, desks, pauses, prepared, room, strange_desks, towns, whole

__all__ = ["_wholes", "desks", "pauses", "prepared", "room", "strange_desks", "towns", "whole"]
