"""Steerable, relaxed steerable, relaxed group and residual pathway convolutions: the four tests of each layer."""

import pytest
import torch

from symbreak.models.layers import (
    C8,
    Fields,
    RelaxedGroupConv2d,
    RelaxedSteerableConv2d,
    ResidualPathwayConv2d,
    SteerableConv2d,
)
from symbreak.models.layers.fields.fields import representation
from symbreak.symmetry import C4, D4, MIRROR, assert_equivariant

GROUPS = [C4, D4, MIRROR]
STAGES = ["lifting", "hidden", "projecting"]
WALLS = [("closed", "closed"), ("periodic", "periodic")]
LAYERS = [SteerableConv2d, ResidualPathwayConv2d, RelaxedSteerableConv2d, RelaxedGroupConv2d]
RELAXATIONS = {
    ResidualPathwayConv2d: ["free_weight", "free_bias"],
    RelaxedSteerableConv2d: ["deviation"],
    RelaxedGroupConv2d: ["relaxation"],
}


def make(cls, group, stage, **options):
    """A layer with nonzero bias, in float64, so that a wrong bias cannot pass."""
    torch.manual_seed(0)
    regular = Fields(group, "regular", 2)
    sides = {
        "lifting": (Fields(group, "vector", 3), regular),
        "hidden": (regular, Fields(group, "regular", 3)),
        "projecting": (regular, Fields(group, "vector", 1)),
    }[stage]
    if cls is RelaxedGroupConv2d:
        options.setdefault("weights_on", "output" if stage == "lifting" else "input")
    layer = cls(*sides, **options)
    if layer.bias is not None:
        torch.nn.init.normal_(layer.bias)
    return layer


def assert_commutes(layer, group, **options):
    """On 5 x 7 cells a quarter turn exchanges the sides."""
    torch.manual_seed(1)
    assert_equivariant(layer, torch.randn(2, layer.source.channels, 5, 7), group.elements, **options)


@pytest.mark.parametrize("boundary", WALLS, ids="-".join)
@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
@pytest.mark.parametrize("cls", LAYERS)
def test_equivariant_at_the_constraint(cls, group, stage, boundary):
    for dtype in (torch.float32, torch.float64):
        assert_commutes(make(cls, group, stage, boundary=boundary), group, dtype=dtype)


def test_mirror_keeps_walls_of_two_kinds():
    layer = make(SteerableConv2d, MIRROR, "hidden", boundary=("periodic", "closed"))
    assert_commutes(layer, MIRROR)


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
@pytest.mark.parametrize("cls", RELAXATIONS)
def test_not_equivariant_when_perturbed(cls, group, stage):
    for name in RELAXATIONS[cls]:
        layer = make(cls, group, stage)
        torch.nn.init.normal_(getattr(layer, name))
        with pytest.raises(AssertionError, match="relative error"):
            assert_commutes(layer, group, tolerance=0.05)


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("cls", LAYERS)
def test_every_parameter_gets_a_gradient(cls, stage):
    layer = make(cls, C4, stage)
    fields = torch.randn(2, layer.source.channels, 5, 7)
    layer(fields).square().sum().backward()
    for name, parameter in layer.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().max() > 0, name


def correlate(kernel, fields):
    """``out[o](p) = sum_(i, y) K[o, i](y) f[i](p + y)`` with zeros outside, pixel by pixel."""
    width, height = fields.shape[-2:]
    radius = kernel.shape[-1] // 2
    output = fields.new_zeros(kernel.shape[0], width, height)
    for x in range(width):
        for y in range(height):
            for dx in range(-radius, radius + 1):
                for dy in range(-radius, radius + 1):
                    if 0 <= x + dx < width and 0 <= y + dy < height:
                        output[:, x, y] += kernel[:, :, dx + radius, dy + radius] @ fields[:, x + dx, y + dy]
    return output


def steerable_twin(layer):
    """``K[o, i](y) = sum_n w_n(y) Psi_n(y)``, entry by entry."""
    size_out, size_in, k = layer.target.size, layer.source.size, layer.stencil.kernel_size
    weight = layer.weight[..., None, None].expand(-1, -1, -1, k, k)
    if isinstance(layer, RelaxedSteerableConv2d):
        weight = weight + layer.deviation
    kernel = torch.zeros(layer.target.count * size_out, layer.source.count * size_in, k, k)
    for o in range(layer.target.count):
        for i in range(layer.source.count):
            for n in range(len(layer.basis)):
                block = weight[o, i, n] * layer.basis[n]
                kernel[o * size_out : (o + 1) * size_out, i * size_in : (i + 1) * size_in] += block
    return kernel


def group_twin(layer):
    """The equation of the docstring for functions on the group, with ``Psi_l(g^-1 h)`` looked up element by element."""
    group, k = layer.source.group, layer.stencil.kernel_size
    banks = layer.weight.unflatten(-1, (len(group), k, k))
    kernel = torch.zeros(layer.target.count, len(group), layer.source.count, len(group), k, k)
    for g, element in enumerate(group.elements):
        for h in range(len(group)):
            difference = group.product[group.inverse[g], h]
            on = h if layer.weights_on == "input" else g
            for bank in range(len(banks)):
                moved = element.scalar(banks[bank, :, :, difference])
                kernel[:, g, :, h] += layer.relaxation[bank, on] * moved
    return kernel.flatten(2, 3).flatten(0, 1)


def check_against(layer, kernel):
    fields = torch.randn(1, layer.source.channels, 5, 7)
    bias = layer.channel_bias()
    expected = correlate(kernel, fields[0]) + (0 if bias is None else bias[:, None, None])
    torch.testing.assert_close(layer(fields)[0], expected, rtol=1e-4, atol=1e-4)


@torch.no_grad()
@pytest.mark.parametrize("stage", STAGES)
def test_steerable_layers_equal_their_twins(stage):
    strict = make(SteerableConv2d, C4, stage)
    check_against(strict, steerable_twin(strict))
    relaxed = make(RelaxedSteerableConv2d, C4, stage)
    torch.nn.init.normal_(relaxed.deviation)
    check_against(relaxed, steerable_twin(relaxed))
    pathway = make(ResidualPathwayConv2d, C4, stage)
    torch.nn.init.normal_(pathway.free_weight)
    check_against(pathway, steerable_twin(pathway) + pathway.free_weight)


@torch.no_grad()
@pytest.mark.parametrize("weights_on", ["input", "output"])
@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
def test_relaxed_group_layer_equals_its_twin(group, weights_on):
    layer = make(RelaxedGroupConv2d, group, "hidden", weights_on=weights_on)
    torch.nn.init.normal_(layer.relaxation)
    check_against(layer, group_twin(layer))


@torch.no_grad()
@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
def test_relaxed_lifting_and_projection_turn_the_free_kernel(group):
    """Row ``g`` of the lifting is ``sum_l w_l(g) Psi_l(g^-1 y) R_g^-1``; column ``h`` of the projection is
    ``sum_l w_l(h) R_h Psi_l(h^-1 y)``."""
    turn = representation(group, "vector").float()
    lifting, projecting = (make(RelaxedGroupConv2d, group, stage) for stage in ("lifting", "projecting"))
    torch.nn.init.normal_(lifting.relaxation)
    torch.nn.init.normal_(projecting.relaxation)
    rows = lifting.kernel().view(2, len(group), 3, 2, 3, 3)
    columns = projecting.kernel().view(1, 2, 2, len(group), 3, 3)
    free_rows = torch.einsum("lg,loin->goin", lifting.relaxation, lifting.weight).unflatten(-1, (2, 3, 3))
    free_columns = torch.einsum("lh,loin->hoin", projecting.relaxation, projecting.weight).unflatten(-1, (2, 3, 3))
    for h, element in enumerate(group.elements):
        row = torch.einsum("oicxy,cd->oidxy", element.scalar(free_rows[h]), turn[h].inverse())
        column = torch.einsum("dc,oicxy->odixy", turn[h], element.scalar(free_columns[h]))
        torch.testing.assert_close(rows[:, h], row)
        torch.testing.assert_close(columns[:, :, :, h], column)


def test_penalties_are_zero_at_the_constraint_and_add_up_by_hand():
    group_layer = make(RelaxedGroupConv2d, C4, "hidden", banks=1, alpha=0.5)
    assert group_layer.relaxation_penalty() == 0
    group_layer.relaxation.data = torch.tensor([[0.0, 1.0, 3.0, 0.0]])
    pairs = 1 + 3 + 0 + 2 + 1 + 3
    assert group_layer.relaxation_penalty().item() == pytest.approx(0.5 * pairs / 6)

    steerable = make(RelaxedSteerableConv2d, C4, "hidden", alpha=0.5)
    assert steerable.relaxation_penalty() == 0
    with torch.no_grad():
        steerable.deviation[0, 0, 0, 0, 0] += 1
    neighbours = steerable.weight.numel() * (2 * 3 * 2)
    assert steerable.relaxation_penalty().item() == pytest.approx(0.5 * 2 / neighbours, rel=1e-5)

    pathway = make(ResidualPathwayConv2d, C4, "hidden", alpha_strict=0.0, alpha_free=0.5)
    assert pathway.relaxation_penalty() == 0
    torch.nn.init.ones_(pathway.free_bias)
    assert pathway.relaxation_penalty().item() == pytest.approx(0.5 / (1 + pathway.source.channels * 9))


def test_bad_arguments_are_named():
    regular, vector = Fields(C4, "regular", 2), Fields(C4, "vector", 2)
    with pytest.raises(ValueError, match="kernel_size: expected an odd number, got 4"):
        SteerableConv2d(regular, regular, kernel_size=4)
    with pytest.raises(ValueError, match="target: expected fields of C4, got fields of D4"):
        SteerableConv2d(regular, Fields(D4, "regular", 2))
    with pytest.raises(ValueError, match="weights_on: expected a side with regular fields, got vector input"):
        RelaxedGroupConv2d(vector, regular)
    with pytest.raises(ValueError, match="weights_on: expected 'input' or 'output', got 'both'"):
        RelaxedGroupConv2d(regular, regular, weights_on="both")
    with pytest.raises(ValueError, match=r"source: expected fields of C4, D4 or .*, got fields of C8"):
        RelaxedGroupConv2d(Fields(C8, "regular", 2), Fields(C8, "regular", 2))
    with pytest.raises(ValueError, match="banks: expected at least 1, got 0"):
        RelaxedGroupConv2d(regular, regular, banks=0)


@pytest.mark.parametrize("cls", LAYERS)
def test_initial_kernels_have_the_variance_of_a_plain_convolution(cls):
    torch.manual_seed(0)
    layer = cls(Fields(C4, "regular", 24), Fields(C4, "regular", 24))
    expected = 2 / (layer.source.channels * 9)
    assert layer.kernel().square().mean().item() == pytest.approx(expected, rel=0.1)
