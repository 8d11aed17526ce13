"""What defines a run, and what is recorded of it.

What is exported is imported when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy import exports

if TYPE_CHECKING:
    from .configuration import Evaluation, RunConfig, Simulations, Training
    from .records import MetricRow, RunRecord, load_run, load_runs, save_run

__all__ = [
    "Evaluation",
    "MetricRow",
    "RunConfig",
    "RunRecord",
    "Simulations",
    "Training",
    "load_run",
    "load_runs",
    "save_run",
]
_MODULES = {
    "Evaluation": "configuration",
    "MetricRow": "records",
    "RunConfig": "configuration",
    "RunRecord": "records",
    "Simulations": "configuration",
    "Training": "configuration",
    "load_run": "records",
    "load_runs": "records",
    "save_run": "records",
}
__getattr__ = exports(__name__, _MODULES)
