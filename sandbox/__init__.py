"""LeadIQ, ContactOut and Letrics as one local server over an invented population, on a simulated calendar."""

from __future__ import annotations

from sandbox.server import describe, running, serve
from sandbox.settings import CONTACTOUT_TOKEN, LEADIQ_KEY, LETRICS_KEY, Settings

__all__ = ["CONTACTOUT_TOKEN", "LEADIQ_KEY", "LETRICS_KEY", "Settings", "describe", "running", "serve"]
