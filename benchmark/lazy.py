"""Packages that import what they export when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def exports(package: str, modules: Mapping[str, str]) -> Callable[[str], Any]:
    """Makes the ``__getattr__`` of a package (PEP 562), so that importing the package imports none of its modules.

    Args:
        package: ``__name__`` of the package.
        modules: the module below the package that each exported name is from; ``module:name`` where it has another name
            there.
    """

    def find(name: str) -> Any:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module, _, original = modules[name].partition(":")
        return getattr(import_module(f".{module}", package), original or name)

    return find
