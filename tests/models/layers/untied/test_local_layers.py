"""Locally connected layers: untied kernels and the symmetry they are pulled towards."""

import pytest
import torch

from symbreak.models.layers import (
    C8,
    DILATIONS,
    Fields,
    ScaledLocalConv2d,
    SmoothLocalConv2d,
    SteerableConv2d,
    TurnedLocalConv2d,
    kernels_built_once,
)
from symbreak.models.layers.fields.fields import representation
from symbreak.models.layers.untied import memory
from symbreak.symmetry import C4, D4, MIRROR, Dilation, assert_equivariant

SHAPE = (5, 7)


@pytest.fixture(params=[1, 400, 1600, 2**18])
def piecewise(request, monkeypatch):
    """Places one by one, rows or a few places at a time with some left over, and all at once."""
    monkeypatch.setattr(memory, "IN_CACHE", request.param)


def test_pieces_fit_the_cache_of_a_processor_and_the_memory_of_other_devices():
    sizes = [memory.chunk_size(2**10, torch.device(name)) for name in ("cpu", "meta")]
    assert sizes == [2**8, 2**14] and memory.chunk_size(2**20, torch.device("cpu")) == 1


def smooth(boundary=("periodic", "periodic")):
    torch.manual_seed(0)
    return SmoothLocalConv2d(3, 4, SHAPE, boundary=boundary)


def turned(group, target="regular", shape=(6, 6)):
    torch.manual_seed(0)
    layer = TurnedLocalConv2d(Fields(group, "regular", 2), Fields(group, target, 2), shape)
    if layer.bias is not None:
        torch.nn.init.normal_(layer.bias)
    return layer


def scaled(source="regular", target="regular"):
    torch.manual_seed(0)
    return ScaledLocalConv2d(Fields(DILATIONS, source, 2), Fields(DILATIONS, target, 1), SHAPE)


def assert_commutes(layer, **options):
    fields = torch.randn(2, layer.source.channels, *layer.weight.shape[:2])
    assert_equivariant(layer, fields, layer.source.group.elements, **options)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("group", [C4, D4, MIRROR], ids=lambda group: group.name)
@pytest.mark.parametrize("target", ["regular", "vector"])
def test_turned_layer_starts_equivariant_without_penalty(group, target, dtype):
    layer = turned(group, target, shape=(5, 7) if group is MIRROR else (6, 6))
    assert layer.relaxation_penalty() < 1e-9
    assert_commutes(layer, dtype=dtype)
    torch.nn.init.normal_(layer.weight)
    assert layer.relaxation_penalty() > 1e-3
    with pytest.raises(AssertionError, match="relative error"):
        assert_commutes(layer, dtype=dtype, tolerance=0.05)


@pytest.mark.parametrize("group, target", [(C4, "regular"), (D4, "vector")], ids=["C4", "D4"])
def test_turned_layer_starts_as_a_steerable_convolution(group, target):
    layer = turned(group, target)
    torch.manual_seed(0)
    strict = SteerableConv2d(layer.source, layer.target)
    if strict.bias is not None:
        torch.nn.init.normal_(strict.bias)
    fields = torch.randn(2, layer.source.channels, 6, 6)
    torch.testing.assert_close(layer(fields), strict(fields))


@torch.no_grad()
def test_kernels_averaged_over_the_group_have_no_penalty():
    """Kernels that differ from place to place may be equivariant: the mean over the group of any is."""
    layer = turned(C4)
    torch.nn.init.normal_(layer.weight)
    layer.weight.copy_(sum(turned_copy(layer, element) for element in C4.elements) / 4)
    assert layer.relaxation_penalty() < 1e-9
    assert_commutes(layer, dtype=torch.float32)


@pytest.mark.parametrize("dtype, tolerance", [(torch.float32, 1e-5), (torch.float64, 1e-10)])
def test_smooth_layer_starts_as_a_convolution(dtype, tolerance):
    layer, fields = smooth().to(dtype), torch.randn(2, 3, *SHAPE, dtype=dtype)
    assert (layer(fields.roll((1, 2), (-2, -1))) - layer(fields).roll((1, 2), (-2, -1))).abs().max() < tolerance
    assert layer.relaxation_penalty() == 0
    torch.nn.init.normal_(layer.weight)
    assert (layer(fields.roll(2, -1)) - layer(fields).roll(2, -1)).abs().max() > 0.05


@torch.no_grad()
def test_smoothness_adds_up_by_hand():
    """One entry raised by 3 at a corner differs from its two neighbours."""
    layer = smooth()
    layer.weight[0, 0, 2, 1, 1, 1] += 3
    assert layer.relaxation_penalty().item() == pytest.approx(layer.alpha * 2 * 9 / layer.weight.numel(), rel=1e-4)


def test_smoothness_and_its_gradient_equal_the_formula(piecewise):
    layer = smooth().double()
    torch.nn.init.normal_(layer.weight)
    squares = layer.weight.diff(dim=0).square().sum() + layer.weight.diff(dim=1).square().sum()
    expected = layer.alpha * squares / layer.weight.numel()
    torch.testing.assert_close(layer.relaxation_penalty(), expected)
    torch.testing.assert_close(
        torch.autograd.grad(layer.relaxation_penalty(), layer.weight), torch.autograd.grad(expected, layer.weight)
    )


def turned_copy(layer, element):
    """``rho_out(g) K(g^-1 p, g^-1 y) rho_in(g)^-1``, by moving the places, then the entries, then the components."""
    moved = element.scalar(layer.weight.permute(2, 3, 4, 5, 0, 1)).permute(4, 5, 0, 3, 1, 2)
    moved = element.scalar(moved).unflatten(3, (-1, layer.source.size)).unflatten(2, (-1, layer.target.size))
    index = layer.source.group.elements.index(element)
    out, back = (representation(f.group, f.kind)[index].to(moved) for f in (layer.target, layer.source))
    return torch.einsum("pq,xyoqirab,sr->xyopabis", out, moved, back).flatten(6, 7).flatten(2, 3)


@pytest.mark.parametrize(
    "group, target, shape, generators",
    [
        (C4, "regular", (3, 3), [1]),
        (C4, "regular", (4, 4), [1]),
        (C4, "vector", (5, 7), [2]),
        (D4, "vector", (3, 3), [1, 4]),
        (MIRROR, "regular", (5, 7), [1]),
    ],
)
def test_turned_penalty_and_its_gradient_equal_the_formula(group, target, shape, generators, piecewise):
    """Quarter turns, a half turn where sides are unequal, and mirrors."""
    layer = turned(group, target, shape=shape).double()
    torch.nn.init.normal_(layer.weight)
    copies = [turned_copy(layer, group.elements[index]) for index in generators]
    expected = layer.alpha * sum((layer.weight - copy).square().sum() for copy in copies) / layer.weight.numel()
    torch.testing.assert_close(layer.relaxation_penalty(), expected)
    torch.testing.assert_close(
        torch.autograd.grad(layer.relaxation_penalty(), layer.weight), torch.autograd.grad(expected, layer.weight)
    )


@pytest.mark.parametrize("source, target", [("vector", "regular"), ("regular", "regular"), ("regular", "vector")])
def test_scaled_penalty_and_its_gradient_equal_the_formula(source, target, piecewise):
    """The part of the kernels outside the span of the basis, by least squares, and the change of the part inside;
    the basis was rounded to float32."""
    layer = scaled(source, target).double()
    assert layer.relaxation_penalty() < 1e-12
    torch.nn.init.normal_(layer.weight)
    size_out, size_in = layer.target.size, layer.source.size
    kernels = layer.weight.unflatten(5, (-1, size_in)).unflatten(2, (-1, size_out))
    kernels = kernels.permute(0, 1, 2, 6, 3, 7, 4, 5).flatten(4)
    basis = layer.basis.flatten(1).T
    parts = kernels @ torch.linalg.pinv(basis).T
    dilated = Dilation(2**0.5).scalar(parts.movedim((0, 1), (-2, -1))).movedim((-2, -1), (0, 1))
    expected = (kernels - parts @ basis.T).square().sum() + (parts - dilated).square().sum()
    got, wanted = layer.relaxation_penalty(), layer.alpha * expected / layer.weight.numel()
    gradients = (torch.autograd.grad(value, layer.weight) for value in (got, wanted))
    rounding = {"rtol": 1e-6, "atol": 2e-6}
    torch.testing.assert_close(got, wanted, **rounding)
    torch.testing.assert_close(*gradients, **rounding)


def test_fields_of_other_groups_are_named():
    for cls, groups, expected in (
        (TurnedLocalConv2d, (C8, DILATIONS), "C4, D4 or the mirror"),
        (ScaledLocalConv2d, (C4, C8), "dilations"),
    ):
        for group in groups:
            fields = Fields(group, "regular", 1)
            with pytest.raises(ValueError, match=f"source: expected fields of {expected}, got fields of {group.name}"):
                cls(fields, fields, (6, 6))


def test_a_rollout_writes_the_gradient_of_kernels_once():
    """Products of several frames and the penalty together have the gradient that they have apart."""
    layer, fields = turned(C4).double(), torch.randn(2, 8, 6, 6, dtype=torch.float64)

    def loss():
        return layer(layer(layer(fields))).square().sum() + layer.relaxation_penalty()

    torch.nn.init.normal_(layer.weight, std=0.1)
    (expected,) = torch.autograd.grad(loss(), layer.weight)
    with kernels_built_once(layer):
        total = loss()
        for _ in range(2):
            (gradient,) = torch.autograd.grad(total, layer.weight, retain_graph=True)
            torch.testing.assert_close(gradient, expected)


def twin(weight, fields, periodic):
    """Place by place, kernel entry by kernel entry."""
    width, height, channels, k = weight.shape[:4]
    output = [[torch.zeros(len(fields), channels, dtype=fields.dtype) for _ in range(height)] for _ in range(width)]
    for x in range(width):
        for y in range(height):
            for u in range(k):
                for v in range(k):
                    px, py = x + u - k // 2, y + v - k // 2
                    if periodic or (0 <= px < width and 0 <= py < height):
                        output[x][y] = output[x][y] + fields[:, :, px % width, py % height] @ weight[x, y, :, u, v].T
    return torch.stack([torch.stack(row, -1) for row in output], -2)


@pytest.mark.parametrize("boundary", [("periodic", "periodic"), ("closed", "open")])
def test_output_and_gradients_equal_the_twins(boundary, piecewise):
    layer, fields = smooth(boundary).double(), torch.randn(2, 3, *SHAPE, dtype=torch.float64, requires_grad=True)
    torch.nn.init.normal_(layer.weight)
    expected, output = twin(layer.weight, fields, boundary[0] == "periodic"), layer(fields)
    torch.testing.assert_close(output, expected)
    weights = torch.randn_like(output)
    leaves = (layer.weight, fields)
    torch.testing.assert_close(
        torch.autograd.grad((output * weights).sum(), leaves), torch.autograd.grad((expected * weights).sum(), leaves)
    )


def test_a_backward_pass_for_the_fields_alone_leaves_nothing_to_the_next():
    layer, fields = smooth().double(), torch.randn(2, 3, *SHAPE, dtype=torch.float64, requires_grad=True)
    (expected,) = torch.autograd.grad(twin(layer.weight, fields, True).sum(), layer.weight)
    total = layer(fields).sum()
    torch.autograd.grad(total, fields, retain_graph=True)
    total.backward()
    torch.testing.assert_close(layer.weight.grad, expected)


def test_a_backward_pass_for_one_layer_of_a_rollout_leaves_nothing_to_the_next():
    """Through three frames of two layers: the pass for the last layer's weights goes through the first one's, too."""
    torch.manual_seed(0)
    layers = [SmoothLocalConv2d(2, 2, SHAPE, boundary=("periodic", "periodic")).double() for _ in range(2)]
    fields = torch.randn(2, 2, *SHAPE, dtype=torch.float64)
    first, last = (layer.weight for layer in layers)

    def loss(call):
        frame, penalty = fields, sum(layer.relaxation_penalty() for layer in layers)
        for _ in range(3):
            frame = call(layers[1], call(layers[0], frame))
        return frame.square().sum() + penalty

    for weight in (first, last):
        torch.nn.init.normal_(weight, std=0.3)
    expected = torch.autograd.grad(loss(lambda layer, frame: twin(layer.weight, frame, True)), (first, last))
    with kernels_built_once(torch.nn.ModuleList(layers)):
        total = loss(lambda layer, frame: layer(frame))
        torch.testing.assert_close(torch.autograd.grad(total, last, retain_graph=True)[0], expected[1])
        total.backward()
    torch.testing.assert_close([first.grad, last.grad], list(expected))


def test_a_backward_pass_that_fails_leaves_nothing_to_the_next():
    layer = SmoothLocalConv2d(2, 2, SHAPE, boundary=("periodic", "periodic")).double()
    fields = torch.randn(2, 2, *SHAPE, dtype=torch.float64)
    (expected,) = torch.autograd.grad(layer(layer(fields)).sum(), layer.weight)
    with kernels_built_once(layer):
        middle = layer(fields)
        total = layer(middle).sum()
        handle = middle.register_hook(lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            total.backward(retain_graph=True)
        handle.remove()
        total.backward()
    torch.testing.assert_close(layer.weight.grad, expected)


def test_frozen_kernels_pass_gradients_to_the_fields():
    layer, fields = smooth().double(), torch.randn(2, 3, *SHAPE, dtype=torch.float64, requires_grad=True)
    layer.requires_grad_(False)
    wanted = torch.autograd.grad(twin(layer.weight, fields, True).sum(), fields)
    torch.testing.assert_close(torch.autograd.grad(layer(fields).sum(), fields), wanted)


@pytest.mark.parametrize(
    "layer", [smooth(), turned(C4), turned(D4, "vector"), scaled()], ids=["smooth", "C4", "D4", "scaled"]
)
def test_every_parameter_gets_a_gradient(layer):
    layer(torch.randn(2, layer.weight.shape[-1], *layer.weight.shape[:2])).square().sum().backward()
    assert all(parameter.grad.abs().max() > 0 for parameter in layer.parameters())
