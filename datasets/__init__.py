"""Recipes, the files they make, and the windows that networks are trained on."""

from .asymmetry import measure_asymmetry
from .dataset import DataSet, Windows
from .evidence import evidence
from .export import export
from .generate import generate
from .imported import Imported
from .importing import find_imported, import_tensors
from .manifest import Manifest
from .measure import measure
from .published import published_recipes
from .recipe import SPLITS, DataError, Recipe
from .verify import verify

__all__ = [
    "SPLITS",
    "DataError",
    "DataSet",
    "Imported",
    "Manifest",
    "Recipe",
    "Windows",
    "evidence",
    "export",
    "find_imported",
    "generate",
    "import_tensors",
    "measure",
    "measure_asymmetry",
    "published_recipes",
    "verify",
]
