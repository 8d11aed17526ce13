"""Scale-steerable, relaxed scale and relaxed scale-steerable convolutions."""

import math

import pytest
import torch

from symbreak.models.layers import (
    DILATIONS,
    Fields,
    RelaxedGroupConv2d,
    RelaxedSteerableConv2d,
    ResidualPathwayConv2d,
    ScaledLocalConv2d,
    ScaleGroup,
    SteerableConv2d,
)
from symbreak.models.layers.bases.scale import scale_basis
from symbreak.models.probe_fields import probe_fields
from symbreak.symmetry import C4, Dilation

LAYERS = [SteerableConv2d, ResidualPathwayConv2d, RelaxedSteerableConv2d, RelaxedGroupConv2d]
RATIO = 2**0.5
LOCAL_SHAPE = (63, 63)
ENDLESS = ScaleGroup(tuple(RATIO**power for power in range(5)))


def make(cls, group=DILATIONS, stage="hidden", kernel_size=5, **options):
    torch.manual_seed(0)
    local = cls is ScaledLocalConv2d
    regular = Fields(group, "regular", 1 if local else 2)
    source, target = {
        "lifting": (Fields(group, "vector", 1 if local else 3), regular),
        "hidden": (regular, regular),
        "projecting": (regular, Fields(group, "vector", 1)),
    }[stage]
    if local:
        return cls(source, target, LOCAL_SHAPE, kernel_size=kernel_size)
    if cls is RelaxedGroupConv2d:
        options.setdefault("weights_on", "output" if stage == "lifting" else "input")
    return cls(source, target, kernel_size=kernel_size, **options)


def act(fields, channels):
    """``(r v)(p) = r v(p / r)`` and ``(r f)(s, p) = f(s / r, p / r)`` for ``r`` the ratio of neighbours.

    Nothing comes in at the lower end of the factors.
    """
    if fields.kind == "vector":
        return Dilation(RATIO).vector(channels.unflatten(1, (-1, 2))).flatten(1, 2)
    bigger = Dilation(RATIO).scalar(channels).unflatten(1, (fields.count, -1))
    return torch.cat((torch.zeros_like(bigger[:, :, :1]), bigger[:, :, :-1]), 2).flatten(1, 2)


def inside(fields, channels):
    """Away from the walls, and on the factors whose neighbours are on the list before and after."""
    edge = channels.shape[-1] // 4
    channels = channels[..., edge:-edge, edge:-edge]
    return channels if fields.kind == "vector" else channels.unflatten(1, (fields.count, -1))[:, :, 2:4]


def error_under_dilation(layer):
    """Relative, for smooth fields on a fine grid; from the last factor, which a dilation moves off the list, comes
    nothing."""
    shape = LOCAL_SHAPE if isinstance(layer, ScaledLocalConv2d) else (95, 95)
    fields = probe_fields(2, layer.source.channels, shape, passes=60).flatten(1, 2)[:, : layer.source.channels]
    if layer.source.kind == "regular":
        fields.unflatten(1, (layer.source.count, -1))[:, :, -1] = 0
    expected = inside(layer.target, act(layer.target, layer(fields)))
    got = inside(layer.target, layer(act(layer.source, fields)))
    return ((got - expected).norm() / expected.norm()).item()


@torch.no_grad()
@pytest.mark.parametrize("stage", ["lifting", "hidden", "projecting"])
@pytest.mark.parametrize("cls", [*LAYERS, ScaledLocalConv2d])
def test_a_dilation_of_the_simulator_moves_the_output_to_the_next_factor(cls, stage):
    """Kernels of width 1 to 4 pixels in 21 x 21 windows: what is left is the sampling of the narrowest and of the
    flow. Layers for vectors that keep their length have 0.41 (lifting) and 0.31 (projecting)."""
    assert error_under_dilation(make(cls, ENDLESS, stage, kernel_size=21)) < 0.08


@torch.no_grad()
@pytest.mark.parametrize(
    "cls, name",
    [
        (ResidualPathwayConv2d, "free_weight"),
        (RelaxedSteerableConv2d, "deviation"),
        (RelaxedGroupConv2d, "relaxation"),
        (ScaledLocalConv2d, "weight"),
    ],
)
def test_not_so_when_perturbed(cls, name):
    layer = make(cls, ENDLESS, kernel_size=21)
    torch.nn.init.normal_(getattr(layer, name))
    assert error_under_dilation(layer) > 0.15


@torch.no_grad()
@pytest.mark.parametrize("cls", [*LAYERS, ScaledLocalConv2d])
def test_all_factors_influence_the_output(cls):
    layer = make(cls, stage="projecting")
    fields = torch.zeros(len(DILATIONS), layer.source.channels, *LOCAL_SHAPE)
    for factor in range(len(DILATIONS)):
        fields[factor, factor :: len(DILATIONS)] = torch.randn(LOCAL_SHAPE)
    assert (layer(fields).square().mean((1, 2, 3)) > 1e-3).all()


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


@pytest.mark.parametrize("kind, power", [("vector", 1), ("scalar", 0)])
def test_lifting_and_projection_weigh_the_factors_as_dilations_lengthen_vectors(kind, power):
    """``K[s](y) = Psi(y / s) / s^2 / s`` from vectors, ``s Psi(y / s) / s^2`` to them; without ``s`` for scalars."""
    lifting = scale_basis(DILATIONS, kind, "regular", 5)
    projecting = scale_basis(DILATIONS, "regular", kind, 5)
    psi = scale_basis(DILATIONS, "regular", "regular", 5)[9:18]
    components = lifting.shape[2]
    for n in range(9):
        for c in range(components):
            for index, s in enumerate(DILATIONS.factors):
                row, column = lifting[9 * c + n, index], projecting[9 * c + n, :, index]
                torch.testing.assert_close(row[c], psi[n, index, index] / s**power)
                torch.testing.assert_close(column[c], psi[n, index, index] * s**power)
                others = [other for other in range(components) if other != c]
                assert not row[others].any() and not column[others].any()


@torch.no_grad()
@pytest.mark.parametrize("weights_on", ["input", "output"])
def test_relaxed_layer_equals_its_twin(weights_on):
    """``K[r, s] = sum_l w_l(s) Psi_l[r, s]`` (or ``w_l(r)``), factor by factor."""
    layer = make(RelaxedGroupConv2d, weights_on=weights_on)
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
