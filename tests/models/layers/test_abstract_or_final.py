"""Layers are abstract or final: an interface is never instantiated, a concrete method never overridden."""

import importlib
import inspect
import pkgutil

import pytest
from torch import nn

from symbreak.models import layers


def layer_classes():
    """Every class that models/layers defines."""
    modules = pkgutil.walk_packages(layers.__path__, layers.__name__ + ".")
    for module in (importlib.import_module(info.name) for info in modules):
        for cls in vars(module).values():
            if inspect.isclass(cls) and cls.__module__ == module.__name__:
                yield cls


LAYERS = [cls for cls in layer_classes() if issubclass(cls, nn.Module)]


def test_all_layers_are_found():
    assert {layers.SteerableConv2d, layers.RelaxedGroupConv2d, layers.TurnedLocalConv2d, layers.BuiltOnce} <= set(
        LAYERS
    )


@pytest.mark.parametrize("cls", LAYERS, ids=lambda cls: cls.__name__)
def test_no_concrete_method_is_overridden(cls):
    ours = [base for base in cls.__mro__[1:] if base.__module__.startswith("symbreak.")]
    for name, member in vars(cls).items():
        if inspect.isfunction(member) and name != "__init__":
            concrete = [base for base in ours if name in vars(base) and not is_abstract(vars(base)[name])]
            assert not concrete, f"{cls.__name__}.{name} overrides {concrete[0].__name__}.{name}"


@pytest.mark.parametrize("cls", LAYERS, ids=lambda cls: cls.__name__)
def test_no_concrete_layer_is_the_base_of_another(cls):
    for base in cls.__mro__[1:]:
        if base.__module__.startswith("symbreak."):
            assert inspect.isabstract(base), f"{cls.__name__} inherits from {base.__name__}, which is not abstract"


def is_abstract(member):
    return getattr(member, "__isabstractmethod__", False)
