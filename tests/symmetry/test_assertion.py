"""The assertion passes what commutes, and names what does not."""

from importlib.util import module_from_spec, spec_from_file_location

import pytest
import torch
from torch import nn

from symbreak.models import Task, build
from symbreak.models.layers import Fields, PlainConv2d, SteerableConv2d
from symbreak.symmetry import C4, MIRROR, Dilation, Shift, assert_equivariant, commutation_errors, nontrivial_elements
from symbreak.symmetry import assertion as annotated

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
    expected = r"^expected an output that is not zero everywhere, which would be equivariant under anything$"
    with pytest.raises(AssertionError, match=expected):
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


OTHER_ELEMENTS = [MIRROR.elements, [Shift(3)], [Dilation(2.0)]]


@pytest.mark.parametrize("elements", OTHER_ELEMENTS, ids=["mirror", "shift", "dilation"])
@pytest.mark.parametrize("name", ["equiv-rotation", "lift-rotation", "rsteer-rotation"])
def test_layers_without_an_action_of_the_elements_do_not_hide_the_failure(name, elements):
    model = build(name, Task(history=2, shape=(12, 12), group="C4"), width=2)
    expected = (
        rf"^expected f\(g x\) = g f\(x\) within 1e-10 for g = {elements[-1]}, got a relative error of [0-9.e+-]+$"
    )
    with pytest.raises(AssertionError, match=expected):
        assert_equivariant(model, torch.randn(2, 2, 2, 12, 12), elements)


def test_layers_of_dilations_do_not_hide_the_failure():
    model = build("rgroup-scaling", Task(history=2, shape=(12, 12), group="dilation"), width=2)
    with pytest.raises(AssertionError, match=r"for g = x [12]\.[0-9]+, got a relative error of [0-9.e+-]+$"):
        assert_equivariant(model, torch.randn(2, 2, 2, 12, 12), nontrivial_elements("dilation", (12, 12)))


@pytest.mark.parametrize("elements", OTHER_ELEMENTS, ids=["mirror", "shift", "dilation"])
def test_a_layer_without_an_action_of_an_element_says_so(elements):
    layer = SteerableConv2d(Fields(C4, "vector", 1), Fields(C4, "regular", 2))
    expected = r"^elements: expected some that act on 1 vector fields of C4, got .*, of which these have no action$"
    with pytest.raises(ValueError, match=expected):
        assert_equivariant(layer, FLOW, elements)


class Wrapped(nn.Module):
    """Has one layer."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer


class Scaled(Wrapped):
    """Cannot be called with its first argument alone."""

    source = target = Fields(C4, "vector", 1)

    def forward(self, flow, scale):
        return scale * self.layer(flow)


class Doubled(Wrapped):
    def forward(self, flow):
        return self.layer(flow, 2.0)


def test_a_layer_that_cannot_be_called_alone_does_not_hide_the_failure():
    with pytest.raises(AssertionError, match=r"got a relative error of [0-9.e+-]+$"):
        assert_equivariant(Doubled(Scaled(PlainConv2d(2, 2))), FLOW, C4.elements)


class Labelled(nn.Identity):
    source, target = "wind", "wind"


def test_source_and_target_of_another_meaning_declare_no_fields():
    assert_equivariant(Labelled(), FLOW, C4.elements)
    network = nn.Sequential(Labelled(), nn.Conv2d(2, 2, 3, padding=1))
    with pytest.raises(AssertionError, match=r"got a relative error of [0-9.e+-]+$"):
        assert_equivariant(network, FLOW, C4.elements)


@pytest.fixture(scope="module")
def unannotated():
    """The module as users import it: tests check annotations, which refuses what is of another type before it does."""
    spec = spec_from_file_location("assertion", annotated.__file__)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("elements", [C4, C4.elements[1], Shift(3), "C4", None])
def test_one_element_or_a_group_is_not_several_elements(unannotated, elements):
    expected = rf"^elements: expected several group elements such as C4.elements, got one {type(elements).__name__}$"
    with pytest.raises(ValueError, match=expected):
        unannotated.assert_equivariant(lambda v: v, FLOW, elements)
    with pytest.raises(ValueError, match=expected):
        unannotated.commutation_errors(lambda v: v, FLOW, elements, vector, vector)


NOT_REAL = [
    (FLOW.numpy(), "ndarray"),
    (FLOW.long(), "a tensor of torch.int64"),
    (FLOW > 0, "a tensor of torch.bool"),
    (FLOW.to(torch.complex64), "a tensor of torch.complex64"),
    ((FLOW, FLOW), "tuple"),
    (None, "NoneType"),
]


@pytest.mark.parametrize(("given", "kind"), NOT_REAL, ids=[kind for _, kind in NOT_REAL])
def test_what_is_no_tensor_of_real_numbers_is_named(unannotated, given, kind):
    for name, function, inputs in (("inputs", lambda v: v, given), ("output", lambda v: given, FLOW)):
        expected = f"^{name}: expected a tensor of real floating-point numbers, got {kind}$"
        with pytest.raises(ValueError, match=expected):
            unannotated.assert_equivariant(function, inputs, C4.elements)
        with pytest.raises(ValueError, match=expected):
            unannotated.commutation_errors(function, inputs, C4.elements, vector, vector)


@pytest.mark.parametrize("tolerance", [float("nan"), float("inf"), -1e-3])
def test_a_tolerance_is_finite_and_not_negative(tolerance):
    with pytest.raises(ValueError, match=r"^tolerance: expected a finite number of at least 0, got (nan|inf|-0.001)$"):
        assert_equivariant(lambda v: v, FLOW, C4.elements, tolerance=tolerance)


def test_what_works_in_place_alters_nothing():
    """A function, two actions, and a function that returns the same buffer each time."""
    flow, buffer = FLOW.double(), torch.empty_like(FLOW.double())
    assert_equivariant(lambda v: v.mul_(2), flow, C4.elements)
    assert_equivariant(lambda v: v, flow, ["minus"], act_on_input=negated, act_on_output=negated)
    assert commutation_errors(lambda v: v.mul_(2), flow, C4.elements, vector, vector) == [0.0] * 4
    assert_equivariant(lambda v: torch.mul(v, 2, out=buffer), flow, MIRROR.elements)
    assert torch.equal(flow, FLOW.double())


def negated(_, field):
    return field.neg_()


class Wiping(Wrapped):
    """Overwrites what its layer got."""

    def forward(self, flow):
        output = self.layer(flow)
        flow.zero_()
        return output


def test_a_layer_whose_input_is_overwritten_later_is_found():
    layer = PlainConv2d(2, 2)
    layer.source = layer.target = Fields(C4, "vector", 1)
    expected = r"got a relative error of (.*); the first layer that fails by itself is layer \(PlainConv2d\), with \1$"
    flow = FLOW.double()
    with pytest.raises(AssertionError, match=expected):
        assert_equivariant(Wiping(layer), flow, C4.elements)
    assert torch.equal(flow, FLOW.double())
