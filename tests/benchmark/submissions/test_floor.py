"""No strictly equivariant network is below the floor, with any weights, on any hidden asymmetry."""

from dataclasses import replace

import pytest

from symbreak.benchmark.grids.grid import run_grid
from symbreak.benchmark.grids.presets import Preset
from symbreak.benchmark.records.configuration import Training
from symbreak.benchmark.records.records import MetricRow
from symbreak.benchmark.submissions.floor import (
    EVALUATION,
    ROUNDING,
    SIMULATIONS,
    floor_margins,
    hidden_scenarios,
    margin,
)
from symbreak.models import get_model, list_models

from ..conftest import QUIET

STRICT = [entry.name for entry in list_models() if entry.family == "strict" and entry.usable]
HIDDEN = [scenario for symmetry in ("rotation", "translation", "reflection") for scenario in hidden_scenarios(symmetry)]


@pytest.mark.parametrize("model", STRICT)
def test_random_weights(model, data_dir):
    margins = floor_margins(model, data_dir)
    symmetries = get_model(model).symmetries
    assert list(margins) == [name for symmetry in symmetries for name in hidden_scenarios(symmetry)]
    assert bool(margins) == (symmetries != ("scaling",)), "dilations have no floor"
    assert min(margins.values(), default=1) >= 1 - ROUNDING


@pytest.mark.parametrize("scenario", HIDDEN)
def test_trained_networks_through_the_harness(scenario, machine, tmp_path):
    """The plain convnet is the strict one of translations; elsewhere nothing holds it back."""
    preset = Preset(
        name="tiny",
        scenarios=(scenario,),
        strengths=(1.0,),
        budget=500,
        simulations=SIMULATIONS,
        training=Training(epochs=1, epoch_steps=20),
        evaluation=EVALUATION,
    )
    (recipe,) = preset.recipes()
    strict = [model for model in STRICT if get_model(model).fits(recipe.shape) and model in preset.models_for(recipe)]
    models = (*strict, *(("convnet",) if recipe.symmetry == "translation" else ()))
    records = run_grid(replace(preset, models=models), tmp_path, machine, QUIET)
    assert {record.model for record in records} == set(models) and models
    for record in records:
        assert 1 - ROUNDING <= margin(record.metrics) < 1e3


def test_the_smallest_ratio_of_all_steps_and_metrics():
    """Errors 2 and 3 over floors 1 and 2: 1.5. A floor of 0 bounds nothing, nor does a number of another split."""
    values = [
        ("rmse", 1, 2.0),
        ("floor", 1, 1.0),
        ("rmse", 2, 3.0),
        ("floor", 2, 2.0),
        ("rmse", 3, 0.1),
        ("floor", 3, 0.0),
    ]
    rows = [MetricRow("orbit", *each) for each in values]
    assert margin([*rows, MetricRow("domain", "rmse", 2, 0.1)]) == 1.5
    assert margin([]) == float("inf")


def test_other_families_are_not_held_to_it(data_dir):
    assert floor_margins("convnet", data_dir) == floor_margins("oracle-rotation", data_dir) == {}
