"""Locally connected layers: untied kernels and the symmetry they are pulled towards."""

import pytest
import torch

from symbreak.models.layers import Fields, SmoothLocalConv2d, TurnedLocalConv2d
from symbreak.symmetry import C4, D4, MIRROR

SHAPE = (5, 7)


def smooth(boundary=("periodic", "periodic")):
    torch.manual_seed(0)
    return SmoothLocalConv2d(3, 4, SHAPE, boundary=boundary)


def turned(group, target="regular", shape=(6, 6)):
    torch.manual_seed(0)
    layer = TurnedLocalConv2d(Fields(group, "regular", 2), Fields(group, target, 2), shape)
    if layer.bias is not None:
        torch.nn.init.normal_(layer.bias)
    return layer


def turn_error(layer, dtype):
    layer, group = layer.to(dtype), layer.source.group
    fields = torch.randn(2, layer.source.channels, *layer.weight.shape[2:4], dtype=dtype)
    output = layer(fields)
    differences = [layer(layer.source.act(g, fields)) - layer.target.act(g, output) for g in group.elements]
    return (torch.stack(differences).abs().max() / output.abs().max()).item()


@pytest.mark.parametrize("dtype, tolerance", [(torch.float32, 1e-5), (torch.float64, 1e-10)])
@pytest.mark.parametrize("group", [C4, D4, MIRROR], ids=lambda group: group.name)
@pytest.mark.parametrize("target", ["regular", "vector"])
def test_turned_layer_starts_equivariant_without_penalty(group, target, dtype, tolerance):
    layer = turned(group, target, shape=(5, 7) if group is MIRROR else (6, 6))
    assert layer.relaxation_penalty() < 1e-9 and turn_error(layer, dtype) < tolerance
    torch.nn.init.normal_(layer.weight)
    assert layer.relaxation_penalty() > 1e-3 and turn_error(layer, dtype) > 0.05


@torch.no_grad()
def test_kernels_averaged_over_the_group_have_no_penalty():
    """Kernels that differ from place to place may be equivariant: the mean over the group of any is."""
    layer = turned(C4)
    torch.nn.init.normal_(layer.weight)
    layer.weight.copy_(sum(layer.act(element) for element in C4.elements) / 4)
    assert layer.relaxation_penalty() < 1e-9 and turn_error(layer, torch.float32) < 1e-5


def test_smooth_layer_starts_as_a_convolution():
    layer, fields = smooth(), torch.randn(2, 3, *SHAPE)
    assert (layer(fields.roll((1, 2), (-2, -1))) - layer(fields).roll((1, 2), (-2, -1))).abs().max() < 1e-5
    assert layer.relaxation_penalty() == 0
    torch.nn.init.normal_(layer.weight)
    assert (layer(fields.roll(2, -1)) - layer(fields).roll(2, -1)).abs().max() > 0.05


@torch.no_grad()
def test_smoothness_adds_up_by_hand():
    """One entry raised by 3 at a corner differs from its two neighbours."""
    layer = smooth()
    layer.weight[1, 1, 0, 0, 2, 1] += 3
    assert layer.relaxation_penalty().item() == pytest.approx(layer.alpha * 2 * 9, rel=1e-4)


def test_smoothness_and_its_gradient_equal_the_formula():
    layer = smooth().double()
    torch.nn.init.normal_(layer.weight)
    expected = layer.alpha * (layer.weight.diff(dim=2).square().sum() + layer.weight.diff(dim=3).square().sum())
    torch.testing.assert_close(layer.relaxation_penalty(), expected)
    torch.testing.assert_close(
        torch.autograd.grad(layer.relaxation_penalty(), layer.weight), torch.autograd.grad(expected, layer.weight)
    )


def twin(weight, fields, periodic):
    """Place by place, kernel entry by kernel entry."""
    k, _, width, height, channels, _ = weight.shape
    output = [[torch.zeros(len(fields), channels, dtype=fields.dtype) for _ in range(height)] for _ in range(width)]
    for x in range(width):
        for y in range(height):
            for u in range(k):
                for v in range(k):
                    px, py = x + u - k // 2, y + v - k // 2
                    if periodic or (0 <= px < width and 0 <= py < height):
                        output[x][y] = output[x][y] + fields[:, :, px % width, py % height] @ weight[u, v, x, y].T
    return torch.stack([torch.stack(row, -1) for row in output], -2)


@pytest.mark.parametrize("boundary", [("periodic", "periodic"), ("closed", "open")])
def test_output_and_gradients_equal_the_twins(boundary):
    layer, fields = smooth(boundary).double(), torch.randn(2, 3, *SHAPE, dtype=torch.float64, requires_grad=True)
    torch.nn.init.normal_(layer.weight)
    expected, output = twin(layer.weight, fields, boundary[0] == "periodic"), layer(fields)
    torch.testing.assert_close(output, expected)
    weights = torch.randn_like(output)
    leaves = (layer.weight, fields)
    torch.testing.assert_close(
        torch.autograd.grad((output * weights).sum(), leaves), torch.autograd.grad((expected * weights).sum(), leaves)
    )


@pytest.mark.parametrize("layer", [smooth(), turned(C4), turned(D4, "vector")], ids=["smooth", "C4", "D4"])
def test_every_parameter_gets_a_gradient(layer):
    layer(torch.randn(2, layer.weight.shape[-1], *layer.weight.shape[2:4])).square().sum().backward()
    assert all(parameter.grad.abs().max() > 0 for parameter in layer.parameters())
