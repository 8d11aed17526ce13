"""Asserts that any module or function commutes with a group."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch
from torch import Tensor, nn

Action = Callable[[Any, Tensor], Tensor]
TOLERANCES = {torch.float64: 1e-10, torch.float32: 1e-5, torch.bfloat16: 5e-2, torch.float16: 5e-3}
"""Largest relative error that rounding explains, by dtype."""


def assert_equivariant(
    function: Callable[[Tensor], Tensor],
    inputs: Tensor,
    elements: Iterable[Any],
    *,
    act_on_input: Action | None = None,
    act_on_output: Action | None = None,
    dtype: torch.dtype = torch.float64,
    tolerance: float | None = None,
) -> None:
    """Raises unless ``f(g x) = g f(x)`` for every element ``g``, relative to the largest entry of ``f(x)``.

    Use it in the tests of a layer, a network or a plain function::

        assert_equivariant(model, torch.randn(2, 3, 2, 12, 12), C4.elements)                 # velocity to velocity
        assert_equivariant(vorticity, flow, C4.elements, act_on_output=lambda g, s: g.scalar(s))

    Args:
        function: a module, which is copied to ``dtype``, or any function of one tensor.
        inputs: ``x``; random numbers on unequal sides, where the group allows it, find most mistakes.
        elements: ``g``, whatever the actions take, such as ``C4.elements`` or :func:`~symbreak.symmetry.probes`.
        act_on_input, act_on_output: ``(g, tensor) -> g tensor``. By default those of the fields that the module
            declares as ``source`` and ``target``, as the layers of :mod:`symbreak.models.layers` do, and else the
            action on velocity ``[..., 2, X, Y]``.
        dtype: in which to compute.
        tolerance: largest relative error; by default what rounding in ``dtype`` explains.

    Raises:
        AssertionError: names the element and the error and, in a module, the first layer of declared fields that fails
            by itself.
    """
    limit = TOLERANCES[dtype] if tolerance is None else tolerance
    if isinstance(function, nn.Module):
        function = copy.deepcopy(function).to(dtype)
    inputs, elements = inputs.to(dtype), tuple(elements)
    on_input = act_on_input or _declared(function, "source")
    on_output = act_on_output or _declared(function, "target")
    errors = commutation_errors(function, inputs, elements, on_input, on_output)
    worst = max(range(len(elements)), key=errors.__getitem__)
    if not errors[worst] <= limit:
        raise AssertionError(
            f"expected f(g x) = g f(x) within {limit:.0e} for g = {elements[worst]}, got a relative error of "
            f"{errors[worst]:.1e}{_culprit(function, inputs, elements, limit)}"
        )


@torch.no_grad()
def commutation_errors(
    function: Callable[[Tensor], Tensor],
    inputs: Tensor,
    elements: Iterable[Any],
    act_on_input: Action,
    act_on_output: Action,
) -> list[float]:
    """Computes ``max |f(g x) - g f(x)| / max |f(x)|`` for each ``g``; infinite where an output is not finite."""
    output = function(inputs)
    errors = []
    for element in elements:
        difference = (function(act_on_input(element, inputs)) - act_on_output(element, output)).abs().max()
        error = (difference / output.abs().max().clamp_min(torch.finfo(output.dtype).tiny)).item()
        errors.append(error if error == error else float("inf"))
    return errors


def _declared(function: object, side: str) -> Action:
    """Returns the action on the fields that a layer declares, or else the action on velocity."""
    fields = getattr(function, side, None)
    act = getattr(fields, "act", None)
    return act if callable(act) else (lambda element, field: element.vector(field))


def _culprit(function: object, inputs: Tensor, elements: tuple[Any, ...], limit: float) -> str:
    """Names the first layer of declared fields that fails to commute by itself, on the inputs that it gets here."""
    for name, layer, given in _layers(function, inputs):
        sides = _declared(layer, "source"), _declared(layer, "target")
        error = max(commutation_errors(layer, given, elements, *sides))
        if not error <= limit:
            return f"; the first layer that fails by itself is {name} ({type(layer).__name__}), with {error:.1e}"
    return ""


def _layers(function: object, inputs: Tensor) -> Iterator[tuple[str, nn.Module, Tensor]]:
    """Yields the layers of declared fields inside a module, with their inputs, in the order of their calls."""
    if not isinstance(function, nn.Module):
        return
    calls: list[tuple[str, nn.Module, Tensor]] = []
    hooks = [
        layer.register_forward_pre_hook(lambda layer, given, name=name: calls.append((name, layer, given[0])))
        for name, layer in function.named_modules()
        if layer is not function and all(hasattr(getattr(layer, side, None), "act") for side in ("source", "target"))
    ]
    try:
        with torch.no_grad():
            function(inputs)
    finally:
        for hook in hooks:
            hook.remove()
    yield from calls
