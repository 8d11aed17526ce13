"""The floor as a check of models: on whole orbits of the simulator no strictly equivariant network falls below it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import torch

from ...datasets import DataSet, generate
from ...models import get_model
from ...simulators import list_scenarios
from ..aggregation.long_table import FLOORED
from ..records.configuration import Evaluation, RunConfig, Simulations
from ..records.records import MetricRow
from ..runs.evaluation import evaluate
from ..runs.execute import reproducible, untrained

SIMULATIONS = Simulations(resolution=16, train=1, valid=1, test=2, first_frame=15, train_frames=20, future_frames=10)
EVALUATION = Evaluation(steps=5)
ROUNDING = 1e-4
"""Share by which a bounded metric may fall below its floor: rounding in single precision."""
NOISE = 0.1
"""Size of the noise added to every weight: a strict network is strict with any weights, not only with initial ones."""


def hidden_scenarios(symmetry: str) -> list[str]:
    """Lists the scenarios of a symmetry that have a floor."""
    return [each.name for each in list_scenarios() if each.has_floor and each.symmetry == symmetry]


def floor_margins(model: str, data_dir: str | Path) -> dict[str, float]:
    """Runs a strict model with random weights on small orbits of every onset scenario of its symmetries.

    Args:
        model: name of a registered model.
        data_dir: folder of data sets, where the simulations are kept.

    Returns:
        By scenario, the smallest ``error_n / floor_n`` over steps and :data:`.FLOORED` metrics: at least 1 but for
        rounding if the network is strict. Nothing for other families, nor where no scenario has a floor.
    """
    entry = get_model(model)
    if entry.family != "strict":
        return {}
    scenarios = (scenario for symmetry in entry.symmetries for scenario in hidden_scenarios(symmetry))
    return {scenario: _margin(model, scenario, data_dir) for scenario in scenarios}


def _margin(model: str, scenario: str, data_dir: str | Path) -> float:
    recipe = SIMULATIONS.recipe(scenario, 1.0)
    data = DataSet(generate(recipe, data_dir))
    with reproducible(), torch.no_grad():
        rollout = untrained(RunConfig(recipe=recipe, model=model), data.increment_rms / data.velocity_rms, seed=0)
        for parameter in rollout.parameters():
            parameter.add_(NOISE * torch.randn_like(parameter))
        return margin(evaluate(rollout, data, EVALUATION, torch.device("cpu")))


def margin(rows: Iterable[MetricRow]) -> float:
    """Finds the smallest ``error_n / floor_n`` of a run, over steps and :data:`.FLOORED` metrics; infinite where no
    floor is above 0."""
    values = {(row.metric, row.step): row.value for row in rows if row.split == "orbit"}
    ratios = [
        error / bound
        for (name, step), bound in values.items()
        if name in FLOORED and bound and (error := values[FLOORED[name], step]) is not None
    ]
    return min(ratios, default=float("inf"))
