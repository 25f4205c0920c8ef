"""Leadhouse, the application: settings, the command line, and the story of a sync."""

__version__ = "0.1.0"
