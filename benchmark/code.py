"""Which code a run's numbers depend on."""

from __future__ import annotations

import ast
import hashlib
import inspect
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from types import ModuleType

from ..models import build, get_model
from . import configuration, evaluation, gradnorm, methods, metrics, rollout, spectra, training
from .methods import split_name

PROTOCOL = (
    sys.modules[build.__module__],
    *(configuration, evaluation, gradnorm, methods, metrics, rollout, spectra, training),
)
"""How every model is built, trained and scored. The code of the data is not among it: recipes have a version of
their own."""
PACKAGE = __name__.split(".")[0]
FOLLOWED = tuple(f"{PACKAGE}.{room}." for room in ("models", "symmetry"))


@cache
def code_digest(model: str) -> str:
    """12 hexadecimal digits of the SHA-256 of all source that a run of ``model`` goes through: the module of its class,
    what that uses of the rooms ``models`` and ``symmetry``, and the protocol. Comments and docstrings do not count.
    """
    own = sys.modules[get_model(split_name(model)[0]).cls.__module__]
    sources = [f"{module.__name__}\n{statements(inspect.getsource(module))}" for module in used((own, *PROTOCOL))]
    return hashlib.sha256("\n".join(sources).encode()).hexdigest()[:12]


def used(modules: Iterable[ModuleType]) -> Sequence[ModuleType]:
    """``modules`` and those that define what they import from the followed rooms, and so on, in the order of names."""
    found, waiting = {}, list(modules)
    while waiting:
        module = waiting.pop()
        if module.__name__ not in found:
            found[module.__name__] = module
            homes = {str(getattr(value, "__module__", "")) for value in vars(module).values()}
            waiting += [sys.modules[home] for home in homes if home.startswith(FOLLOWED)]
    return [found[name] for name in sorted(found)]


def statements(source: str) -> str:
    """Python source without comments, docstrings and layout."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)
