"""The relative equivariance error, one formula for the simulator and for trained models."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from jaxtyping import Float
from torch import Tensor

from .elements import Element

State = TypeVar("State")


def equivariance_error(
    evolve: Callable[[State], Float[Tensor, "B N 2 X Y"]],
    act: Callable[[Element, State], State],
    state: State,
    start: Float[Tensor, "B 2 X Y"],
    elements: Iterable[Element],
) -> Float[Tensor, " N"]:
    """How far ``n`` steps and the group fail to commute, relative to how far the flow moves in them::

        EE_n = rms_(x,g) ||F^n(g x) - g F^n(x)|| / rms_x ||F^n(x) - x||,   n = 1 ... N

    0 for an exact symmetry, 1.41 when both orders give uncorrelated changes of equal size. Dividing by the change, not
    by the state, keeps "nothing moves" from looking symmetric.

    Args:
        evolve: the velocity after 1 ... N steps from a state, ``[B, N, 2, X, Y]``.
        act: ``g x`` for a state ``x``; everything that is part of the state moves with it, the law ``F`` does not.
        state: what ``evolve`` starts from.
        start: the velocity of ``state``.
        elements: the group elements to average over, see :func:`~symbreak.symmetry.probes`.

    Returns:
        One error per step; NaN where the flow is no longer finite.

    Raises:
        ValueError: if nothing moves, because then the relative error means nothing.
    """
    reference = evolve(state)
    change = (reference - start[:, None]).double().square().mean((0, 2, 3, 4))
    if (change == 0).any():
        raise ValueError("expected a flow that changes between frames, got no change at all")
    differences = [
        (evolve(act(element, state)) - element.vector(reference)).double().square().mean((0, 2, 3, 4))
        for element in elements
    ]
    return (sum(differences) / len(differences) / change).sqrt()
