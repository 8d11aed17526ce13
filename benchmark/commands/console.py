"""Where commands print, and how they fail."""

from __future__ import annotations

from rich.console import Console

CONSOLE = Console()


class CommandFailed(Exception):
    """A command did what it could and has something left to say."""
