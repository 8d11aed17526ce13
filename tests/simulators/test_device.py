"""Where a simulation computes, mostly without a GPU.

On the ``meta`` device of torch, which knows shapes but no numbers, what was left on the CPU by mistake cannot be
combined with the rest, unless it is the left factor of a product.
"""

import numpy as np
import pytest
import torch

from symbreak.simulators import Law, list_scenarios, stack_draws, still


@pytest.fixture(autouse=True)
def any_number_is_finite(monkeypatch):
    """Whether the flow is finite is the one number that a simulation asks for."""
    item = torch.Tensor.item
    monkeypatch.setattr(torch.Tensor, "item", lambda tensor: True if tensor.is_meta else item(tensor))


def run(scenario):
    rows = [scenario.draw(np.random.default_rng(index), index, (16, 16), 0.02) for index in range(2)]
    return list(scenario.evolve(still(scenario.box(16), 2, "meta"), stack_draws(rows), 0.5, 2))


@pytest.mark.parametrize("scenario", list_scenarios(), ids=lambda scenario: scenario.name)
def test_all_of_a_simulation_is_where_its_plumes_are(scenario):
    states = run(scenario)
    assert len(states) == 2 and {part.device.type for state in states for part in state} == {"meta"}


def test_a_law_that_stays_behind_is_noticed(monkeypatch):
    monkeypatch.setattr(Law, "to", lambda law, device: law)
    with pytest.raises(RuntimeError, match="not on the expected device"):
        run(list_scenarios()[0])


def risen(scenario, device, batch=2):
    """Plumes after ten steps, on the CPU."""
    rows = [scenario.draw(np.random.default_rng(index), index, (16, 16), 0.02) for index in range(batch)]
    *_, plumes = scenario.evolve(still(scenario.box(16), batch, device), stack_draws(rows), 0.5, 10)
    return [part.cpu() for part in plumes]


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("scenario", list_scenarios(), ids=lambda scenario: scenario.name)
def test_a_gpu_agrees_with_the_cpu(scenario):
    for there, here in zip(risen(scenario, "cuda"), risen(scenario, "cpu"), strict=True):
        torch.testing.assert_close(there, here, rtol=0, atol=1e-12 * max(here.abs().max().item(), 1))


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("scenario", list_scenarios(), ids=lambda scenario: scenario.name)
def test_a_gpu_gives_the_same_bits_again(scenario):
    assert all(map(torch.equal, risen(scenario, "cuda"), risen(scenario, "cuda")))
