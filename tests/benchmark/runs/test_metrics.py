"""Every metric against a case worked out by hand, on 4 x 8 cells."""

import math

import pytest
import torch

from symbreak.benchmark.runs.metrics import (
    energy_spectrum,
    orbit_relative_l2,
    pool,
    pool_orbits,
    relative_l2,
    spectrum_error,
    square_error,
    valid_steps,
    vrmse,
)

SHAPE = (4, 8)


def uniform(vx, vy):
    """A uniform flow."""
    return torch.tensor([vx, vy])[:, None, None].expand(2, *SHAPE).clone()


def test_square_error_averages_components_and_pixels():
    """The error (3, 1) everywhere has mean square (9 + 1) / 2."""
    error = square_error(uniform(3.0, 1.0)[None, None], uniform(0.0, 0.0)[None, None])
    assert error.tolist() == [[5.0]]


def test_rmse_weighs_samples_alike_and_pools_squares():
    """Two samples, two steps; errors 1 and 3 at step 1, 0 and 0 at step 2. RMSE: sqrt((1 + 9) / 2) = sqrt 5, then 0;
    over all frames sqrt(10 / 4)."""
    target = torch.zeros(2, 2, 2, *SHAPE)
    prediction = target.clone()
    prediction[0, 0], prediction[1, 0] = 1.0, 3.0
    rmse = pool(prediction, target, target[:, 0])["rmse"]
    assert rmse == pytest.approx([math.sqrt(5), 0, math.sqrt(2.5)])


def test_nrmse_divides_by_the_rms_of_the_target():
    """Target 2 everywhere, prediction 3: 1 / 2 at each step and over all."""
    target = torch.full((3, 2, 2, *SHAPE), 2.0)
    assert pool(target + 1, target, target[:, 0])["nrmse"] == pytest.approx([0.5, 0.5, 0.5])


def test_skill_compares_with_persistence():
    """The flow grows from 0 to 1 to 2; the model says 1 and 1. Persistence errs by 1 and 2, the model by 0 and 1.
    Skill 1 - 0/1, 1 - 1/2, and over all 1 - sqrt((0 + 1) / 2) / sqrt((1 + 4) / 2)."""
    ones = torch.ones(1, 1, 2, *SHAPE)
    skill = pool(torch.cat((ones, ones), 1), torch.cat((ones, 2 * ones), 1), 0 * ones[:, 0])["skill"]
    assert skill == pytest.approx([1, 0.5, 1 - math.sqrt(1 / 5)])


def test_vrmse_of_the_spatial_mean_is_one():
    target = torch.randn(2, 3, 2, *SHAPE, generator=torch.Generator().manual_seed(0))
    mean = target.mean((-2, -1), keepdim=True).expand_as(target)
    torch.testing.assert_close(vrmse(mean, target), torch.ones(2, 3))


def test_valid_steps_ends_at_the_first_failure():
    """Good, bad, good counts 1; never bad counts all; bad at once counts 0."""
    errors = torch.tensor([[0.1, 0.9, 0.1], [0.1, 0.2, 0.3], [0.9, 0.1, 0.1]])
    assert valid_steps(errors).tolist() == [1, 3, 0]


def test_spectrum_of_one_wave():
    """``vx = cos(2 pi 2 y / 8)`` on 8 x 8 cells: two Fourier modes of amplitude 1/2 at |k| = 2, energy 1/4."""
    wave = torch.cos(2 * math.pi * 2 * torch.arange(8.0) / 8).expand(8, 8)
    spectrum = energy_spectrum(torch.stack((wave, torch.zeros(8, 8))))
    torch.testing.assert_close(spectrum, torch.tensor([0.0, 0.25, 0.0, 0.0]), atol=1e-7, rtol=0)


def test_shells_are_round_in_a_long_box():
    """One wave along the short side of 4 x 8 cells is as long as two waves along the long side: shell 2."""
    wave = torch.cos(2 * math.pi * torch.arange(4.0) / 4)[:, None].expand(4, 8)
    spectrum = energy_spectrum(torch.stack((wave, torch.zeros(4, 8))))
    torch.testing.assert_close(spectrum, torch.tensor([0.0, 0.25]), atol=1e-7, rtol=0)


def test_spectrum_error_of_a_weaker_flow():
    """Half the velocity is a quarter of the energy at every scale: error ln 4."""
    target = torch.randn(1, 1, 2, 8, 8, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(spectrum_error(target / 2, target), torch.full((1, 1), math.log(4)), rtol=1e-4, atol=0)


def test_weak_and_strong_plumes_weigh_alike_in_relative_l2():
    """A plume of speed 10 and one of speed 1, each missed by a tenth of its own speed: both metrics see 0.1. A miss of
    half of the weak one: relative L2 is (0.1 + 0.5) / 2, the pooled error sqrt(1 + 0.25) / sqrt(101)."""
    target = torch.ones(2, 1, 2, 5, 7) * torch.tensor([10.0, 1.0])[:, None, None, None, None]
    last = torch.zeros(2, 2, 5, 7)
    alike = pool(0.9 * target, target, last)
    assert alike["relative_l2"] == pytest.approx([0.1, 0.1]) and alike["nrmse"] == pytest.approx([0.1, 0.1])
    weak = pool(target * torch.tensor([0.9, 0.5])[:, None, None, None, None], target, last)
    assert weak["relative_l2"] == pytest.approx([0.3, 0.3])
    assert weak["nrmse"] == pytest.approx([(1.25 / 101) ** 0.5] * 2)


def test_relative_l2_does_not_depend_on_units():
    prediction, target = torch.rand(2, 3, 4, 2, 5, 7).unbind(0)
    assert torch.allclose(relative_l2(1e-6 * prediction, 1e-6 * target), relative_l2(prediction, target))


def test_scores_of_an_orbit_by_hand():
    """One orbit of two members under the mirror, one step: the truths, moved back, are +1 and -1 of a field of ones, so
    the best that a strict network can predict is their mean 0. It has rmse 1, the floor, and relative L2 1; one that
    predicts 3 for both has rmse sqrt((4 + 16) / 2), and the excess sqrt(10 - 1)."""
    target = torch.ones(2, 1, 2, 5, 7) * torch.tensor([1.0, -1.0])[:, None, None, None, None]
    floor = torch.ones(1)
    best = pool_orbits(torch.zeros_like(target), target, 2, floor, floor)
    names = ("rmse", "relative_l2", "floor", "floor_relative_l2")
    assert all(best[name] == pytest.approx([1.0, 1.0]) for name in names)
    assert best["excess"] == [0.0, 0.0]
    worse = pool_orbits(torch.full_like(target, 3.0), target, 2, floor, floor)
    assert worse["rmse"] == pytest.approx([10**0.5] * 2) and worse["excess"] == pytest.approx([3.0, 3.0])


def test_relative_l2_of_an_orbit_adds_squares_over_its_members():
    """Errors 9 and 16 of energies 25 and 75: sqrt(25 / 100), not the mean of the members' own."""
    error, energy = torch.tensor([[[9.0], [16.0]]]), torch.tensor([[[25.0], [75.0]]])
    assert orbit_relative_l2(error, energy).tolist() == [[0.5]]
