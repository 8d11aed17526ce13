"""e2cnn's kernels on numpy 2, against an independent construction of the same space."""

import numpy
import pytest
import torch

from symbreak.models.layers import Fields, SteerableConv2d
from symbreak.models.layers.bases.e2cnn_numpy2 import e2cnn_gspaces
from symbreak.models.layers.bases.orbit import orbit_basis
from symbreak.models.layers.bases.pixels import pixel_basis
from symbreak.models.layers.bases.steerable import orthonormal, steerable_basis
from symbreak.models.layers.fields.fields import representation
from symbreak.symmetry import C4, D4, MIRROR, assert_equivariant

GROUPS = [C4, D4, MIRROR]
SIDES = [("vector", "regular"), ("regular", "regular"), ("regular", "vector"), ("scalar", "regular")]


def averaged_over_the_group(group, source, target, kernel_size):
    """Reynolds: ``P(W) = 1/|H| sum_h rho_out(h) (h.W) rho_in(h)^-1`` as a matrix on all kernels."""
    rho_in, rho_out = representation(group, source), representation(group, target)
    size_out, size_in = rho_out.shape[1], rho_in.shape[1]
    every = torch.eye(size_out * size_in * kernel_size**2, dtype=torch.float64)
    every = every.view(-1, size_out, size_in, kernel_size, kernel_size)
    average = sum(
        torch.einsum("op,npqxy,qi->noixy", rho_out[h], element.scalar(every), rho_in[h].inverse())
        for h, element in enumerate(group.elements)
    )
    return average.flatten(1) / len(group)


@pytest.mark.parametrize("kernel_size", [1, 3, 5])
@pytest.mark.parametrize("sides", SIDES, ids="-to-".join)
@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
def test_it_spans_all_equivariant_kernels(group, sides, kernel_size):
    """An orthonormal basis ``B`` of the image of the projection ``P`` has ``B^T B = P``."""
    basis = steerable_basis(group, *sides, kernel_size).flatten(1)
    projection = averaged_over_the_group(group, *sides, kernel_size)
    torch.testing.assert_close(basis.T @ basis, projection, rtol=0, atol=1e-12)


def test_between_vectors_too():
    basis = steerable_basis(D4, "vector", "vector", 3).flatten(1)
    projection = averaged_over_the_group(D4, "vector", "vector", 3)
    torch.testing.assert_close(basis.T @ basis, projection, rtol=0, atol=1e-12)


@pytest.mark.parametrize("sides", SIDES[:3], ids="-to-".join)
@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
def test_orbits_span_the_same_space(group, sides):
    orbits = orthonormal(orbit_basis(group, *sides, 3).flatten(1))
    projection = averaged_over_the_group(group, *sides, 3)
    assert len(orbits) == len(orbit_basis(group, *sides, 3))
    torch.testing.assert_close(orbits.T @ orbits, projection, rtol=0, atol=1e-12)


def test_orbits_need_regular_fields():
    with pytest.raises(ValueError, match="expected regular fields on one side, got vector and scalar"):
        orbit_basis(C4, "vector", "scalar", 3)


def test_basis_objects_can_be_compared_and_hashed():
    """The second numpy 2 defect: four ``__hash__`` methods called ``tostring``."""
    gspaces = e2cnn_gspaces()
    spaces = (gspaces.Flip2dOnR2(), gspaces.FlipRot2dOnR2(4), gspaces.Rot2dOnR2(-1, 2), gspaces.FlipRot2dOnR2(-1, 2))
    for space in spaces:
        field = space.trivial_repr
        basis = space.build_kernel_basis(field, field, 0.6, [0.0, 1.0], **_cut(space))
        assert isinstance(hash(basis), int)


def _cut(space):
    return {"maximum_frequency": 2} if space.fibergroup.order() > 0 else {}


def test_numpy_itself_is_left_alone():
    e2cnn_gspaces()
    with pytest.raises(ValueError, match="copy"):
        numpy.array([1.0], copy=False)


@pytest.mark.parametrize("sides", [*SIDES, ("vector", "vector")], ids="-to-".join)
@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
def test_pixel_by_pixel_is_the_same_space(group, sides):
    """What large kernels are built from, at a size at which e2cnn's solutions keep the constraint."""
    basis = pixel_basis(group, *sides, 5).flatten(1)
    projection = averaged_over_the_group(group, *sides, 5)
    torch.testing.assert_close(basis.T @ basis, projection, rtol=0, atol=1e-12)


@pytest.mark.parametrize("kernel_size", [7, 9, 11, 15])
def test_large_kernels_keep_the_constraint(kernel_size):
    """Each element of the basis is orthonormal to the others and stays where the group puts it; C4 allows a quarter of
    the k x k x 4 entries, and D4 an eighth of k x k x 64 between its regular fields, up to size 7 by e2cnn."""
    basis = steerable_basis(C4, "regular", "scalar", kernel_size)
    assert len(basis) == kernel_size**2
    flat = basis.flatten(1)
    torch.testing.assert_close(flat @ flat.T, torch.eye(len(flat), dtype=flat.dtype), rtol=0, atol=1e-9)
    rho = representation(C4, "regular")
    for h, element in enumerate(C4.elements):
        moved = torch.einsum("npqxy,qi->npixy", element.scalar(basis), rho[h].inverse())
        torch.testing.assert_close(moved, basis, rtol=0, atol=1e-9)
    if kernel_size > 7:
        assert len(steerable_basis(D4, "regular", "regular", kernel_size)) == 8 * kernel_size**2


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
def test_a_layer_with_a_large_kernel_is_equivariant(group):
    torch.manual_seed(0)
    source, target = Fields(group, "vector", 2), Fields(group, "regular", 2)
    layer = SteerableConv2d(source, target, kernel_size=11)
    shape = (13, 13) if group != MIRROR else (13, 17)
    assert_equivariant(layer, torch.randn(2, source.channels, *shape), group.elements)
