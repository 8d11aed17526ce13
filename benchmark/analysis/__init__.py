"""What the numbers say: leaderboard, comparisons, crossovers, costs and what models have learned, one table a file.

Each table stands beside its computation, as a :class:`~..aggregation.Table`. What is exported is imported when it is
first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy import exports

if TYPE_CHECKING:
    from .comparisons import comparisons
    from .costs import costs
    from .crossovers import crossover, crossovers
    from .declared import declared
    from .leaderboard import leaderboard
    from .learned import learned

__all__ = ["comparisons", "costs", "crossover", "crossovers", "declared", "leaderboard", "learned"]
_MODULES = {
    "comparisons": "comparisons",
    "costs": "costs",
    "crossover": "crossovers",
    "crossovers": "crossovers",
    "declared": "declared",
    "leaderboard": "leaderboard",
    "learned": "learned",
}
__getattr__ = exports(__name__, _MODULES)
