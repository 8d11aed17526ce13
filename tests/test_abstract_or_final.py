"""Layers and methods are abstract or final: what is concrete is neither overridden nor inherited from. Networks have a
concrete base, whose methods are final."""

import importlib
import inspect
import pkgutil

import pytest

from symbreak import models
from symbreak.benchmark import methods
from symbreak.models import Forecaster, layers


def classes(package):
    """Every class that a package defines, except data and errors, which are values."""
    modules = pkgutil.walk_packages(package.__path__, package.__name__ + ".")
    for module in (importlib.import_module(info.name) for info in modules):
        for cls in vars(module).values():
            if inspect.isclass(cls) and cls.__module__ == module.__name__ and not issubclass(cls, BaseException):
                yield cls


CLASSES = [*classes(models), *classes(methods)]
PARTS = [*classes(layers), *classes(methods)]


def test_all_are_found():
    known = {layers.SteerableConv2d, layers.RelaxedGroupConv2d, layers.TurnedLocalConv2d, layers.BuiltOnce}
    assert known | {Forecaster, methods.Remul, methods.Augmentation} <= set(CLASSES)


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_no_concrete_method_is_overridden(cls):
    ours = [base for base in cls.__mro__[1:] if base.__module__.startswith("symbreak.")]
    for name, member in vars(cls).items():
        if inspect.isfunction(member) and name != "__init__":
            concrete = [base for base in ours if name in vars(base) and not is_abstract(vars(base)[name])]
            assert not concrete, f"{cls.__name__}.{name} overrides {concrete[0].__name__}.{name}"


@pytest.mark.parametrize("cls", PARTS, ids=lambda cls: cls.__name__)
def test_no_concrete_class_is_the_base_of_another(cls):
    for base in cls.__mro__[1:]:
        if base.__module__.startswith("symbreak."):
            assert inspect.isabstract(base), f"{cls.__name__} inherits from {base.__name__}, which is not abstract"


def is_abstract(member):
    return getattr(member, "__isabstractmethod__", False)
