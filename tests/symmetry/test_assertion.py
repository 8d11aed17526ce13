"""The assertion passes what commutes, and names what does not."""

import pytest
import torch
from torch import nn

from symbreak.models.layers import Fields, PlainConv2d, SteerableConv2d
from symbreak.symmetry import C4, MIRROR, assert_equivariant, commutation_errors

FLOW = torch.randn(2, 2, 5, 7, generator=torch.Generator().manual_seed(0))


def one_sided_divergence(flow):
    """Differences to the next cell: no turn maps them onto differences to the one before."""
    x, y = flow.unbind(-3)
    return x.roll(-1, -2) - x + y.roll(-1, -1) - y


def centred_divergence(flow):
    x, y = flow.unbind(-3)
    return (x.roll(-1, -2) - x.roll(1, -2) + y.roll(-1, -1) - y.roll(1, -1)) / 2


def test_a_scalar_output_has_an_action_of_its_own():
    options = {"act_on_output": lambda element, scalar: element.scalar(scalar)}
    assert_equivariant(centred_divergence, FLOW, C4.elements, **options)
    with pytest.raises(AssertionError, match=r"for g = (90|180|270)°, got a relative error of [0-9]"):
        assert_equivariant(one_sided_divergence, FLOW, C4.elements, **options)


def test_errors_by_hand():
    """``f(v) = v + (1, 0)`` at ``v = 0``: the mirror turns the wind around, which misses it by 2 of 1."""
    wind = torch.tensor([1.0, 0.0])[:, None, None]
    errors = commutation_errors(lambda v: v + wind, torch.zeros(1, 2, 5, 7), MIRROR.elements, vector, vector)
    assert errors == [0.0, 2.0]


def vector(element, field):
    return element.vector(field)


def test_what_is_not_finite_does_not_pass():
    with pytest.raises(AssertionError, match="got a relative error of inf"):
        assert_equivariant(lambda v: v * float("nan"), FLOW, C4.elements)


def test_declared_fields_and_the_first_layer_that_fails():
    """A steerable layer passes; behind it, a plain convolution that claims to keep its fields is found by name."""
    vectors, regular = Fields(C4, "vector", 1), Fields(C4, "regular", 2)
    first, last = SteerableConv2d(vectors, regular), SteerableConv2d(regular, vectors)
    assert_equivariant(first, FLOW, C4.elements)
    liar = PlainConv2d(8, 8)
    liar.source = liar.target = regular
    assert_equivariant(nn.Sequential(first, nn.GELU(), last), FLOW, C4.elements)
    expected = r"the first layer that fails by itself is 1 \(PlainConv2d\), with [0-9]"
    with pytest.raises(AssertionError, match=expected):
        assert_equivariant(nn.Sequential(first, liar, last), FLOW, C4.elements)


def test_the_module_itself_stays_as_it_is():
    layer = SteerableConv2d(Fields(C4, "vector", 1), Fields(C4, "regular", 1))
    assert_equivariant(layer, FLOW, C4.elements)
    assert layer.weight.dtype == torch.float32
    assert_equivariant(layer, FLOW, C4.elements, dtype=torch.float32)


def test_what_tells_nothing_is_no_proof():
    with pytest.raises(AssertionError, match="got zero everywhere"):
        assert_equivariant(lambda v: 0 * v, FLOW, C4.elements)
    with pytest.raises(ValueError, match="elements: expected at least one, got none"):
        assert_equivariant(lambda v: v, FLOW, ())
    with pytest.raises(ValueError, match=r"dtype: expected one of torch.float64, .*, got torch.int64"):
        assert_equivariant(lambda v: v, FLOW, C4.elements, dtype=torch.int64)
    for empty in (FLOW[:0], FLOW[..., :0]):
        with pytest.raises(ValueError, match=r"^inputs: expected at least one number, got an empty batch"):
            assert_equivariant(lambda v: v, empty, C4.elements)


def test_shapes_that_cannot_be_compared_are_named():
    """A crop of x alone, and a mean over y, which would broadcast."""
    expected = r"^expected one shape of f\(g x\) and g f\(x\) for g = 90°, got \(2, 2, 3, 5\) and \(2, 2, 7, 3\)$"
    with pytest.raises(AssertionError, match=expected):
        assert_equivariant(lambda v: v[..., :3, :], FLOW, C4.elements)
    with pytest.raises(AssertionError, match=r"for g = 90°, got \(2, 2, 7, 1\) and \(2, 2, 1, 5\)"):
        assert_equivariant(lambda v: v.mean(-1, keepdim=True), FLOW, C4.elements)


def test_the_action_on_velocity_wants_elements_and_velocity():
    with pytest.raises(ValueError, match=r"^elements: expected some that act on velocity, .*; got 'quarter turn'$"):
        assert_equivariant(lambda v: v, FLOW, ["quarter turn"])
    assert_equivariant(lambda v: v, FLOW, ["upside down"], act_on_input=flipped, act_on_output=flipped)
    expected = r"^expected velocity \[..., 2, X, Y\], got the shape \(2, .*; other fields need .* act_on_output$"
    for function in (lambda v: v.mean((-2, -1)), lambda v: v[:, [0, 1, 0]]):
        with pytest.raises(ValueError, match=expected):
            assert_equivariant(function, FLOW, C4.elements)


def flipped(_, field):
    return field.flip(-1)
