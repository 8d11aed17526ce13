"""The recipes of the original study."""

import torch

from symbreak.datasets import DataSet, Recipe, generate, published_recipes
from symbreak.datasets.plan import chunks
from symbreak.simulators import stack_draws


def all_draws(recipe):
    return stack_draws([chunk.draws(recipe) for chunk in chunks(recipe)])


def test_sizes():
    recipes = published_recipes()
    assert sum(recipe.train + recipe.test for name, recipe in recipes.items() if "level" not in name) == 109
    assert all(recipe.frames == 310 and recipe.resolution == 64 for recipe in recipes.values())
    assert [recipes[f"level-{level}"].strength for level in (0, 9)] == [0, 1]


def test_inflows_of_the_translation_set():
    draws = all_draws(published_recipes()["translation"])
    assert sorted(draws.center[:, 0].unique().tolist()) == [8, 16, 24, 32, 40, 48, 56]
    assert sorted(draws.center[:, 1].unique().tolist()) == [5, 10, 15, 20, 25]
    assert len(draws.center.unique(dim=0)) == 35


def test_forces_of_the_translation_set():
    recipe = published_recipes()["translation"]
    scenario = recipe.scenario_object()
    force = scenario.law(scenario.box(64), chunks(recipe)[0].draws(recipe), 1.0).force
    torch.testing.assert_close(force[0, 1, [10, 50], 3], torch.tensor([0.1, 0.2], dtype=torch.float64))


def test_forces_of_the_rotation_set():
    """0.01, 0.02 ... 0.36, each once."""
    recipe = published_recipes()["rotation"]
    scenario = recipe.scenario_object()
    force = scenario.law(scenario.box(64), all_draws(recipe), 1.0).force[:, :, 0, 0]
    expected = 0.01 * torch.arange(1, 37, dtype=torch.float64)
    torch.testing.assert_close(force.abs().sum(1).sort().values, expected)


def test_scales_of_the_scaling_set():
    scales = all_draws(published_recipes()["scaling"]).scale.sort().values
    torch.testing.assert_close(scales, torch.linspace(1, 4.7, 38, dtype=torch.float64))


def test_validation_frames_of_training_simulations_and_the_published_layout(tmp_path):
    """Stored as published, components sit on the lower faces, and a quarter turn is off although the physics is not."""
    sizes = {"scenario": "rotation-buoyancy", "resolution": 16, "train": 2, "test": 4, "valid": 0, "first_frame": 5}
    frames = {"train_frames": 4, "valid_frames": 3, "future_frames": 2}
    centred, published = (
        DataSet(generate(Recipe(**sizes, **frames, as_published=layout), tmp_path)) for layout in (False, True)
    )
    assert [len(published.velocity(split)[0]) for split in ("train", "valid", "future", "domain")] == [4, 3, 2, 9]
    lower = published.velocity("valid")
    means = torch.stack(((lower[:, :, 0, 1:, :-1] + lower[:, :, 0, :-1, :-1]) / 2,
                         (lower[:, :, 1, :-1, 1:] + lower[:, :, 1, :-1, :-1]) / 2), 2)  # fmt: skip
    torch.testing.assert_close(means, centred.velocity("valid")[..., :-1, :-1])
    assert centred.equivariance_error[5] < 1e-5 < 0.05 < published.equivariance_error[5]
