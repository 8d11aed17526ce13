"""The example in docs/add-a-scenario.md works as it stands."""

import re
from pathlib import Path

import numpy as np
import torch

from symbreak.simulators import simulate, stack_draws, still
from symbreak.symmetry import equivariance_error

PAGE = Path(__file__).parents[3] / "docs" / "add-a-scenario.md"


def test_example_breaks_the_mirror():
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    names = {}
    code = code.replace("from ..", "from symbreak.simulators.").replace("from .", "from symbreak.simulators.scenarios.")
    exec(code, names)
    scenario = names["REFLECTION_DRIFT"]
    shape = (12, 16)
    box = type(scenario.box(12))(shape, scenario.boundary)
    draws = stack_draws([scenario.draw(np.random.default_rng(i), i, shape, 0.02) for i in range(2)])

    def error(strength):
        def evolve(pair):
            run = simulate(pair[0], scenario.law(box, pair[1], strength), box, 5)
            return torch.stack([plumes.velocity for plumes in run], 1)

        start = (still(box, 2), draws)
        elements = scenario.probes(scenario.group, shape)
        return equivariance_error(evolve, lambda g, x: scenario.act(g, *x, shape), start, start[0].velocity, elements)

    assert error(0.0).max() < 1e-10
    assert (error(1.0) > error(0.5)).all() and (error(0.5) > 0.01).all()
