"""Asserts that any module or function commutes with a group."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor, nn

Action = Callable[[Any, Tensor], Tensor]


@runtime_checkable
class Fields(Protocol):
    """Says what a layer declares about its channels: how a group acts on them."""

    def act(self, element: Any, fields: Tensor, /) -> Tensor:
        """Returns ``g f``."""
        ...


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
        ValueError: no element, or one that does not act on the fields; inputs or an output that are no tensor of real
            floating-point numbers; empty inputs; a field that is no velocity, without an action of its own; a dtype
            without a tolerance; or a tolerance that is negative or not finite.
        AssertionError: the output is zero everywhere, which tells nothing; or names the element and the two shapes that
            differ, or the error and, in a module, the first layer of declared fields that fails by itself.
    """
    if dtype not in TOLERANCES:
        raise ValueError(f"dtype: expected one of {', '.join(map(str, TOLERANCES))}, got {dtype}")
    limit = TOLERANCES[dtype] if tolerance is None else tolerance
    if not 0 <= limit < float("inf"):
        raise ValueError(f"tolerance: expected a finite number of at least 0, got {limit}")
    inputs, elements = _real("inputs", inputs).to(dtype), _several(elements)
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
    """Computes ``max |f(g x) - g f(x)| / max |f(x)|`` for each ``g``; infinite where an output is not finite.

    Function and actions get copies, so that one that works in place alters nothing.
    """
    elements = _several(elements)
    if not _real("inputs", inputs).numel():
        raise ValueError(f"inputs: expected at least one number, got an empty batch of shape {tuple(inputs.shape)}")
    output = _real("output", function(inputs.clone())).clone()
    if not output.any():
        raise AssertionError(
            "expected an output that is not zero everywhere, which would be equivariant under anything"
        )
    errors: list[float] = []
    for element in elements:
        after = _real("output", function(act_on_input(element, inputs.clone())))
        before = act_on_output(element, output.clone())
        if after.shape != before.shape:
            shapes = f"{tuple(after.shape)} and {tuple(before.shape)}"
            raise AssertionError(f"expected one shape of f(g x) and g f(x) for g = {element}, got {shapes}")
        error = ((after - before).abs().max() / output.abs().max()).item()
        errors.append(error if error == error else float("inf"))
    return errors


def _real(name: str, given: object) -> Tensor:
    """Returns a tensor of real floating-point numbers as it is; raises ``ValueError`` for anything else."""
    if isinstance(given, Tensor) and given.is_floating_point():
        return given
    kind = f"a tensor of {given.dtype}" if isinstance(given, Tensor) else type(given).__name__
    raise ValueError(f"{name}: expected a tensor of real floating-point numbers, got {kind}")


def _several(elements: Iterable[Any]) -> tuple[Any, ...]:
    """Lists the elements; raises ``ValueError`` for a group, or an element, in place of elements."""
    if isinstance(elements, str) or not hasattr(elements, "__iter__"):
        kind = type(elements).__name__
        raise ValueError(f"elements: expected several group elements such as C4.elements, got one {kind}")
    return tuple(elements)


def _actions(function: Any) -> tuple[Action, Action]:
    """Finds the actions on the fields that a layer declares, or those on velocity."""
    if _declares_fields(function):
        return _act_on(function.source), _act_on(function.target)
    return _act_on_velocity, _act_on_velocity


def _declares_fields(layer: object) -> bool:
    """Tells whether ``source`` and ``target`` are fields; other modules may use these names for anything."""
    sides = (getattr(layer, side, None) for side in ("source", "target"))
    return all(callable(getattr(side, "act", None)) for side in sides)


def _act_on(fields: Fields) -> Action:
    """Returns the declared action, which raises ``ValueError`` for an element that it does not know."""

    def act(element: Any, tensor: Tensor) -> Tensor:
        try:
            return fields.act(element, tensor)
        except (AttributeError, LookupError, NotImplementedError, TypeError, ValueError) as error:
            message = f"elements: expected some that act on {fields}, got {element!r}, of which these have no action"
            raise ValueError(message) from error

    return act


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
        error = _error_alone(layer, given, elements)
        if error > limit:
            return f"; the first layer that fails by itself is {name} ({type(layer).__name__}), with {error:.1e}"
    return ""


def _error_alone(layer: nn.Module, given: Any, elements: tuple[Any, ...]) -> float:
    """Computes the largest error of a layer by itself.

    It is 0 where none can be had, as of fields without an action of the elements, or of a layer that takes more than a
    tensor: nothing in the search may hide the failure that it explains.
    """
    try:
        return max(commutation_errors(layer, given, elements, *_actions(layer)))
    except Exception:
        return 0.0


def _layers(function: object, inputs: Tensor) -> Iterator[tuple[str, nn.Module, Any]]:
    """Yields the layers of declared fields inside a module, with their inputs, in the order of their calls."""
    if not isinstance(function, nn.Module):
        return
    calls: list[tuple[str, nn.Module, Any]] = []

    def noted(name: str) -> Callable[[nn.Module, tuple[Any, ...], dict[str, Any]], None]:
        def note(layer: nn.Module, given: tuple[Any, ...], named: dict[str, Any]) -> None:
            first = next(iter((*given, *named.values())), None)
            calls.append((name, layer, first.clone() if isinstance(first, Tensor) else first))

        return note

    hooks = [
        layer.register_forward_pre_hook(noted(name), with_kwargs=True)
        for name, layer in function.named_modules()
        if layer is not function and _declares_fields(layer)
    ]
    try:
        with torch.no_grad():
            function(inputs.clone())
    finally:
        for hook in hooks:
            hook.remove()
    yield from calls
