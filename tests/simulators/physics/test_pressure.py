"""The pressure solve against PhiFlow's own, against the definition of a projection, and by hand."""

import pytest
import torch
from phi.physics import fluid
from phiml.backend.torch import TORCH
from phiml.math import Solve, precision

from symbreak.simulators import Box, divergence, pressure_solve, project
from symbreak.simulators.physics.plume import faces, staggered

WALLS = [
    ("closed", "closed"),
    ("periodic", "periodic"),
    ("periodic", "closed"),
    ("open", "open"),
    ("closed", "half-open"),
    ("periodic", "open"),
]


def random_faces(box, seed=0, count=2):
    """Random velocities that respect the walls."""
    generator = torch.Generator().manual_seed(seed)
    x, y = box.shape
    solve = pressure_solve(box)
    u = torch.randn(count, x + 1, y, generator=generator, dtype=torch.float64) * solve.open_x[:, None]
    v = torch.randn(count, x, y + 1, generator=generator, dtype=torch.float64) * solve.open_y
    if box.boundary[0] == "periodic":
        u[:, -1] = u[:, 0]
    if box.boundary[1] == "periodic":
        v[..., -1] = v[..., 0]
    return u, v


@pytest.mark.parametrize("boundary", WALLS, ids="-".join)
def test_agrees_with_phiflow(boundary):
    box = Box((10, 14), boundary)
    velocity = random_faces(box)
    with TORCH, precision(64):
        expected, _ = fluid.make_incompressible(staggered(velocity, box), solve=Solve("scipy-direct"))
        expected = faces(expected, box)
    for ours, theirs in zip(project(velocity, pressure_solve(box), box), expected, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-9)


@pytest.mark.parametrize("boundary", WALLS, ids="-".join)
def test_is_a_projection(boundary):
    """The result has no divergence, is its own projection, and is orthogonal to what was taken away."""
    box = Box((9, 13), boundary)
    velocity = random_faces(box)
    solve = pressure_solve(box)
    once = project(velocity, solve, box)
    assert divergence(once).abs().max() < 1e-12
    free = (box.free_faces(0), box.free_faces(1))
    removed = [(before - after) * after for before, after in zip(velocity, once, strict=True)]
    product = removed[0][:, free[0]].sum() + removed[1][..., free[1]].sum()
    assert abs(product) < 1e-10
    for a, b in zip(once, project(once, solve, box), strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-12)


def test_a_single_push_in_a_closed_strip_comes_to_rest():
    """Across a closed box of 8 x 9 cells a wind that is the same in all cells has nowhere to go."""
    box = Box((8, 9))
    wind = (torch.zeros(1, 9, 9, dtype=torch.float64), torch.zeros(1, 8, 10, dtype=torch.float64))
    wind[0][:, 1:-1] = 1.0
    for component in project(wind, pressure_solve(box), box):
        assert component.abs().max() < 1e-13


def test_a_closed_seam_makes_a_periodic_box_closed():
    closed, periodic = Box((8, 9)), Box((8, 9), ("periodic", "closed"))
    velocity = random_faces(closed)
    openness = torch.ones(9, dtype=torch.float64)
    openness[0] = openness[-1] = 0
    expected = project(velocity, pressure_solve(closed), closed)
    for a, b in zip(project(velocity, pressure_solve(periodic, openness), periodic), expected, strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-12)


def test_porous_wall_solves_its_own_equation():
    """With openness ``W`` the result ``W (u - grad p)`` is free of divergence and grows with the openness."""
    box = Box((8, 9), ("periodic", "closed"))
    velocity, through = random_faces(box), []
    for share in (0.0, 0.3, 1.0):
        openness = torch.ones(9, dtype=torch.float64)
        openness[0] = openness[-1] = share
        result = project(velocity, pressure_solve(box, openness), box)
        assert divergence(result).abs().max() < 1e-12
        through.append(result[0][:, 0].norm().item())
    assert through[0] == 0 < through[1] < through[2]


@pytest.mark.parametrize(
    ("openness", "message"),
    [
        (torch.ones(8), "expected the openness of 9 faces, got"),
        (torch.full((9,), 1.5), "expected an openness in .0, 1., got"),
        (torch.linspace(0, 1, 9), "expected the same openness at both ends"),
    ],
)
def test_refuses_walls_that_make_no_sense(openness, message):
    with pytest.raises(ValueError, match=message):
        pressure_solve(Box((8, 9), ("periodic", "closed")), openness)


def test_box_refuses_bad_walls_and_tiny_grids():
    with pytest.raises(ValueError, match=r"expected walls among .*, got 'wall'"):
        Box((8, 9), ("wall", "closed"))
    with pytest.raises(ValueError, match="expected a grid of at least 8 x 8, got"):
        Box((7, 9))
