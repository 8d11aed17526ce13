"""Models whose size misses the budget are named before a grid starts."""

import re
from dataclasses import replace

from rich.console import Console

from symbreak.benchmark.grids.estimate import estimate, size
from symbreak.benchmark.grids.grid import run_grid
from symbreak.benchmark.grids.warnings import off_budget

MODEL = """
import torch
from symbreak.models import Forecaster, register

@register("fixed-size", family="unconstrained")
class FixedSize(Forecaster):
    def __init__(self, task):
        super().__init__(task)
        self.weight = torch.nn.Parameter(torch.ones(601))

    def forward(self, history):
        return history[:, -1] * self.weight.mean()

@register("cannot-be-built", family="unconstrained")
class CannotBeBuilt(FixedSize):
    def __init__(self, task):
        raise RuntimeError("no")
"""


def test_a_dry_run_says_what_the_grid_is_made_of(tiny):
    grid = replace(tiny, models=("convnet",), seeds=(0, 3), history=(1, 2))
    made_of = "scenarios rotation-buoyancy; strengths 0, 1; seeds 0, 3; histories 1, 2; training simulations 2"
    assert size(grid.runs()) == f"8 runs; {made_of}"


def test_a_model_that_cannot_be_built_does_not_stop_the_estimate(tiny, machine, tmp_path):
    model_file = tmp_path / "models.py"
    model_file.write_text(MODEL)
    some = replace(tiny, models=("convnet", "cannot-be-built"), strengths=(1.0,), seeds=(0,))
    with Console(file=(tmp_path / "log").open("w"), width=100) as console:
        console.print(estimate(some, machine, tmp_path, model_file))
    assert re.search(r"cannot-be-built +│ 1 +│ 1 +│ \? +│ \? ", (tmp_path / "log").read_text())


def test_models_that_are_a_fifth_off_are_named(tiny, machine, tmp_path):
    """601 parameters are more than 20 % above 500; persistence has none, and what cannot be built fails in its run."""
    model_file = tmp_path / "models.py"
    model_file.write_text(MODEL)
    some = replace(tiny, models=("persistence", "fixed-size", "cannot-be-built"), strengths=(1.0,))
    line = "more than 20% off the budget of 500 parameters: fixed-size 601 (rotation-buoyancy, history 1)"
    with Console(record=True, quiet=False, file=(tmp_path / "log").open("w"), width=60) as console:
        run_grid(some, tmp_path, machine, console, model_file)
    assert line in (tmp_path / "log").read_text()
    assert off_budget(replace(some, budget=501).runs(model_file)) == ""
    assert off_budget(replace(some, budget=None).runs(model_file)) == ""
