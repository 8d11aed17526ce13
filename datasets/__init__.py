"""Recipes, the files they make, and the windows that networks are trained on."""

from .dataset import DataSet, Windows
from .export import export
from .generate import generate
from .manifest import Manifest
from .measure import measure
from .published import published_recipes
from .recipe import SPLITS, DataError, Recipe
from .verify import verify

__all__ = [
    "SPLITS",
    "DataError",
    "DataSet",
    "Manifest",
    "Recipe",
    "Windows",
    "export",
    "generate",
    "measure",
    "published_recipes",
    "verify",
]
