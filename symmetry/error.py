"""The relative equivariance error, one formula for the simulator and for trained models."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from jaxtyping import Float
from torch import Tensor

from .elements import Element

State = TypeVar("State")


def equivariance_error(
    evolve: Callable[[State], Float[Tensor, "B N ..."]],
    act: Callable[[Element, State], State],
    state: State,
    start: Float[Tensor, "B ..."],
    elements: Iterable[Element],
    act_on_output: Callable[[Element, Tensor], Tensor] | None = None,
) -> Float[Tensor, " N"]:
    """Measures how far ``n`` steps and the group fail to commute, relative to how far the flow moves in them::

        EE_n = rms_(x,g) ||F^n(g x) - g F^n(x)|| / rms_x ||F^n(x) - x||,   n = 1 ... N

    0 for an exact symmetry, 1.41 when both orders give uncorrelated changes of equal size. Dividing by the change, not
    by the state, keeps "nothing moves" from looking symmetric.

    Args:
        evolve: returns the velocity after 1 ... N steps from a state, ``[B, N, 2, X, Y]``, or any other field.
        act: returns ``g x`` for a state ``x``; all that is part of the state moves with it, the law ``F`` does not.
        state: the state that ``evolve`` starts from.
        start: the velocity, or the other field, of ``state``.
        elements: the group elements to average over, see :func:`~symbreak.symmetry.probes`.
        act_on_output: returns ``g F(x)`` for what ``evolve`` returns; the action on velocity if none is given.

    Returns:
        One error per step; NaN where the flow is no longer finite.

    Raises:
        ValueError: if nothing moves, because then the relative error means nothing.
    """
    reference = evolve(state)
    act_on_output = act_on_output or _act_on_velocity
    rest = (0, *range(2, reference.ndim))
    change = (reference - start[:, None]).double().square().mean(rest)
    if (change == 0).any():
        raise ValueError("expected a flow that changes between frames, got no change at all")
    differences = [
        (evolve(act(element, state)) - act_on_output(element, reference)).double().square().mean(rest)
        for element in elements
    ]
    return (sum(differences) / len(differences) / change).sqrt()


def _act_on_velocity(element: Element, field: Tensor) -> Tensor:
    return element.vector(field)
