"""Tables as text: terminal, Markdown, CSV and LaTeX. What is exported is imported when it is first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy import exports

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
__getattr__ = exports(__name__, _MODULES)
