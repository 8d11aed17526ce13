"""Recipes, the files they make, and the windows that networks are trained on."""

from .dataset import DataSet, Windows
from .generate import generate
from .manifest import Manifest
from .measure import measure
from .recipe import SPLITS, DataError, Recipe
from .verify import verify

__all__ = ["SPLITS", "DataError", "DataSet", "Manifest", "Recipe", "Windows", "generate", "measure", "verify"]
