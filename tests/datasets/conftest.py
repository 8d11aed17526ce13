"""One small data set for all tests that only read."""

import pytest

from symbreak.datasets import Recipe, generate

SMALL = {
    "scenario": "rotation-buoyancy",
    "resolution": 16,
    "train": 9,
    "valid": 2,
    "test": 4,
    "train_frames": 5,
    "future_frames": 4,
    "first_frame": 3,
}


@pytest.fixture
def small():
    return Recipe(**SMALL, strength=0.5)


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return generate(Recipe(**SMALL, strength=0.5), tmp_path_factory.mktemp("data"))
