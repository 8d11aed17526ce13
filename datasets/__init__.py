"""Recipes, the files they make, and the windows that networks are trained on."""

from .evidence import evidence
from .generate import generate
from .imports.asymmetry import measure_asymmetry
from .imports.importing import find_imported, import_tensors
from .measure import measure
from .recipes.imported import Imported
from .recipes.published import published_recipes
from .recipes.recipe import SPLITS, Recipe
from .recipes.source import DataError, DataSource
from .store.dataset import DataSet, Windows
from .store.export import export
from .store.floor import Floor, floor_of
from .store.manifest import Manifest
from .store.verify import verify

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
