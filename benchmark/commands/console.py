"""Where commands print."""

from __future__ import annotations

from rich.console import Console

CONSOLE = Console(markup=False)
"""Shows reasons of failures, paths and names as they are, square brackets too."""
