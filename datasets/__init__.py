"""Recipes, the files they make, and the windows that networks are trained on."""

from .evidence import evidence
from .generate import generate
from .imports import find_imported, import_tensors, measure_asymmetry
from .measure import measure
from .recipes import SPLITS, DataError, DataSource, Imported, Recipe, published_recipes
from .store import DataSet, Floor, Manifest, Windows, export, floor_of, verify

__all__ = [
    "SPLITS",
    "DataError",
    "DataSet",
    "DataSource",
    "Floor",
    "Imported",
    "Manifest",
    "Recipe",
    "Windows",
    "evidence",
    "export",
    "find_imported",
    "floor_of",
    "generate",
    "import_tensors",
    "measure",
    "measure_asymmetry",
    "published_recipes",
    "verify",
]
