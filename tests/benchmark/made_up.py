"""Records of runs that never ran, for tests of what is made from records."""

from dataclasses import replace
from typing import Any

from symbreak.benchmark.runs.records import RunRecord


def made_up(**changes: Any) -> RunRecord:
    """Gives a run of ``convnet`` that is done, with one number; ``changes`` are fields as in JSON."""
    content = {
        "hash": "0" * 16,
        "status": "done",
        "reason": "",
        "scenario": "s",
        "symmetry": "rotation",
        "strength": 0.5,
        "model": "convnet",
        "seed": 0,
        "config": {"history": 1, "recipe": {"train": 24}},
        "versions": {"symbreak": "0.1.0"},
        "machine": "abacus",
        "family": "unconstrained",
        "data": {"hash": "da7a", "equivariance_error": {"10": 0.25}},
        "n_parameters": 7,
        "train_seconds": 1.5,
        "curves": {"train_loss": [1.0], "valid_rmse": [1.0], "best_epoch": 0},
        "metrics": [{"split": "domain", "metric": "nrmse", "step": "mean", "value": 1.0}],
    }
    return RunRecord.from_json(content | changes)


def failed(**changes: Any) -> RunRecord:
    """Gives a run that failed before it knew its data."""
    nothing = dict.fromkeys(("family", "data", "n_parameters", "train_seconds", "curves", "metrics"))
    return replace(made_up(**changes), status="failed", reason="no luck", **nothing)
