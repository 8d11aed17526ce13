"""What a data set is made from, before anything is simulated: recipes, imports, splits."""

from .imported import Imported
from .plan import FOLDER_OF_SPLIT, Chunk, chunks, file_names, orbit_elements
from .published import level_error, published_error, published_recipes
from .recipe import SPLITS, Recipe
from .source import DATA_VERSION, DataError, DataSource

__all__ = [
    "DATA_VERSION",
    "FOLDER_OF_SPLIT",
    "SPLITS",
    "Chunk",
    "DataError",
    "DataSource",
    "Imported",
    "Recipe",
    "chunks",
    "file_names",
    "level_error",
    "orbit_elements",
    "published_error",
    "published_recipes",
]
