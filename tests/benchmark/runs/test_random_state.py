"""Random numbers of a run: its own, repeatable, and kept by a checkpoint."""

import random
from io import BytesIO

import numpy as np
import torch

from symbreak.benchmark.runs.random_state import (
    own_random_state,
    random_state,
    restore_random_state,
    seed_random_state,
)


def draws():
    return torch.rand(3).tolist(), np.random.rand(3).tolist(), np.random.normal(), random.random(), random.gauss(0, 1)


def test_every_generator_is_seeded():
    seed_random_state(5)
    first = draws()
    seed_random_state(5)
    assert draws() == first
    seed_random_state(6)
    assert all(one != other for one, other in zip(draws(), first, strict=True))


def test_what_is_drawn_inside_changes_nothing_outside():
    seed_random_state(0)
    expected = draws()
    seed_random_state(0)
    with own_random_state():
        seed_random_state(9)
        draws()
    assert draws() == expected


def test_a_checkpoint_holds_all_of_it():
    """Written and read without code; half of a pair of normal numbers waits in NumPy's and in Python's generator."""
    seed_random_state(3)
    draws()
    file = BytesIO()
    torch.save(random_state(), file)
    expected = draws()
    seed_random_state(4)
    file.seek(0)
    restore_random_state(torch.load(file, weights_only=True))
    assert draws() == expected
