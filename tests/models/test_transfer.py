"""A strict network's weights in its relaxed sibling give the same function."""

import pytest
import torch

from symbreak.models import Task, build, load_strict
from symbreak.models.probe_fields import probe_fields


@torch.no_grad()
@pytest.mark.parametrize("family", ["equiv", "rpp", "rgroup", "rsteer"])
@pytest.mark.parametrize("group", ["C4", "D4", "mirror", "dilation"])
def test_the_relaxed_sibling_computes_the_same(group, family):
    task = Task(history=2, shape=(12, 12), group=group)
    torch.manual_seed(0)
    strict, relaxed = (build(f"{name}-{task.symmetry}", task, width=2) for name in ("equiv", family))
    for model in (strict, relaxed):
        for parameter in model.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    load_strict(relaxed, strict)
    history = probe_fields(3, 2, (12, 12))
    torch.testing.assert_close(relaxed(history), strict(history), rtol=1e-4, atol=1e-5)


def test_other_networks_are_an_error():
    task = Task(history=2, shape=(12, 12), group="C4")
    strict = build("equiv-rotation", task, width=2)
    with pytest.raises(ValueError, match="expected 0 steerable convolutions, got 5"):
        load_strict(build("convnet", task, width=2), strict)
    with pytest.raises(ValueError, match=r"strict: expected a layer of .*count=3.*, got .*count=2"):
        load_strict(build("rpp-rotation", task, width=3), strict)
