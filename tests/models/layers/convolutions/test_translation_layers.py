"""Relaxed translation convolution, alone and with a point group, and convolution with a dense branch."""

import pytest
import torch

from symbreak.models.layers import (
    C8,
    DenseBranch,
    DensePathwayConv2d,
    Fields,
    PlainConv2d,
    RelaxedTranslationConv2d,
    SteerableConv2d,
)
from symbreak.symmetry import C4, D4, assert_equivariant

SHAPE = (5, 7)
PERIODIC = ("periodic", "periodic")


def relaxed(boundary=PERIODIC, shape=SHAPE, **options):
    torch.manual_seed(0)
    banks = [PlainConv2d(3, 4, boundary=boundary) for _ in range(2)]
    for bank in banks:
        torch.nn.init.normal_(bank.bias)
    return RelaxedTranslationConv2d(*banks, shape=shape, **options)


def joint(group=C4, shape=(6, 6)):
    torch.manual_seed(0)
    fields = Fields(group, "regular", 2)
    return RelaxedTranslationConv2d(
        *(SteerableConv2d(fields, fields, boundary=PERIODIC) for _ in range(2)), shape=shape
    )


def pathway():
    torch.manual_seed(0)
    return DensePathwayConv2d(3, 4, SHAPE, boundary=PERIODIC)


class AxisShift:
    """Two cells along an axis of a box that is periodic in both."""

    def __init__(self, axis):
        self.axis = axis

    def scalar(self, field):
        return field.roll(2, self.axis)


SHIFTS = (AxisShift(-2), AxisShift(-1))


def assert_shifts(layer, channels=3, shape=SHAPE, **options):
    def act(shift, fields):
        return shift.scalar(fields)

    torch.manual_seed(1)
    fields = torch.randn(2, channels, *shape)
    assert_equivariant(layer, fields, SHIFTS, act_on_input=act, act_on_output=act, **options)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("make", [relaxed, pathway])
def test_equivariant_at_the_constraint(make, dtype):
    assert_shifts(make(), dtype=dtype)


def test_away_from_the_walls_of_a_closed_box_too():
    layer, fields = relaxed(("closed", "closed"), (9, 11)), torch.randn(1, 3, 9, 11)
    inner = (layer(fields.roll(2, -1)) - layer(fields).roll(2, -1))[..., 1:-1, 3:-1]
    assert inner.abs().max() < 1e-5


@torch.no_grad()
def test_not_equivariant_when_perturbed():
    mixed, dense = relaxed(), pathway()
    torch.nn.init.normal_(mixed.relaxation)
    torch.nn.init.normal_(dense.free.up)
    for layer in (mixed, dense):
        with pytest.raises(AssertionError, match="relative error"):
            assert_shifts(layer, tolerance=0.05)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("group", [C4, D4], ids=lambda group: group.name)
def test_joint_layer_relaxes_both_symmetries(group, dtype):
    layer = joint(group)
    regular = layer.banks[0].source

    def assert_turns(**options):
        fields, act = torch.randn(2, regular.channels, 6, 6), regular.act
        assert_equivariant(layer, fields, group.elements, act_on_input=act, act_on_output=act, **options)

    assert_turns(dtype=dtype)
    assert_shifts(layer, regular.channels, (6, 6), dtype=dtype)
    torch.nn.init.normal_(layer.relaxation)
    with pytest.raises(AssertionError, match="relative error"):
        assert_turns(tolerance=0.05)
    with pytest.raises(AssertionError, match="relative error"):
        assert_shifts(layer, regular.channels, (6, 6), tolerance=0.05)


@torch.no_grad()
@pytest.mark.parametrize("boundary", [PERIODIC, ("closed", "periodic"), ("closed", "open")])
def test_relaxed_layer_equals_its_twin(boundary):
    """``out(p) = sum_l w_l(p) (W_l * f + b_l)(p)``, bank by bank and place by place."""
    layer, fields = relaxed(boundary), torch.randn(2, 3, *SHAPE)
    torch.nn.init.normal_(layer.relaxation)
    expected = torch.zeros(2, 4, *SHAPE)
    for bank, weights in zip(layer.banks, layer.relaxation, strict=True):
        output = bank(fields)
        for x in range(SHAPE[0]):
            for y in range(SHAPE[1]):
                expected[:, :, x, y] += weights[x, y] * output[:, :, x, y]
    torch.testing.assert_close(layer(fields), expected)


@torch.no_grad()
def test_dense_branch_equals_its_twin():
    """On 16 x 24 cells, blocks of 2 x 3: means, a matrix of rank 2, and each value on its whole block."""
    torch.manual_seed(0)
    branch, fields = DenseBranch(2, 3, (16, 24), rank=2), torch.randn(1, 2, 16, 24)
    torch.nn.init.normal_(branch.up)
    means = [
        fields[0, c, 2 * i : 2 * i + 2, 3 * j : 3 * j + 3].mean() for c in range(2) for i in range(8) for j in range(8)
    ]
    values = (branch.up @ branch.down @ torch.stack(means)).view(3, 8, 8)
    output = branch(fields)[0]
    for x in range(16):
        for y in range(24):
            torch.testing.assert_close(output[:, x, y], values[:, x // 2, y // 3], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("make", [relaxed, pathway, joint])
def test_every_parameter_gets_a_gradient(make):
    layer = make()
    for parameter in layer.parameters():
        torch.nn.init.normal_(parameter)
    fields = torch.randn(2, 8, 6, 6) if make is joint else torch.randn(2, 3, *SHAPE)
    layer(fields).square().sum().backward()
    for name, parameter in layer.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().max() > 0, name


def test_penalties_add_up_by_hand():
    """A bump at a corner has one neighbour along each axis: nothing wraps around."""
    layer = relaxed(alpha=0.5)
    assert layer.relaxation_penalty() == 0
    with torch.no_grad():
        layer.relaxation[0, 0, 0] += 3
    neighbours = layer.relaxation[:, 1:].numel() + layer.relaxation[:, :, 1:].numel()
    assert layer.relaxation_penalty().item() == pytest.approx(0.5 * (3 + 3) / neighbours)
    dense = pathway()
    share = dense.free.up.numel() / (dense.free.up.numel() + dense.free.down.numel())
    before = dense.relaxation_penalty().item()
    torch.nn.init.ones_(dense.free.up)
    assert dense.relaxation_penalty().item() == pytest.approx(before + dense.alpha_free * share)


def test_banks_must_agree():
    fields, eighths = Fields(C4, "regular", 2), Fields(C8, "regular", 1)
    for banks, got in (
        ((PlainConv2d(2, 2), PlainConv2d(2, 2, kernel_size=5)), "2 -> 2 channels, 3 x 3 .*; 2 -> 2 channels, 5 x 5 "),
        ((PlainConv2d(2, 3), PlainConv2d(2, 5)), "2 -> 3 channels, .*; 2 -> 5 channels"),
        ((PlainConv2d(2, 2), PlainConv2d(2, 2, boundary=PERIODIC)), ".*closed and closed .*; .*periodic and periodic"),
        ((PlainConv2d(2, 2), PlainConv2d(2, 2, dilation=2)), ".*; .*entries 2 cells apart"),
        ((SteerableConv2d(fields, fields), SteerableConv2d(eighths, eighths)), "2 regular fields of C4 .*; 1 reg.* C8"),
        ((), "none"),
    ):
        with pytest.raises(ValueError, match=f"banks: expected one or more of the same .*, got {got}"):
            RelaxedTranslationConv2d(*banks, shape=SHAPE)
