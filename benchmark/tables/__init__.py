"""Tables as text: terminal, Markdown, CSV and LaTeX. What is exported is imported when it is first asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .all_tables import TABLES, Section, compute_tables, sections
    from .leaderboard import write_leaderboard
    from .markup import latex, leaderboard_markdown, markdown
    from .terminal import rich_table

__all__ = [
    "TABLES",
    "Section",
    "compute_tables",
    "latex",
    "leaderboard_markdown",
    "markdown",
    "rich_table",
    "sections",
    "write_leaderboard",
]
_MODULES = {
    "TABLES": "all_tables",
    "Section": "all_tables",
    "compute_tables": "all_tables",
    "latex": "markup",
    "leaderboard_markdown": "markup",
    "markdown": "markup",
    "rich_table": "terminal",
    "sections": "all_tables",
    "write_leaderboard": "leaderboard",
}


def __getattr__(name: str) -> Any:
    """Imports what is exported when it is first asked for."""
    if name in _MODULES:
        return getattr(import_module(f".{_MODULES[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
