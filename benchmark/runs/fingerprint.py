"""Fingerprints the code that a run's numbers depend on."""

from __future__ import annotations

import ast
import hashlib
import inspect
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.util import resolve_name
from typing import Any

from ...models import get_model
from ..methods import base_model

PACKAGE = __name__.split(".")[0]
PROTOCOL = tuple(
    (f"{PACKAGE}.{module}", name)
    for module, names in {
        "benchmark.runs.execute": ("reproducible", "seeds", "untrained"),
        "benchmark.runs.training": ("train",),
        "benchmark.runs.evaluation": ("evaluate",),
        "datasets.store.dataset": ("DataSet", "Windows"),
        "datasets.measure": ("measured_chunks", "start_frames"),
    }.items()
    for name in names
)
"""How every model is built, trained and scored. The code of data sets is not included: their recipes have a version."""
FOLLOWED = (f"{PACKAGE}.models.", f"{PACKAGE}.symmetry.", f"{PACKAGE}.benchmark.")

Definition = tuple[str, str]
"""A module, and a name that is bound at its top level."""


@cache
def code_digest(model: str) -> str | None:
    """Digests (12 hexadecimal digits of the SHA-256) all code that a run of ``model`` goes through: its class, the
    protocol, and every definition of ours that these name, directly or through others. Where a definition stands does
    not count, nor do imports, comments, docstrings, layout, types of arguments and error messages. None for a class
    without a source file, such as one that was typed in."""
    cls = get_model(base_model(model)).cls
    try:
        texts = {_text(definition) for definition in reached((cls.__module__, cls.__qualname__.split(".")[0]))}
    except (OSError, TypeError, KeyError):
        return None
    return hashlib.sha256("\n".join(sorted(texts)).encode()).hexdigest()[:12]


def reached(root: Definition) -> set[Definition]:
    """Finds ``root``, the protocol, and the definitions in the followed rooms that these name, and so on."""
    found, waiting = set(), [root, *PROTOCOL]
    while waiting:
        definition = waiting.pop()
        if definition not in found:
            found.add(definition)
            waiting += _named(definition)
    return found


def _named(definition: Definition) -> Iterator[Definition]:
    """Finds the definitions that stand under the names which a definition uses, in its own module or where that imports
    them from."""
    module, name = definition
    nodes = [node for statement in _definitions(module)[name] for node in ast.walk(statement)]
    for used in {node.id for node in nodes if isinstance(node, ast.Name)}:
        home = _home(module, used)
        if home and (home[0] == module or home[0].startswith(FOLLOWED)):
            yield home


def _home(module: str, name: str) -> Definition | None:
    """Finds where a name of a module is defined, through modules that only hand it on; None for names not ours."""
    if name in _definitions(module):
        return module, name
    source, original = _imported(module).get(name, (None, name))
    if source is None or inspect.ismodule(getattr(import_module(source), original, None)):
        return None
    return _home(source, original)


@cache
def _definitions(module: str) -> dict[str, list[ast.stmt]]:
    """Finds the statements at the top level that bind each name: functions, classes, assignments."""
    found: dict[str, list[ast.stmt]] = {}
    for statement in Essence().visit(_tree(module)).body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            names = [statement.name]
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            names = [node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)]
        else:
            names = []
        for name in names:
            found.setdefault(name, []).append(statement)
    return found


@cache
def _imported(module: str) -> dict[str, tuple[str, str]]:
    """Lists ``name here: (module, name there)`` of every ``from module import name`` of ours."""
    package = import_module(module).__package__
    return {
        alias.asname or alias.name: (source, alias.name)
        for node in ast.walk(_tree(module))
        if isinstance(node, ast.ImportFrom)
        and (source := resolve_name("." * node.level + (node.module or ""), package)).split(".")[0] == PACKAGE
        for alias in node.names
    }


@cache
def _text(definition: Definition) -> str:
    module, name = definition
    return str([skeleton(statement) for statement in _definitions(module)[name]])


def _tree(module: str) -> ast.Module:
    return ast.parse(inspect.getsource(import_module(module)))


class Essence(ast.NodeTransformer):
    """Takes out of a syntax tree what the numbers of a finished run cannot depend on."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        is_text = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        return None if is_text else self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        return None

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        return None

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        return ast.Raise()

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return ast.arg(node.arg)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)


def skeleton(node: Any) -> Any:
    """Turns a syntax tree into nested lists, the same in every version of Python."""
    if isinstance(node, list):
        return [skeleton(each) for each in node]
    if not isinstance(node, ast.AST):
        return repr(node)
    parts = ((name, value) for name, value in ast.iter_fields(node) if value not in (None, []))
    return [type(node).__name__, *([name, skeleton(value)] for name, value in parts)]
