"""A strict network's weights in its relaxed sibling give the same function."""

import pytest
import torch

from symbreak.models import Task, build, list_models, load_strict
from symbreak.models.check import default_task
from symbreak.models.probe_fields import probe_fields

RELAXED = [entry for entry in list_models() if entry.family == "relaxed"]
STRICT = {"rotation": "equiv-rotation", "reflection": "equiv-reflection", "scaling": "equiv-scaling"}
CASES = [(entry.name, default_task(entry, cells=12)) for entry in RELAXED]
CASES += [
    (entry.name, Task(history=2, shape=(12, 12), group="D4"))
    for entry in RELAXED
    if entry.symmetry == "rotation" and "8" not in entry.name
]


def strict_sibling(name, task):
    """``equiv`` of the point group or of dilations, of eighth turns, or the plain network of translations."""
    symmetry = name.rpartition("-")[2]
    strict = "equiv8-rotation" if name.startswith("rsteer8") else STRICT.get(symmetry, "convnet")
    group = {"rotation": "C4", "scaling": "dilation"}.get(symmetry) if "-translation-" in name else task.group
    return build(strict, Task(**vars(task) | {"group": group}), width=2)


def perturbed(model):
    for parameter in model.parameters():
        parameter.add_(0.1 * torch.randn_like(parameter))
    return model


@torch.no_grad()
@pytest.mark.parametrize("name, task", CASES, ids=[f"{name}-{task.group}" for name, task in CASES])
def test_the_relaxed_sibling_computes_the_same(name, task):
    torch.manual_seed(0)
    strict, relaxed = perturbed(strict_sibling(name, task)), perturbed(build(name, task, width=2))
    history = probe_fields(3, 2, (12, 12))
    expected, before = strict(history), relaxed(history)
    assert (before - expected).abs().max() > 0.1 * expected.abs().max()
    if name == "combo-scaling":
        message = r"layer 1 with .* 3 x 3 kernels, .* for ConvThenSteerableNet to .* SteerableNet does, got .* 5 x 5"
        with pytest.raises(ValueError, match=message):
            load_strict(relaxed, strict)
        assert torch.equal(relaxed(history), before)
        return
    load_strict(relaxed, strict)
    assert (relaxed(history) - expected).abs().max() < 1e-5 * expected.abs().max()


def test_other_networks_are_an_error():
    task = Task(history=2, shape=(12, 12), group="C4")
    periodic = Task(history=2, shape=(12, 12), group="C4", boundary=("periodic", "periodic"))
    strict = build("equiv-rotation", task, width=2)
    for relaxed, other, message in (
        (
            build("mlp", task),
            strict,
            "0 convolutions for MultilayerPerceptron to compute what SteerableNet does, got 5",
        ),
        (build("unet", task), strict, "11 convolutions for UNet to .*, got 5"),
        (
            build("rpp-rotation", task, width=3),
            strict,
            "layer 1 with .* to 3 regular fields of C4, .*, got .* to 2 reg",
        ),
        (build("rpp-rotation", periodic, width=2), strict, "periodic and periodic walls .*, got .* closed and closed"),
        (build("rsteer8-rotation", task, width=1), strict, "vector fields of C8 to .*, got .* vector fields of C4"),
        (
            build("rpp-rotation", task, width=2),
            build("convnet", task, width=8),
            "fields of C4, .*, got 4 -> 8 channels,",
        ),
    ):
        with pytest.raises(ValueError, match=f"strict: expected .*{message}"):
            load_strict(relaxed, other)
