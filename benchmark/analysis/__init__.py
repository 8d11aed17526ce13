"""What records contain: the long table of all results, scores, comparisons, and what models have learned.

Each table stands beside its computation, as a :class:`.Table`. What is exported is imported when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy import exports

if TYPE_CHECKING:
    from .loaded import LoadedResults, load
    from .long_table import Setting, load_results, select, setting_of
    from .statistics import Interval, bootstrap
    from .table import Table

__all__ = ["Interval", "LoadedResults", "Setting", "Table", "bootstrap", "load", "load_results", "select", "setting_of"]
_MODULES = {
    "Interval": "statistics",
    "LoadedResults": "loaded",
    "Setting": "long_table",
    "Table": "table",
    "bootstrap": "statistics",
    "load": "loaded",
    "load_results": "long_table",
    "select": "long_table",
    "setting_of": "long_table",
}
__getattr__ = exports(__name__, _MODULES)
