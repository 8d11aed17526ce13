"""A benchmark of strict, relaxed and unconstrained networks on physics whose symmetry is broken by a known amount."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import benchmark, datasets, models, simulators, symmetry

    __version__: str

__all__ = ["__version__", "benchmark", "datasets", "models", "simulators", "symmetry"]


def __getattr__(name: str) -> Any:
    """Imports a room at its first use, ``import symbreak; symbreak.models``, and looks the version up when it is asked
    for."""
    if name == "__version__":
        return importlib.import_module("importlib.metadata").version("symbreak")
    if name in __all__:
        return importlib.import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
