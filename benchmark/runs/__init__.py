"""One run: its configuration, training, scores and record, and the machine that it runs on."""

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
