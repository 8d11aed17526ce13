"""Scale-steerable, relaxed scale and relaxed scale-steerable convolutions."""

import math

import pytest
import torch

from symbreak.models.dilation import dilate, island
from symbreak.models.layers import (
    DILATIONS,
    Fields,
    RelaxedScaleConv2d,
    RelaxedSteerableConv2d,
    ResidualPathwayConv2d,
    ScaleGroup,
    SteerableConv2d,
)
from symbreak.models.layers.scale_basis import scale_basis
from symbreak.models.probe_fields import probe_fields
from symbreak.symmetry import C4

LAYERS = [SteerableConv2d, ResidualPathwayConv2d, RelaxedSteerableConv2d, RelaxedScaleConv2d]
RATIO = 2**0.5
ENDLESS = ScaleGroup(tuple(RATIO**power for power in range(5)))


def make(cls, group=DILATIONS, stage="hidden", kernel_size=5, **options):
    torch.manual_seed(0)
    regular = Fields(group, "regular", 2)
    source, target = {
        "lifting": (Fields(group, "vector", 3), regular),
        "hidden": (regular, regular),
        "projecting": (regular, Fields(group, "vector", 1)),
    }[stage]
    if cls is RelaxedScaleConv2d:
        options.setdefault("weights_on", "output" if stage == "lifting" else "input")
    return cls(source, target, kernel_size=kernel_size, **options)


def moved_by_a_dilation(fields, count):
    """``(r f)(s, p) = f(s / r, p / r)`` for ``r`` the ratio of neighbours; nothing comes in at the lower end."""
    bigger = dilate(fields, RATIO).unflatten(1, (count, -1))
    return torch.cat((torch.zeros_like(bigger[:, :, :1]), bigger[:, :, :-1]), 2).flatten(1, 2)


def error_under_dilation(layer):
    """Relative, on the inner factors, whose neighbours are all on the list, for smooth islands on a fine grid."""
    fields = probe_fields(2, layer.source.channels // 2, (95, 95), passes=60).flatten(1, 2) * island((95, 95))
    expected = dilate(layer(fields), RATIO).unflatten(1, (2, -1))[:, :, 1:3]
    dilated = layer(moved_by_a_dilation(fields, 2)).unflatten(1, (2, -1))[:, :, 2:4]
    return ((dilated - expected).norm() / expected.norm()).item()


@torch.no_grad()
@pytest.mark.parametrize("cls", LAYERS)
def test_a_dilation_moves_the_output_to_the_next_factor(cls):
    """Kernels of width 1 to 4 pixels in 21 x 21 windows: what is left is the sampling of the narrowest."""
    layer = make(cls, ENDLESS, kernel_size=21)
    assert error_under_dilation(layer) < 0.06


@torch.no_grad()
@pytest.mark.parametrize(
    "cls, name",
    [(ResidualPathwayConv2d, "free_weight"), (RelaxedSteerableConv2d, "weight"), (RelaxedScaleConv2d, "relaxation")],
)
def test_not_so_when_perturbed(cls, name):
    layer = make(cls, ENDLESS, kernel_size=21)
    torch.nn.init.normal_(getattr(layer, name))
    assert error_under_dilation(layer) > 0.15


@torch.no_grad()
@pytest.mark.parametrize("cls", LAYERS)
def test_all_factors_influence_the_output(cls):
    layer = make(cls, stage="projecting")
    per_factor = layer.kernel().unflatten(1, (2, len(DILATIONS))).square().sum((0, 1, 3, 4))
    assert (per_factor > 0).all()


@pytest.mark.parametrize("stage", ["lifting", "hidden", "projecting"])
@pytest.mark.parametrize("cls", LAYERS)
def test_every_parameter_gets_a_gradient(cls, stage):
    layer = make(cls, stage=stage)
    layer(torch.randn(2, layer.source.channels, 9, 11)).square().sum().backward()
    for name, parameter in layer.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().max() > 0, name


def test_kernels_equal_the_formula_point_by_point():
    """``K[s', s](y) = H_a(x / s) H_b(y / s) exp(-|y / s|^2 / 2) / s^2`` up to one constant for each ``a, b``."""
    basis = scale_basis(DILATIONS, "regular", "regular", 5)
    hermite = [lambda x: 1.0, lambda x: x, lambda x: x * x - 1]
    assert len(basis) == 3 * 9
    for step, link in enumerate((-1, 0, 1)):
        for a in range(3):
            for b in range(3):
                kernel = basis[9 * step + 3 * a + b]
                constant = None
                for row in range(3):
                    for column, s in enumerate(DILATIONS.factors):
                        if column - row != link:
                            assert kernel[row, column].abs().max() == 0
                            continue
                        x, y = 2.0 / s, -2.0 / s
                        expected = hermite[a](x) * hermite[b](y) * math.exp(-(x * x + y * y) / 2) / s**2
                        constant = constant or kernel[row, column, 4, 0].item() / expected
                        assert kernel[row, column, 4, 0].item() == pytest.approx(constant * expected)


@torch.no_grad()
@pytest.mark.parametrize("weights_on", ["input", "output"])
def test_relaxed_layer_equals_its_twin(weights_on):
    """``K[r, s] = sum_l w_l(s) Psi_l[r, s]`` (or ``w_l(r)``), factor by factor."""
    layer = make(RelaxedScaleConv2d, weights_on=weights_on)
    torch.nn.init.normal_(layer.relaxation)
    kernel = layer.kernel().view(2, 3, 2, 3, 5, 5)
    for r in range(3):
        for s in range(3):
            expected = torch.zeros(2, 2, 5, 5)
            for bank in range(2):
                for n in range(len(layer.basis)):
                    weight = layer.weight[bank, :, :, n] * layer.relaxation[bank, s if weights_on == "input" else r]
                    expected += weight[:, :, None, None] * layer.basis[n, r, s]
            torch.testing.assert_close(kernel[:, r, :, s], expected)


def test_bad_fields_are_named():
    with pytest.raises(ValueError, match="expected regular fields on one side, got vector and vector"):
        scale_basis(DILATIONS, "vector", "vector", 5)
    with pytest.raises(ValueError, match="target: expected fields of dilation, got fields of C4"):
        SteerableConv2d(Fields(DILATIONS, "regular", 2), Fields(C4, "regular", 2))
