"""Every shape annotation of symbreak is checked at run time while the tests run."""

import sys

import pytest
import torch
from hypothesis import settings
from jaxtyping import install_import_hook

FINDERS = tuple(sys.meta_path)


class PathFinder:
    """Finds symbreak however it is installed; jaxtyping wraps the first finder of this name, and the standard one
    does not see editable installs."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        return next(filter(None, (finder.find_spec(name, path, target) for finder in FINDERS)), None)


sys.meta_path.insert(0, PathFinder)
install_import_hook("symbreak", "beartype.beartype")
sys.meta_path.remove(PathFinder)
torch.set_num_threads(1)
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def registry_stays_as_it_is():
    """Models that a test registers are gone after it."""
    from symbreak.models.registry import MODELS

    before = dict(MODELS)
    yield
    MODELS.clear()
    MODELS.update(before)
