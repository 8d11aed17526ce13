"""Import of flows that were measured or simulated elsewhere."""

from .asymmetry import measure_asymmetry
from .importing import find_imported, import_tensors

__all__ = ["find_imported", "import_tensors", "measure_asymmetry"]
