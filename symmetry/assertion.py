"""Asserts that any module or function commutes with a group."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor, nn

Action = Callable[[Any, Tensor], Tensor]


class Fields(Protocol):
    """Says what a layer declares about its channels: how a group acts on them."""

    def act(self, element: Any, fields: Tensor, /) -> Tensor:
        """Returns ``g f``."""
        ...


@runtime_checkable
class Typed(Protocol):
    """Declares the fields of a layer's input and output."""

    source: Fields
    target: Fields


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
        ValueError: no element, or one that does not act on velocity; empty inputs; a field that is no velocity, without
            an action of its own; or a dtype without a tolerance.
        AssertionError: the output is zero everywhere, which tells nothing; or names the element and the two shapes that
            differ, or the error and, in a module, the first layer of declared fields that fails by itself.
    """
    if dtype not in TOLERANCES:
        raise ValueError(f"dtype: expected one of {', '.join(map(str, TOLERANCES))}, got {dtype}")
    limit = TOLERANCES[dtype] if tolerance is None else tolerance
    inputs, elements = inputs.to(dtype), tuple(elements)
    if not elements:
        raise ValueError("elements: expected at least one, got none")
    if isinstance(function, nn.Module):
        function = copy.deepcopy(function).to(dtype)
    on_input, on_output = _actions(function)
    on_input, on_output = act_on_input or on_input, act_on_output or on_output
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
    if not inputs.numel():
        raise ValueError(f"inputs: expected at least one number, got an empty batch of shape {tuple(inputs.shape)}")
    output = function(inputs)
    if not output.any():
        raise AssertionError("expected an output that tells something, got zero everywhere")
    errors: list[float] = []
    for element in elements:
        after, before = function(act_on_input(element, inputs)), act_on_output(element, output)
        if after.shape != before.shape:
            shapes = f"{tuple(after.shape)} and {tuple(before.shape)}"
            raise AssertionError(f"expected one shape of f(g x) and g f(x) for g = {element}, got {shapes}")
        error = ((after - before).abs().max() / output.abs().max()).item()
        errors.append(error if error == error else float("inf"))
    return errors


def _actions(function: object) -> tuple[Action, Action]:
    """Finds the actions on the fields that a layer declares, or those on velocity."""
    if isinstance(function, Typed):
        return function.source.act, function.target.act
    return _act_on_velocity, _act_on_velocity


def _declares_fields(layer: object) -> bool:
    return isinstance(layer, Typed)


def _act_on_velocity(element: Any, field: Tensor) -> Tensor:
    if not hasattr(element, "vector"):
        raise ValueError(f"elements: expected some that act on velocity, such as C4.elements; got {element!r}")
    if field.ndim < 3 or field.shape[-3] != 2:
        given = f"{tuple(field.shape)}; other fields need act_on_input or act_on_output"
        raise ValueError(f"expected velocity [..., 2, X, Y], got the shape {given}")
    return element.vector(field)


def _culprit(function: object, inputs: Tensor, elements: tuple[Any, ...], limit: float) -> str:
    """Names the first layer of declared fields that fails to commute by itself, on the inputs that it gets here."""
    for name, layer, given in _layers(function, inputs):
        error = max(commutation_errors(layer, given, elements, *_actions(layer)))
        if not error <= limit:
            return f"; the first layer that fails by itself is {name} ({type(layer).__name__}), with {error:.1e}"
    return ""


def _layers(function: object, inputs: Tensor) -> Iterator[tuple[str, nn.Module, Tensor]]:
    """Yields the layers of declared fields inside a module, with their inputs, in the order of their calls."""
    if not isinstance(function, nn.Module):
        return
    calls: list[tuple[str, nn.Module, Tensor]] = []

    def noted(name: str) -> Callable[[nn.Module, tuple[Tensor, ...], dict[str, Tensor]], None]:
        def note(layer: nn.Module, given: tuple[Tensor, ...], named: dict[str, Tensor]) -> None:
            calls.append((name, layer, (*given, *named.values())[0]))

        return note

    hooks = [
        layer.register_forward_pre_hook(noted(name), with_kwargs=True)
        for name, layer in function.named_modules()
        if layer is not function and _declares_fields(layer)
    ]
    try:
        with torch.no_grad():
            function(inputs)
    finally:
        for hook in hooks:
            hook.remove()
    yield from calls
