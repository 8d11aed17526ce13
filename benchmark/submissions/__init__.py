"""Runs that others can repeat and rescore.

What is exported is imported when it is first asked for: the process of a submitted model starts without simulator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy import exports

if TYPE_CHECKING:
    from .agreement import Agreement, compare
    from .board import accept, read_board, report_row
    from .repeat import reproduce
    from .submission import Verdict, rescore, submit

__all__ = [
    "Agreement",
    "Verdict",
    "accept",
    "compare",
    "read_board",
    "report_row",
    "reproduce",
    "rescore",
    "submit",
]
_MODULES = {
    "Agreement": "agreement",
    "Verdict": "submission",
    "accept": "board",
    "compare": "agreement",
    "read_board": "board",
    "report_row": "board",
    "reproduce": "repeat",
    "rescore": "submission",
    "submit": "submission",
}
__getattr__ = exports(__name__, _MODULES)
