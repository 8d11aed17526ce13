"""A scenario: a group, the draws of its simulations, and a law that breaks the group by a known amount."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from jaxtyping import Float
from numpy.random import Generator
from torch import Tensor

from ...symmetry import Element, Shape, probes
from ..physics import Box, Draws, Law, Plumes, openness, simulate

INFLOW_RADIUS = 5 / 64
SPREAD = (0.6, 1.4)


def act(element: Element, plumes: Plumes, draws: Draws, shape: Shape) -> tuple[Plumes, Draws]:
    """Applies a group element to the state and to the inflow, and to nothing else."""
    return plumes.moved(element), draws.moved(element, shape)


def render(plumes: Plumes, draws: Draws) -> tuple[Float[Tensor, "B 2 X Y"], Float[Tensor, "B X Y"]]:
    """Returns velocity and smoke as they are, at the cell centres."""
    return plumes.velocity, plumes.smoke


def run(law: Callable[[Box, Draws], Law], plumes: Plumes, draws: Draws, box: Box, steps: int) -> Iterator[Plumes]:
    """Simulates all plumes together, on the grid that they have."""
    return simulate(plumes, law(box, draws), box, steps)


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """Describes a scenario. Each stands in a file of its own; ``docs/add-a-scenario.md`` says how to add one.

    Attributes:
        name: ``<symmetry>-<what breaks it>``.
        symmetry: ``rotation``, ``translation``, ``reflection`` or ``scaling``.
        group: name of the group of :mod:`symbreak.symmetry` that is exact at strength 0.
        boundary: walls per axis, see :class:`~..physics.box.Box`.
        description: one line for ``symbreak list``.
        draw: ``(generator, index, shape, buoyancy) -> Draws`` of one simulation (a batch of one). ``buoyancy`` is the
            base force of the recipe; ``index`` lets every set hold the same share of, say, each side.
        law: ``(box, draws, strength) -> Law``; at strength 0 it treats all states that the group relates alike.
        revision: number that counts changes of the draws, the law or what is stored. From 2 on it is part of the hash
            of recipes, so that data of an older revision are not taken for those of this one.
        last_frame: number of steps after which the flow is no longer predictable enough to be measured.
        plumes: where ``draw`` is a list by ``index`` and draws nothing at random, the indices in the order in which
            they are dealt to splits: training from the front, test and then validation from the back.
        act: ``(element, plumes, draws, shape) -> g x``.
        run: ``(law, plumes, draws, box, steps) -> plumes`` after 1, 2 ... steps, where ``law(box, draws)`` is the one
            at the strength of the data.
        render: ``(plumes, draws) -> velocity, smoke`` that is stored, at the cell centres.
        observe: ``(plumes, draws) -> velocity`` on which the error of the data is measured, where that is not the
            stored one: then all of it is simulated and nothing read from the files.
        probes: ``(group, shape) -> elements`` over which the error of the data is averaged.
        onset: steps from rest under the law at strength 0, before the law at the strength of the data acts; 0 where
            that acts from rest.
        hidden: the part of the asymmetry that a history does not show.
        reveals: the part of the asymmetry that a history shows.
    """

    name: str
    symmetry: str
    group: str
    boundary: tuple[str, str]
    description: str
    draw: Callable[[Generator, int, Shape, float], Draws]
    law: Callable[[Box, Draws, float], Law]
    revision: int = 1
    last_frame: int = 110
    plumes: tuple[int, ...] | None = None
    act: Callable[[Element, Plumes, Draws, Shape], tuple[Plumes, Draws]] = act
    run: Callable[[Callable[[Box, Draws], Law], Plumes, Draws, Box, int], Iterator[Plumes]] = run
    render: Callable[[Plumes, Draws], tuple[Tensor, Tensor]] = render
    observe: Callable[[Plumes, Draws], Tensor] | None = None
    probes: Callable[[str, Shape], tuple[Element, ...]] = probes
    onset: int = 0
    hidden: str = "nothing, once the flow moves"
    reveals: str = "speed and shape of the plume, from the first frames on"

    def evolve(self, plumes: Plumes, draws: Draws, strength: float, steps: int, *, time: int = 0) -> Iterator[Plumes]:
        """Yields the plumes after 1 ... ``steps`` steps, see :func:`~..physics.simulate.simulate`.

        Args:
            time: steps from rest to the given plumes, which decides how far away the onset is.
        """
        x, y = plumes.smoke.shape[1:]
        box = Box((x, y), self.boundary)
        before = min(steps, max(self.onset - time, 0))
        state = plumes
        for state in self.run(lambda box, draws: self.law(box, draws, 0.0), plumes, draws, box, before):
            yield state
        yield from self.run(lambda box, draws: self.law(box, draws, strength), state, draws, box, steps - before)

    @property
    def has_floor(self) -> bool:
        """Whether no strict network can be better than a floor: the asymmetry is hidden until the onset, and the group
        acts isometrically. Dilations do not: they interpolate, and what leaves the grid is lost."""
        return self.onset > 0 and self.group != "dilation"

    def environment(self, box: Box, draws: Draws, strength: float) -> Float[Tensor, "B 4 X Y"]:
        """Computes what the law adds to the symmetric one, as fields at the cell centres.

        Channels 0 and 1 are the force per unit of smoke, relative to the buoyancy of the simulation; channel 2 is the
        share of the velocity that drag takes in a step, channel 3 how much more open the faces of a cell are, both as
        means over these. All are zero at strength 0. Force is a vector field, the others are scalar fields.
        """
        law, symmetric = (self.law(box, draws, eps) for eps in (strength, 0.0))
        count, (x, y) = len(draws.center), box.shape
        force = (law.force - symmetric.force) / draws.buoyancy[:, None, None, None]
        drag = _at_centers(law.drag_x - symmetric.drag_x, law.drag_y - symmetric.drag_y, (count, x, y))
        open_x, open_y = law.open_x - symmetric.open_x, law.open_y - symmetric.open_y
        openness = _at_centers(open_x[None, :, None], open_y[None, None, :], (count, x, y))
        return torch.cat((force, drag[:, None], openness[:, None]), 1)

    def observed(self, plumes: Plumes, draws: Draws) -> Float[Tensor, "B 2 X Y"]:
        """Returns the velocity on which the error of the data is measured."""
        return self.render(plumes, draws)[0] if self.observe is None else self.observe(plumes, draws)

    def box(self, resolution: int) -> Box:
        return Box((resolution, resolution), self.boundary)


def _at_centers(
    on_x: Float[Tensor, "#B #FX #Y"], on_y: Float[Tensor, "#B #X #FY"], shape: tuple[int, int, int]
) -> Float[Tensor, "B X Y"]:
    """Averages what holds on the four faces of each cell."""
    count, x, y = shape
    on_x, on_y = on_x.expand(count, x + 1, y), on_y.expand(count, x, y + 1)
    return (on_x[:, 1:] + on_x[:, :-1] + on_y[:, :, 1:] + on_y[:, :, :-1]) / 4


def law(
    box: Box,
    draws: Draws,
    *,
    force: Float[Tensor, "#B 2 #X #Y"] | None = None,
    drag_x: Float[Tensor, "#B #FX #Y"] | float = 0.0,
    drag_y: Float[Tensor, "#B #X #FY"] | float = 0.0,
    open_x: Float[Tensor, " FX"] | None = None,
    velocity_time: float = 1.0,
) -> Law:
    """Builds a law that breaks nothing, ``buoyancy x direction`` everywhere, except for what is given."""
    force = (draws.buoyancy[:, None] * draws.direction)[:, :, None, None] if force is None else force
    drag_x, drag_y = (torch.as_tensor(drag, dtype=torch.float64) for drag in (drag_x, drag_y))
    return Law(
        inflow=inflow(box, draws),
        force=force.expand(len(draws.center), 2, *box.shape),
        drag_x=drag_x if drag_x.ndim else drag_x.view(1, 1, 1),
        drag_y=drag_y if drag_y.ndim else drag_y.view(1, 1, 1),
        open_x=openness(box, 0) if open_x is None else open_x,
        open_y=openness(box, 1),
        velocity_time=velocity_time,
    )


def inflow(box: Box, draws: Draws) -> Float[Tensor, "B X Y"]:
    """Computes the smoke that enters in each step: 1 inside a disc around ``center``, with an edge one cell wide."""
    x, y = cell_centers(box)
    across, along = (
        _distance(position, center[:, None, None], box, axis)
        for axis, (position, center) in enumerate(zip((x, y), draws.center.T, strict=True))
    )
    return (INFLOW_RADIUS * min(box.shape) - (across.square() + along.square()).sqrt() + 0.5).clamp(0, 1)


def cell_centers(box: Box) -> tuple[Float[Tensor, "X 1"], Float[Tensor, "1 Y"]]:
    """Returns ``x`` and ``y`` of the cell centres."""
    x, y = (torch.arange(size, dtype=torch.float64) + 0.5 for size in box.shape)
    return x[:, None], y[None, :]


def _distance(position: Tensor, center: Tensor, box: Box, axis: int) -> Tensor:
    distance = (position - center).abs()
    return torch.minimum(distance, box.shape[axis] - distance) if box.boundary[axis] == "periodic" else distance
