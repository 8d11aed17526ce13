"""One run: its configuration, training, scores and record, and the machine that it runs on.

What is exported is imported when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy import exports

if TYPE_CHECKING:
    from .configuration import Evaluation, RunConfig, Simulations, Training
    from .machine import Machine, generate_all, progress_bar
    from .records import RunRecord, load_run, load_runs
    from .rollout import Rollout

__all__ = [
    "Evaluation",
    "Machine",
    "Rollout",
    "RunConfig",
    "RunRecord",
    "Simulations",
    "Training",
    "generate_all",
    "load_run",
    "load_runs",
    "progress_bar",
]
_MODULES = {
    "Evaluation": "configuration",
    "Machine": "machine",
    "Rollout": "rollout",
    "RunConfig": "configuration",
    "RunRecord": "records",
    "Simulations": "configuration",
    "Training": "configuration",
    "generate_all": "machine",
    "load_run": "records",
    "load_runs": "records",
    "progress_bar": "machine",
}
__getattr__ = exports(__name__, _MODULES)
