"""Where commands print, and how they fail."""

from __future__ import annotations

from rich.console import Console

CONSOLE = Console(markup=False)
"""Reasons of failures, paths and names are shown as they are, square brackets too."""


class CommandFailed(Exception):
    """A command did what it could and has something left to say."""
