"""Records of runs that never ran, for tests of what is made from records."""

from dataclasses import replace
from typing import Any

from symbreak.benchmark.records.configuration import RunConfig
from symbreak.benchmark.records.records import RunRecord
from symbreak.datasets import Recipe


def configured(
    scenario: str = "rotation-buoyancy", strength: float = 0.5, model: str = "convnet", train: int = 24, **changes: Any
) -> RunConfig:
    """Gives the configuration of a run that would bear these labels; ``changes`` are other fields of it."""
    return RunConfig(recipe=Recipe(scenario=scenario, strength=strength, train=train), model=model, **changes)


def made_up(**changes: Any) -> RunRecord:
    """Gives a run that is done, with one number; ``changes`` are fields as in JSON. Its configuration is made of the
    labels among these, and the other labels of its configuration; ``errors`` are those of its data."""
    errors = changes.pop("errors", {"10": 0.25})
    given = {name: changes[name] for name in ("scenario", "strength", "model", "seed") if name in changes}
    config = RunConfig.from_dict(changes["config"]) if "config" in changes else configured(**given)
    content = {
        "status": "done",
        "reason": "",
        "config": config.as_dict(),
        "versions": {"symbreak": "0.1.0"},
        "machine": "abacus",
        "family": "unconstrained",
        "data": {"hash": config.recipe.hash, "equivariance_error": errors},
        "n_parameters": 7,
        "train_seconds": 1.5,
        "curves": {"train_loss": [1.0], "valid_rmse": [1.0], "best_epoch": 0},
        "metrics": [{"split": "domain", "metric": "nrmse", "step": "mean", "value": 1.0}],
    }
    return RunRecord.from_json(config.labels | content | changes)


def failed(**changes: Any) -> RunRecord:
    """Gives a run that failed before it knew its data."""
    nothing = dict.fromkeys(("family", "data", "n_parameters", "train_seconds", "curves", "metrics"))
    return replace(made_up(**changes), status="failed", reason="no luck", **nothing)


def row(**labels: Any) -> dict[str, Any]:
    """Gives a row of the long table: the error on orbits of a run on hidden asymmetry; ``labels`` are other values."""
    return {
        "scenario": "rotation-buoyancy-onset",
        "symmetry": "rotation",
        "history": 1,
        "train_simulations": 24,
        "strength": 0.0,
        "data_error": 0.5,
        "model": "convnet",
        "family": "unconstrained",
        "seed": 0,
        "split": "orbit",
        "metric": "relative_l2",
        "step": "mean",
        "value": 1.0,
        "n_parameters": 7,
        "train_seconds": 1.0,
    } | labels
