"""The models that symbreak knows, by name."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from importlib.util import find_spec

from ..symmetry import Shape
from .containment import reason
from .forecaster import Forecaster

SYMMETRIES = ("translation", "rotation", "reflection", "scaling")
FAMILIES = {
    "baseline": "nothing to learn: what any network has to beat",
    "unconstrained": "knows no symmetry of the study",
    "strict": "equivariant whatever its weights: exactly, or for scaling as far as the grid resolves it",
    "relaxed": "equivariant at a constraint that training may leave",
    "informed": "told the environment, what the law adds to the symmetric one: what that knowledge is worth",
}
ENTRY_POINT_GROUP = "symbreak.models"


@dataclass(frozen=True, kw_only=True)
class ModelEntry:
    """Describes a registered model: one line of ``symbreak list models``."""

    name: str
    symmetry: str | None
    family: str
    cls: type[Forecaster]
    keeps: str
    breaks: str
    source: str
    requires: str = ""
    install: str = ""
    sides: int = 1

    def fits(self, shape: Shape, has_environment: bool = False) -> bool:
        """Returns whether the model can be built for a grid, whose sides must be multiples of ``sides``, and for data
        that store an environment or not."""
        return not any(cells % self.sides for cells in shape) and (has_environment or not self.cls.informed)

    @property
    def usable(self) -> bool:
        """Whether the module that the model needs, if any, is installed."""
        return not self.requires or find_spec(self.requires) is not None

    @property
    def note(self) -> str:
        """Instruction to follow before the model can be used; usually empty."""
        return "" if self.usable else f"needs pip install '{self.install}'"

    @property
    def symmetries(self) -> tuple[str, ...]:
        """The symmetries the model is made for; two for a joint relaxation, none for a model that knows none."""
        return tuple(self.symmetry.split("-")) if self.symmetry else ()

    @property
    def has_width(self) -> bool:
        """Whether the constructor takes the size knob ``width``."""
        return "width" in inspect.signature(self.cls).parameters


MODELS: dict[str, ModelEntry] = {}


def register(
    name: str,
    *,
    symmetry: str | None = None,
    family: str,
    keeps: str = "",
    breaks: str = "",
    source: str = "",
    requires: str = "",
    install: str = "",
    sides: int = 1,
) -> Callable[[type], type]:
    """Decorates a :class:`Forecaster` class to register it under ``name``.

    Args:
        name: small letters, digits, ``-`` and ``_``; models of this repository are called ``<family>-<symmetry>``.
        symmetry: one of ``SYMMETRIES``, two of them joined by ``-``, or None for a model that knows none.
        family: a key of ``FAMILIES``.
        keeps, breaks: the symmetries that the model keeps and those it can break, for ``symbreak list models``.
        source: the paper.
        requires, install: a module that symbreak does not install, and what to ``pip install`` for it.
        sides: number that the sides of the grid must be multiples of.

    Raises:
        ValueError: naming the argument that is wrong, or the constructor if it is not ``(task, *, width=...)``.
    """
    _check_labels(name, symmetry, family)

    def add(cls: type) -> type:
        _check_class(name, cls)
        _check_free(name, cls)
        MODELS[name] = ModelEntry(
            name=name,
            symmetry=symmetry,
            family=family,
            cls=cls,
            keeps=keeps,
            breaks=breaks,
            source=source,
            requires=requires,
            install=install,
            sides=sides,
        )
        return cls

    return add


def list_models(symmetry: str | None = None) -> list[ModelEntry]:
    """Lists all models, or those for ``symmetry`` and those that know none: the ones that a scenario is run with.

    Sorted by symmetry, family and name, those without a symmetry first.
    """
    load_installed_models()
    if symmetry is not None and symmetry not in SYMMETRIES:
        raise ValueError(f"symmetry: expected one of {', '.join(SYMMETRIES)}, got {symmetry!r}")
    chosen = [e for e in MODELS.values() if symmetry is None or not e.symmetries or symmetry in e.symmetries]
    return sorted(chosen, key=lambda e: (e.symmetry or "", list(FAMILIES).index(e.family), e.name))


def get_model(name: str) -> ModelEntry:
    """Looks up the model called ``name``; raises ``ValueError`` with the names there are."""
    load_installed_models()
    if name not in MODELS:
        raise ValueError(f"expected one of the models {', '.join(MODELS)}, got {name!r}")
    return MODELS[name]


@cache
def load_installed_models() -> None:
    """Imports what installed packages offer under the entry-point group ``symbreak.models``.

    Raises:
        ValueError: one cannot be imported; with its package, the entry point and the reason.
    """
    for entry_point in entry_points(group=ENTRY_POINT_GROUP):
        try:
            entry_point.load()
        except (Exception, SystemExit) as error:
            package = entry_point.dist.name if entry_point.dist else "unknown"
            named = f"{entry_point.name} = {entry_point.value} of the installed package {package}"
            raise ValueError(f"expected {named} to import, got {reason(error)}") from error


def _check_labels(name: str, symmetry: str | None, family: str) -> None:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name):
        raise ValueError(f"name: expected small letters, digits, '-' and '_', got {name!r}")
    parts = symmetry.split("-") if symmetry is not None else []
    if not set(parts) <= set(SYMMETRIES):
        raise ValueError(f"symmetry: expected None or one of {', '.join(SYMMETRIES)}, got {symmetry!r}")
    if family not in FAMILIES:
        raise ValueError(f"family: expected one of {', '.join(FAMILIES)}, got {family!r}")


def _check_class(name: str, cls: type) -> None:
    if not (inspect.isclass(cls) and issubclass(cls, Forecaster)):
        raise ValueError(f"{name}: expected a subclass of symbreak.models.Forecaster, got {cls!r}")
    if inspect.isabstract(cls):
        missing = ", ".join(sorted(cls.__abstractmethods__))
        raise ValueError(f"{name}: expected {cls.__name__} to define {missing}, got no such method")
    parameters = list(inspect.signature(cls).parameters.values())
    variadic = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    further = [p.name for p in parameters[1:] if p.default is p.empty and p.kind not in variadic]
    if not parameters or parameters[0].name != "task" or further:
        got = f"{cls.__name__}{inspect.signature(cls)}"
        raise ValueError(f"{name}: expected a constructor (task) or (task, *, width=...), got {got}")


def _check_free(name: str, cls: type) -> None:
    """Checks that a name is free, or held by the same module, so that an edited file can be loaded again."""
    if name in MODELS and MODELS[name].cls.__module__ != cls.__module__:
        raise ValueError(f"name: expected one that is free, got {name!r}, which is {MODELS[name].cls.__module__}'s")
