"""Figures and films of results and of data sets.

What is exported is imported when it is first asked for: processes that draw need little of it, and start at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .folder import plot_folder, save
    from .palette import model_styles
    from .plotting import plot
    from .plumes import plot_data, plot_plumes

__all__ = ["model_styles", "plot", "plot_data", "plot_folder", "plot_plumes", "save"]
_MODULES = {
    "model_styles": "palette",
    "plot": "plotting",
    "plot_data": "plumes",
    "plot_folder": "folder",
    "plot_plumes": "plumes",
    "save": "folder",
}


def __getattr__(name: str) -> Any:
    """Imports what is exported when it is first asked for."""
    if name in _MODULES:
        return getattr(import_module(f".{_MODULES[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
