"""Kernels are built once per optimisation step, and padding follows the walls."""

from contextlib import nullcontext

import pytest
import torch

from symbreak.models.layers import (
    Fields,
    PlainConv2d,
    SmoothLocalConv2d,
    SteerableConv2d,
    kernels_built_once,
)
from symbreak.models.layers.box import check_boundary
from symbreak.symmetry import C4, assert_equivariant


class CountingConv2d(SteerableConv2d):
    built = 0

    def kernel(self):
        self.built += 1
        return super().kernel()


def layer_and_fields():
    torch.manual_seed(0)
    fields = Fields(C4, "regular", 2)
    return CountingConv2d(fields, fields), torch.randn(2, 8, 5, 7)


def test_a_rollout_builds_each_kernel_once_with_the_same_gradient():
    layer, fields = layer_and_fields()
    layer(layer(layer(fields))).sum().backward()
    expected = layer.weight.grad.clone()
    assert layer.built == 3

    layer.zero_grad()
    with kernels_built_once(layer):
        layer(layer(layer(fields))).sum().backward()
    assert layer.built == 4
    torch.testing.assert_close(layer.weight.grad, expected, rtol=1e-4, atol=1e-4)


def test_kernels_are_forgotten_at_the_exit_even_after_an_error():
    layer, fields = layer_and_fields()
    with pytest.raises(RuntimeError, match="interrupted"), kernels_built_once(layer):
        before = layer(fields)
        raise RuntimeError("interrupted")
    torch.nn.init.zeros_(layer.weight)
    assert before.abs().max() > 0 and layer(fields).abs().max() == 0


def test_an_inner_context_leaves_the_kernels_to_the_outer_one():
    layer, fields = layer_and_fields()
    with kernels_built_once(layer):
        with kernels_built_once(layer):
            layer(fields)
        layer(fields)
    assert layer.built == 1


def test_a_look_without_gradients_does_not_keep_the_kernels_from_training():
    layer, fields = layer_and_fields()
    with kernels_built_once(layer):
        with torch.no_grad():
            layer(fields)
        layer(layer(fields)).sum().backward()
    assert layer.built == 2 and layer.weight.grad.abs().max() > 0


def test_kernels_of_autocast_are_used_under_autocast_alone():
    layer, fields = layer_and_fields()
    expected = layer(fields)
    with kernels_built_once(layer):
        for _ in range(2):
            with torch.autocast("cpu", dtype=torch.bfloat16):
                assert layer(fields).dtype == torch.bfloat16
            assert torch.equal(layer(fields), expected)
    assert layer.built == 3


@pytest.mark.parametrize("boundary", [("periodic", "closed"), ("closed", "periodic"), ("periodic", "periodic")])
def test_padding_wraps_along_periodic_axes_only(boundary):
    """A shift along an axis commutes with the layer exactly if that axis is periodic."""
    torch.manual_seed(0)
    layer, fields = PlainConv2d(3, 2, boundary=boundary), torch.randn(2, 3, 5, 7)
    for axis, kind in zip((-2, -1), boundary, strict=True):
        shift = {"act_on_input": lambda cells, each, axis=axis: each.roll(cells, axis)}
        expected = nullcontext() if kind == "periodic" else pytest.raises(AssertionError)
        with expected:
            assert_equivariant(layer, fields, [2], **shift, act_on_output=shift["act_on_input"])


@pytest.mark.parametrize("walls", ["periodic", None, ("closed",), ("circular", "circular")])
def test_unknown_walls_are_an_error(walls):
    with pytest.raises(ValueError, match="boundary: expected two of closed, periodic, open, half-open, got"):
        check_boundary(walls)


def test_layers_refuse_unknown_walls():
    walls, fields = ("circular", "closed"), Fields(C4, "regular", 1)
    for make in (
        lambda: PlainConv2d(2, 2, boundary=walls),
        lambda: SteerableConv2d(fields, fields, boundary=walls),
        lambda: SmoothLocalConv2d(2, 2, (5, 7), boundary=walls),
    ):
        with pytest.raises(ValueError, match=r"boundary: expected two of .*, got \('circular', 'closed'\)"):
            make()


def test_beyond_walls_of_any_other_kind_there_are_zeros():
    fields = torch.randn(2, 3, 5, 7)
    layers = []
    for walls in (("closed", "closed"), ("open", "half-open"), ("half-open", "open")):
        torch.manual_seed(0)
        layers.append((PlainConv2d(3, 2, boundary=walls), SmoothLocalConv2d(3, 2, (5, 7), boundary=walls)))
    for closed, *others in zip(*layers, strict=True):
        assert all(torch.equal(other(fields), closed(fields)) for other in others)


def test_no_channels_is_an_error():
    with pytest.raises(ValueError, match="width: expected at least 1 channel, got 0 -> 2"):
        PlainConv2d(0, 2)
