"""Figures and films of results and of data sets.

What is exported is imported when it is first asked for: processes that draw need little of it, and start at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy import exports

if TYPE_CHECKING:
    from .folder import plot_folder, save
    from .plotting import plot
    from .plumes import plot_data, plot_plumes

__all__ = ["plot", "plot_data", "plot_folder", "plot_plumes", "save"]
_MODULES = {
    "plot": "plotting",
    "plot_data": "plumes",
    "plot_folder": "folder",
    "plot_plumes": "plumes",
    "save": "folder",
}
__getattr__ = exports(__name__, _MODULES)
