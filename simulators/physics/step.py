"""One step of a buoyant smoke plume on plain tensors: the same step as :mod:`.plume` takes, many times faster.

Each field is first surrounded by the values that lie outside of the box; from then on a look-up is one index, two
weights and four gathers, and a mean of neighbours is a sum of slices.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import pad

from ...symmetry import Faces
from .box import Box
from .pressure import PressureSolve, project
from .state import Law, Plumes

BELOW, ABOVE = 1, 2
OF_CARRIED = {"closed": "edge", "half-open": "edge", "open": "edge", "periodic": "repeat"}
OF_SLIDING = {"closed": "zero", "half-open": "zero below", "open": "edge", "periodic": "repeat"}
Outside = tuple[str, str]
"""Values outside along x and y: ``edge`` (the nearest value), ``zero``, ``zero below`` and the edge above, or the
field again (``repeat``)."""


def step(plumes: Plumes, law: Law, solve: PressureSolve, box: Box) -> Plumes:
    """Advances the plumes by one time step::

        s' = MacCormack(s, u) + inflow
        u* = (1 - drag) (SemiLagrange(u, u, velocity_time) + s' force)
        u' = projection of u* to divergence 0

    Keeps every symmetry of the box, the walls, the force and the drag; these are what a scenario breaks.
    """
    smoke = mac_cormack(plumes, box) + law.inflow
    x, y = semi_lagrange(plumes.faces, law.velocity_time, box)
    x = (x + on_faces(smoke * law.force[:, 0], box, 0)) * (1 - law.drag_x)
    y = (y + on_faces(smoke * law.force[:, 1], box, 1)) * (1 - law.drag_y)
    return Plumes(smoke, *project((x, y), solve, box))


def mac_cormack(plumes: Plumes, box: Box) -> Float[Tensor, "B X Y"]:
    """Advects smoke with the flow, where ``back`` looks up at ``p - u`` and ``forth`` at ``p + u``::

        s' = back(s) + (s - forth(back(s))) / 2,   at least the least and at most the largest value that back(s) blends

    Selle, Fedkiw, Kim, Liu, Rossignac, *An Unconditionally Stable MacCormack Method*, J. Sci. Comput. 35 (2008).
    """
    smoke, outside = plumes.smoke, of_cells(box)
    x, y = means(plumes.velocity_x, 1), means(plumes.velocity_y, 2)
    back, forth = points(x, y, -1.0, outside), points(x, y, 1.0, outside)
    corners = back.corners(surround(smoke, outside))
    carried = back.blend(*corners)
    returned = forth.blend(*forth.corners(surround(carried, outside)))
    least = torch.minimum(torch.minimum(*corners[:2]), torch.minimum(*corners[2:]))
    largest = torch.maximum(torch.maximum(*corners[:2]), torch.maximum(*corners[2:]))
    return (carried + 0.5 * (smoke - returned)).clamp(least, largest)


def semi_lagrange(velocity: Faces, time: float, box: Box) -> Faces:
    """Advects velocity with itself for a time: ``u'(p) = u(p - time u(p))``."""
    x, y = (_without_far_end(component, box, axis) for axis, component in enumerate(velocity))
    outside_x, outside_y = of_faces(box, 0), of_faces(box, 1)
    around_x, around_y = surround(x, outside_x), surround(y, outside_y)
    y_at_x = means(means(around_y, 1), 2)[:, : x.shape[1], BELOW : BELOW + x.shape[2]]
    x_at_y = means(means(around_x, 1), 2)[:, BELOW : BELOW + y.shape[1], : y.shape[2]]
    to_x, to_y = points(x, y_at_x, -time, outside_x), points(x_at_y, y, -time, outside_y)
    carried_x, carried_y = to_x.blend(*to_x.corners(around_x)), to_y.blend(*to_y.corners(around_y))
    return _with_far_end(carried_x, box, 0), _with_far_end(carried_y, box, 1)


def of_cells(box: Box) -> Outside:
    """Extends smoke beyond a wall with its value at the wall."""
    return OF_CARRIED[box.boundary[0]], OF_CARRIED[box.boundary[1]]


def of_faces(box: Box, axis: int) -> Outside:
    """Extends velocity like smoke beyond the walls of its own axis; along closed walls it is 0 beyond them."""
    of_axis = [OF_SLIDING, OF_SLIDING]
    of_axis[axis] = OF_CARRIED
    return of_axis[0][box.boundary[0]], of_axis[1][box.boundary[1]]


def surround(field: Float[Tensor, "B X Y"], outside: Outside) -> Float[Tensor, "B X3 Y3"]:
    """Adds a row below and two above along both axes; the last one is only ever blended in with weight 0."""
    for axis, rows in ((1, (0, 0, BELOW, ABOVE)), (2, (BELOW, ABOVE, 0, 0))):
        rule = outside[axis - 1]
        field = pad(field, rows, mode="circular" if rule == "repeat" else "replicate")
        if rule in ("zero", "zero below"):
            field.narrow(axis, 0, BELOW).zero_()
        if rule == "zero":
            field.narrow(axis, -ABOVE, ABOVE).zero_()
    return field


def on_faces(field: Float[Tensor, "B X Y"], box: Box, axis: int) -> Float[Tensor, "B FX FY"]:
    """Interpolates from the cells to all faces across an axis."""
    rows = (0, 0, 1, 1) if axis == 0 else (1, 1, 0, 0)
    return means(pad(field, rows, mode="circular" if box.boundary[axis] == "periodic" else "replicate"), axis + 1)


def means(field: Float[Tensor, "B X Y"], axis: int) -> Float[Tensor, "B X2 Y2"]:
    """Averages neighbours along an axis."""
    count = field.shape[axis] - 1
    return (field.narrow(axis, 0, count) + field.narrow(axis, 1, count)).mul_(0.5)


def _without_far_end(component: Tensor, box: Box, axis: int) -> Tensor:
    """Drops the far end of a periodic axis, which repeats the near end."""
    return component.narrow(axis + 1, 0, box.shape[axis]) if box.boundary[axis] == "periodic" else component


def _with_far_end(component: Tensor, box: Box, axis: int) -> Tensor:
    if box.boundary[axis] != "periodic":
        return component
    return torch.cat((component, component.narrow(axis + 1, 0, 1)), axis + 1)


class Points(NamedTuple):
    """Describes where to look up: the lower corner of four neighbours, as an index into the flat, surrounded field,
    and how far the point is from there."""

    corner: Int[Tensor, "B N"]
    along_x: Float[Tensor, "B X Y"]
    along_y: Float[Tensor, "B X Y"]

    def corners(self, surrounded: Float[Tensor, "B X3 Y3"]) -> tuple[Tensor, ...]:
        """Looks up the four neighbours: lower, above along y, above along x, above along both."""
        flat, row = surrounded.flatten(1), surrounded.shape[2]
        return tuple(flat[:, d:].gather(1, self.corner).view_as(self.along_x) for d in (0, 1, row, row + 1))

    def blend(self, lower: Tensor, above_y: Tensor, above_x: Tensor, above_both: Tensor) -> Float[Tensor, "B X Y"]:
        """Interpolates bilinearly between the four neighbours."""
        at_lower_x, at_upper_x = lower.lerp(above_y, self.along_y), above_x.lerp(above_both, self.along_y)
        return at_lower_x.lerp(at_upper_x, self.along_x)


def points(x: Float[Tensor, "B X Y"], y: Float[Tensor, "B X Y"], time: float, outside: Outside) -> Points:
    """Finds where the velocity ``x, y`` carries each sample of a field in ``time`` steps; negative times look back."""
    size_x, size_y = x.shape[1:]
    rows = torch.arange(BELOW, BELOW + max(size_x, size_y), dtype=x.dtype, device=x.device)
    place_x = _inside(rows[:size_x, None].add(x, alpha=time), size_x, outside[0])
    place_y = _inside(rows[:size_y].add(y, alpha=time), size_y, outside[1])
    lower_x, lower_y = place_x.floor(), place_y.floor()
    corner = lower_y.add(lower_x, alpha=BELOW + size_y + ABOVE).flatten(1).long()
    return Points(corner, place_x.sub_(lower_x), place_y.sub_(lower_y))


def _inside(place: Tensor, size: int, rule: str) -> Tensor:
    """Limits rows to the surrounded field, wrapped along a periodic axis; elsewhere nothing changes more than one row
    beyond the field."""
    return place.remainder_(size) if rule == "repeat" else place.clamp_(0, size + BELOW)
