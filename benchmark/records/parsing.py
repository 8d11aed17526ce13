"""Reads dataclasses from JSON, strictly (every field and no other, each of its type), and writes them back."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, TypeVar

T = TypeVar("T")
Reader = Callable[[Any], Any]
WORDS = {int: "a whole number", float: "a number", str: "text", bool: "true or false", type(None): "null"}
OPTIONAL = {"optional": True}
"""Metadata of a field that JSON may lack: :func:`parse` then takes the default, and :func:`as_json` leaves out a
field that has its default."""


class Misfit(ValueError):
    """Says what was expected at a place inside the content; the place grows while the error passes outwards."""

    def __init__(self, expected: str, got: object):
        super().__init__(expected)
        self.expected, self.got, self.place = expected, got, []


def parse(cls: type[T] | types.UnionType, content: Any, name: str = "") -> T:
    """Builds a dataclass from JSON: the inverse of :func:`as_json` and of :func:`dataclasses.asdict`.

    Args:
        cls: a dataclass, or a union of dataclasses, from which the one with the best matching fields is chosen. Fields
            are numbers, text, literals, dataclasses, tuples of these, sequences of named tuples, or objects.
        content: what was read from JSON.
        name: where the content was found, for messages.

    Raises:
        ValueError: a key is unknown or missing, or a value has the wrong type; the message names the place.
    """
    try:
        return _reader(cls)(content)
    except Misfit as misfit:
        place = ".".join(filter(None, (name, *misfit.place))) or getattr(cls, "__name__", str(cls))
        raise ValueError(f"expected {place} {misfit.expected}, got {misfit.got}") from None


def as_json(value: Any) -> Any:
    """Turns dataclasses and named tuples into what JSON can hold, optional fields at their default left out."""
    if _is_row(type(value)):
        return value._asdict()
    if isinstance(value, list | tuple | Rows):
        return [as_json(part) for part in value]
    if not dataclasses.is_dataclass(value):
        return value
    parts = {field: getattr(value, field.name) for field in dataclasses.fields(value)}
    kept = {
        field.name: part for field, part in parts.items() if not field.metadata.get("optional") or part != field.default
    }
    return {name: as_json(part) for name, part in kept.items()}


def _is_row(hint: Any) -> bool:
    """Checks whether a type is a named tuple."""
    return isinstance(hint, type) and issubclass(hint, tuple) and "_fields" in vars(hint)


@cache
def _reader(hint: Any) -> Reader:
    """Makes the function that checks values of a type, and turns lists into tuples and objects into dataclasses."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if dataclasses.is_dataclass(hint):
        return _dataclass_reader(hint)
    if _is_row(hint):
        return _row_reader(hint)
    if origin is typing.Literal:
        return _literal_reader(arguments)
    if _is_leaf(hint):
        return _leaf_reader(hint)
    if origin in (types.UnionType, typing.Union):
        return _union_reader(arguments)
    if origin is Sequence and _is_row(arguments[0]):
        return _rows_reader(arguments[0])
    if origin is tuple:
        return _many_reader(arguments[0]) if arguments[1:] == (...,) else _fixed_reader(arguments)
    if origin is dict or hint is dict:
        return _object_reader(arguments[1] if arguments else Any)
    return lambda value: value


def _leaf_reader(hint: Any) -> Reader:
    allowed = _allowed(hint)
    expected = f"to be {' or '.join(WORDS[kind] for kind in typing.get_args(hint) or (hint,))}"

    def read(value: Any) -> Any:
        if type(value) not in allowed:
            raise Misfit(expected, f"{value!r:.80}")
        return value

    return read


def _literal_reader(choices: tuple[Any, ...]) -> Reader:
    def read(value: Any) -> Any:
        if value not in choices:
            raise Misfit(f"to be one of {', '.join(map(repr, choices))}", f"{value!r:.80}")
        return value

    return read


def _union_reader(choices: tuple[Any, ...]) -> Reader:
    objects = [choice for choice in choices if choice is not type(None)]

    def read(value: Any) -> Any:
        if value is None and type(None) in choices:
            return None
        best = objects[0]
        if len(objects) > 1 and isinstance(value, dict):
            best = max(objects, key=lambda choice: sum(field.name in value for field in dataclasses.fields(choice)))
        return _reader(best)(value)

    return read


def _fixed_reader(hints: tuple[Any, ...]) -> Reader:
    def read(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple) or len(value) != len(hints):
            raise Misfit(f"to be a list of {len(hints)}", f"{value!r:.80}")
        return tuple(
            _inside(str(index), hint, part) for index, (hint, part) in enumerate(zip(hints, value, strict=True))
        )

    return read


def _many_reader(hint: Any) -> Reader:
    """Reads lists of any length; numbers all at once if nothing is wrong with them, which is faster than one by one."""
    allowed = _allowed(hint) if _is_leaf(hint) else set()

    def read(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple):
            raise Misfit("to be a list", f"{value!r:.80}")
        if allowed.issuperset(map(type, value)):
            return tuple(value)
        return tuple(_inside(str(index), hint, part) for index, part in enumerate(value))

    return read


class Rows(Sequence[T]):
    """Holds named tuples as plain ones, and names them when they are asked for: a results folder has a million rows,
    and the garbage collector visits named tuples again and again, but plain ones of numbers and text only once."""

    def __init__(self, cls: Any, values: Sequence[tuple[Any, ...]]):
        self._cls, self._values = cls, values

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, index: Any) -> Any:
        found = self._values[index]
        return Rows(self._cls, found) if isinstance(index, slice) else self._cls._make(found)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)


def _rows_reader(cls: Any) -> Reader:
    """Reads a list of rows column by column; if something is wrong with it, row by row, to find what."""
    allowed = [_allowed(hint) for hint in typing.get_type_hints(cls).values()]
    values_of, each = itemgetter(*cls._fields), _many_reader(cls)

    def read(rows: Any) -> Sequence[Any]:
        try:
            values = list(map(values_of, rows))
            whole = set(map(len, rows)) <= {len(allowed)}
        except (TypeError, KeyError, IndexError):
            return each(rows)
        columns = zip(allowed, zip(*values, strict=True), strict=bool(values))
        if not whole or not all(kinds.issuperset(map(type, column)) for kinds, column in columns):
            return each(rows)
        return Rows(cls, values)

    return read


def _is_leaf(hint: Any) -> bool:
    return hint in WORDS or (isinstance(hint, types.UnionType) and all(kind in WORDS for kind in typing.get_args(hint)))


def _allowed(hint: Any) -> set[type]:
    """Lists the types that a value may have; a whole number is a number too, but true and false are not."""
    kinds = set(typing.get_args(hint) or (hint,))
    return kinds | {int} if float in kinds else kinds


def _object_reader(hint: Any) -> Reader:
    """Reads objects with any keys."""

    def read(value: Any) -> dict[Any, Any]:
        if not isinstance(value, dict):
            raise Misfit("to be an object", f"{value!r:.80}")
        return value if hint is Any else {key: _inside(key, hint, part) for key, part in value.items()}

    return read


def _dataclass_reader(cls: Any) -> Reader:
    fields = dataclasses.fields(cls)
    needed = {field.name for field in fields if not field.metadata.get("optional")}
    return _fields_reader(cls, [field.name for field in fields], needed, lambda values: cls(**values))


def _row_reader(cls: Any) -> Reader:
    return _fields_reader(cls, list(cls._fields), set(cls._fields), lambda values: cls(**values))


def _fields_reader(cls: Any, names: list[str], needed: set[str], build: Callable[[dict[str, Any]], Any]) -> Reader:
    hints = typing.get_type_hints(cls)

    def read(content: Any) -> Any:
        if not isinstance(content, dict):
            raise Misfit("to be an object", f"{content!r:.80}")
        if wrong := sorted((needed - content.keys()) | (content.keys() - set(names)), key=str):
            raise Misfit(f"with {', '.join(names)}", _wrong_key(wrong[0], names))
        return build({name: _inside(name, hints[name], content[name]) for name in names if name in content})

    return read


def _wrong_key(key: Any, names: Iterable[str]) -> str:
    return f"no {key}" if key in names else f"an unknown {key!r:.80}"


def _inside(place: str, hint: Any, value: Any) -> Any:
    """Reads a part, and adds its place to the error if there is one."""
    try:
        return _reader(hint)(value)
    except Misfit as misfit:
        misfit.place.insert(0, place)
        raise
