"""Which code a run's numbers depend on."""

from __future__ import annotations

import ast
import hashlib
import inspect
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.util import resolve_name
from typing import Any

from ..models import get_model
from .methods import split_name

PACKAGE = __name__.split(".")[0]
PROTOCOL = tuple(
    f"{PACKAGE}.{name}"
    for name in (
        "models.build",
        "datasets.dataset",
        "datasets.measure",
        *(f"benchmark.{each}" for each in ("configuration", "evaluation", "gradnorm", "methods", "metrics")),
        *(f"benchmark.{each}" for each in ("rollout", "run", "training")),
    )
)
"""How every model is built, trained and scored. The code of the data is not among it: recipes have a version of
their own."""
FOLLOWED = (f"{PACKAGE}.models.", f"{PACKAGE}.symmetry.")


@cache
def code_digest(model: str) -> str | None:
    """12 hexadecimal digits of the SHA-256 of all source that a run of ``model`` goes through: the module of its class,
    what that imports from the rooms ``models`` and ``symmetry``, and the protocol. Comments, docstrings and layout do
    not count. None for a class without a source file, such as one that was typed in.
    """
    try:
        sources = [_text(name) for name in used(get_model(split_name(model)[0]).cls.__module__)]
    except (OSError, TypeError):
        return None
    return hashlib.sha256("\n".join(sources).encode()).hexdigest()[:12]


def used(module: str) -> list[str]:
    """Names of ``module``, the protocol, and the modules of the followed rooms that they import from, and so on."""
    found, waiting = set(), [module, *PROTOCOL]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [home for home in _imported(name) if home.startswith(FOLLOWED)]
    return sorted(found)


def _imported(module: str) -> Iterator[str]:
    """The modules that define what ``from ... import`` brings in, through packages that only hand it on."""
    for source, _, name in _bindings(module):
        yield _home(source, name)


def _home(module: str, name: str) -> str:
    if inspect.ismodule(getattr(import_module(module), name, None)):
        return f"{module}.{name}"
    handed_on = [(source, original) for source, bound, original in _bindings(module) if bound == name]
    return _home(*handed_on[0]) if handed_on else module


@cache
def _bindings(module: str) -> list[tuple[str, str, str]]:
    """``(module, name here, name there)`` of every ``from module import name`` of ours."""
    package = import_module(module).__package__
    return [
        (source, alias.asname or alias.name, alias.name)
        for node in ast.walk(_tree(module))
        if isinstance(node, ast.ImportFrom)
        and (source := resolve_name("." * node.level + (node.module or ""), package)).split(".")[0] == PACKAGE
        for alias in node.names
    ]


@cache
def _text(module: str) -> str:
    return f"{module} {skeleton(_tree(module))}"


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(inspect.getsource(import_module(module)))


def skeleton(node: Any) -> Any:
    """A syntax tree as nested lists, without strings that are statements; the same in every version of Python."""
    if isinstance(node, list):
        return [skeleton(each) for each in node if not _is_text(each)]
    if not isinstance(node, ast.AST):
        return repr(node)
    parts = ((name, value) for name, value in ast.iter_fields(node) if value not in (None, []))
    return [type(node).__name__, *([name, skeleton(value)] for name, value in parts)]


def _is_text(node: Any) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
