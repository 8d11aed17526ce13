"""Dataclasses from JSON, strictly: every field and no other, each of its type."""

from __future__ import annotations

import dataclasses
import types
import typing
from typing import Any, TypeVar

T = TypeVar("T")


def parse(cls: type[T] | types.UnionType, content: Any, name: str = "") -> T:
    """The inverse of :func:`dataclasses.asdict`, for fields that are numbers, text, literals, tuples of these, or
    dataclasses.

    Args:
        cls: a dataclass, or a union of them, of which the one is taken whose fields fit best.
        content: what its ``asdict`` gave, read back from JSON.
        name: where it was found, for messages.

    Raises:
        ValueError: a key that is unknown or missing, or a value of another type; it names the place.
    """
    if not isinstance(content, dict):
        raise ValueError(f"expected {name or cls.__name__} to be an object, got {content!r:.80}")
    if isinstance(cls, types.UnionType):
        cls = max(typing.get_args(cls), key=lambda choice: sum(f.name in content for f in dataclasses.fields(choice)))
    expected = [field.name for field in dataclasses.fields(cls)]
    for key in sorted(set(expected) ^ set(content)):
        got = f"no {key}" if key in expected else f"an unknown {key!r:.80}"
        raise ValueError(f"expected {name or cls.__name__} with {', '.join(expected)}, got {got}")
    hints = typing.get_type_hints(cls)
    return cls(**{key: _value(hints[key], content[key], f"{name}.{key}".lstrip(".")) for key in expected})


def _value(hint: Any, value: Any, name: str) -> Any:
    if any(map(dataclasses.is_dataclass, (hint, *typing.get_args(hint)))):
        return parse(hint, value, name)
    if not _fits(hint, value):
        kind = hint.__name__ if isinstance(hint, type) else hint
        raise ValueError(f"expected {name} to be {kind}, got {value!r:.80}")
    return tuple(value) if typing.get_origin(hint) is tuple else value


def _fits(hint: Any, value: Any) -> bool:
    if isinstance(hint, types.UnionType):
        return any(_fits(choice, value) for choice in typing.get_args(hint))
    if typing.get_origin(hint) is typing.Literal:
        return value in typing.get_args(hint)
    if typing.get_origin(hint) is tuple:
        sizes = isinstance(value, list | tuple) and len(value) == len(typing.get_args(hint))
        return sizes and all(map(_fits, typing.get_args(hint), value))
    if isinstance(value, bool):
        return hint is bool
    return isinstance(value, (int, float) if hint is float else hint)
