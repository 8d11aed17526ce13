"""One step of a buoyant smoke plume, in PhiFlow: the reference that :mod:`.step` is tested against.

Holl, Thuerey, *PhiFlow: Differentiable Simulations for PyTorch, TensorFlow and Jax*, ICML 2024. The pressure solve is
exact, see :mod:`.pressure`; everything else is PhiFlow's.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from typing import Any

from phi.field import CenteredGrid, Field, StaggeredGrid
from phi.geom import Box as PhiBox
from phi.physics import advect
from phiml.backend.torch import TORCH
from phiml.math import Tensor as PhiTensor
from phiml.math import batch, channel, dual, extrapolation, floor, precision, spatial, stack, vec, wrap
from torch import Tensor
from torch.nn.functional import pad

from ...symmetry import Faces
from .box import Box
from .pressure import PressureSolve, project
from .state import Law, Plumes

TIME_STEP = 1.0
VELOCITY_OUTSIDE: dict[str, extrapolation.Extrapolation | tuple[extrapolation.Extrapolation, ...]] = {
    "closed": extrapolation.ZERO,
    "half-open": (extrapolation.ZERO, extrapolation.ZERO_GRADIENT),
    "open": extrapolation.ZERO_GRADIENT,
    "periodic": extrapolation.PERIODIC,
}


def plume_step(plumes: Plumes, law: Law, solve: PressureSolve, box: Box) -> Plumes:
    """Takes the step of :func:`.step.step` with PhiFlow; call it inside :func:`phiflow_on`."""
    velocity = staggered(plumes.faces, box)
    smoke = cells(plumes.smoke, box)
    trace_back = partial(trace_in_box, box=box)
    smoke = advect.mac_cormack(smoke, velocity, TIME_STEP, integrator=trace_back) + cells(law.inflow, box)
    buoyancy = smoke * cells(law.force.movedim(1, -1), box) * TIME_STEP
    carried = advect.semi_lagrangian(velocity, velocity, TIME_STEP * law.velocity_time, integrator=trace_back)
    velocity = carried + buoyancy.at(velocity)
    x, y = faces(velocity, box)
    damped = (x * (1 - law.drag_x * TIME_STEP), y * (1 - law.drag_y * TIME_STEP))
    return Plumes(smoke.values.native("b,x,y"), *project(damped, solve, box))


def trace_in_box(
    field: Field, velocity: Field, dt: float, v0: PhiTensor[Any] | None = None, *, box: Box
) -> PhiTensor[Any]:
    """Finds where the flow carries the sample points of a field in ``dt``: an Euler step, wrapped into periodic axes.

    PhiFlow wraps look-ups itself, but where only one axis is periodic it does so modulo the *padded* grid, so that
    look-ups across the seam by more than a cell are wrong (phiml 1.16, ``grid_sample``).
    """
    points = advect.euler(field, velocity, dt) if v0 is None else advect.euler(field, velocity, dt, v0=v0)
    if "periodic" not in box.boundary or box.boundary[0] == box.boundary[1]:
        return points
    size = vec(x=box.shape[0], y=box.shape[1])
    periodic = vec(x=float(box.boundary[0] == "periodic"), y=float(box.boundary[1] == "periodic"))
    return points - floor(points / size) * size * periodic


def cells(values: Tensor, box: Box) -> Field:
    """Wraps native ``[B, X, Y]`` or ``[B, X, Y, 2]`` values as a PhiFlow grid of cells."""
    dims = [batch("b"), spatial("x,y"), channel(vector="x,y")]
    x, y = (extrapolation.PERIODIC if wall == "periodic" else extrapolation.ZERO_GRADIENT for wall in box.boundary)
    outside = extrapolation.combine_sides(x=x, y=y)
    return CenteredGrid(wrap(values, *dims[: values.ndim - 1]), outside, _bounds(box))


def staggered(velocity: Faces, box: Box) -> Field:
    """Wraps native face arrays as a PhiFlow staggered grid, which omits faces that are walls or repeat others."""
    x, y = velocity[0][:, box.free_faces(0)], velocity[1][..., box.free_faces(1)]
    components = {"x": wrap(x, batch("b"), spatial("x,y")), "y": wrap(y, batch("b"), spatial("x,y"))}
    outside = extrapolation.combine_sides(x=VELOCITY_OUTSIDE[box.boundary[0]], y=VELOCITY_OUTSIDE[box.boundary[1]])
    return StaggeredGrid(stack(components, dual("vector")), outside, _bounds(box))


def faces(velocity: Field, box: Box) -> Faces:
    """Inverts :func:`staggered`."""
    x, y = (velocity.values[{"~vector": axis}].native("b,x,y") for axis in "xy")
    return _with_walls(x.mT, box.boundary[0]).mT, _with_walls(y, box.boundary[1])


def _with_walls(component: Tensor, wall: str) -> Tensor:
    """Adds the faces that :meth:`Box.free_faces` leaves out, on the last axis."""
    if wall == "periodic":
        return pad(component, (0, 1), mode="circular")
    return pad(component, {"closed": (1, 1), "half-open": (1, 0), "open": (0, 0)}[wall])


def _bounds(box: Box) -> PhiBox:
    return PhiBox["x,y", 0 : box.shape[0], 0 : box.shape[1]]


@contextmanager
def phiflow_on(device: str) -> Generator[None, None, None]:
    """Lets PhiFlow compute with torch, in double precision, on the given device."""
    kind, _, number = device.partition(":")
    devices = TORCH.list_devices("CPU" if kind == "cpu" else "GPU")
    before = TORCH.get_default_device()
    TORCH.set_default_device(devices[int(number or 0)])
    try:
        with TORCH, precision(64):
            yield
    finally:
        TORCH.set_default_device(before)
