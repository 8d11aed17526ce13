"""Tables as text: terminal, Markdown, CSV and LaTeX. What is exported is imported when it is first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy import exports

if TYPE_CHECKING:
    from .all_tables import TABLES, Section, compute_tables, section_of, sections
    from .leaderboard import write_leaderboard
    from .markup import latex, latex_tables, leaderboard_markdown, markdown
    from .terminal import rich_section, rich_table

__all__ = [
    "TABLES",
    "Section",
    "compute_tables",
    "latex",
    "latex_tables",
    "leaderboard_markdown",
    "markdown",
    "rich_section",
    "rich_table",
    "section_of",
    "sections",
    "write_leaderboard",
]
_MODULES = {
    "TABLES": "all_tables",
    "Section": "all_tables",
    "compute_tables": "all_tables",
    "latex": "markup",
    "latex_tables": "markup",
    "leaderboard_markdown": "markup",
    "markdown": "markup",
    "rich_section": "terminal",
    "rich_table": "terminal",
    "section_of": "all_tables",
    "sections": "all_tables",
    "write_leaderboard": "leaderboard",
}
__getattr__ = exports(__name__, _MODULES)
