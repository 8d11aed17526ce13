"""The statistical asymmetry of imported data, by hand."""

from math import pi, sqrt

import pytest
import torch

from symbreak.datasets.imports.asymmetry import asymmetry, moments
from symbreak.symmetry import PointElement, probes

SHAPE = (8, 7)


def uniform(*velocities, shape=SHAPE):
    """Frames ``[T, 2, X, Y]`` with the same velocity everywhere."""
    return torch.tensor(velocities).float()[:, :, None, None].expand(-1, -1, *shape)


def of(frames, elements):
    return asymmetry(*moments([frames]), elements)


def test_moments_of_frames_in_several_files():
    frames = torch.randn(9, 2, *SHAPE, generator=torch.Generator().manual_seed(0)) + 3
    mean, covariance = moments([frames[:2], frames[2:3], frames[3:]])
    torch.testing.assert_close(mean, frames.double().mean(0))
    expected = torch.cov(frames[:, :, 3, 5].double().T, correction=0)
    torch.testing.assert_close(covariance[:, :, 3, 5], expected)


@pytest.mark.parametrize(("velocity", "expected"), [((1, 0), 2.0), ((0, 1), 0.0), ((3, 4), 6 / 5)])
def test_steady_wind_in_a_mirror(velocity, expected):
    """``(vx, vy)`` becomes ``(-vx, vy)``: the distance is ``2 |vx|``, the size ``|v|``."""
    assert of(uniform(velocity), probes("mirror", SHAPE)) == pytest.approx(expected)


def test_gusts_along_x_in_a_quarter_turn():
    """``C = diag(4, 1)`` becomes ``diag(1, 4)``: ``d^2 = 5 + 5 - 2 (2 + 2)``, size ``5``."""
    frames = uniform((2, 1), (2, -1), (-2, 1), (-2, -1), shape=(7, 7))
    assert of(frames, [PointElement(1)]) == pytest.approx(sqrt(2 / 5))
    assert of(frames, [PointElement(2)]) == pytest.approx(0, abs=1e-6)


def test_gusts_along_the_diagonal_in_a_mirror():
    """``[[1, 1], [1, 1]]`` becomes ``[[1, -1], [-1, 1]]``; their product is 0, so ``d^2 = 2 + 2`` and the size is 2."""
    assert of(uniform((1, 1), (-1, -1)), probes("mirror", SHAPE)) == pytest.approx(sqrt(2))


def test_steady_wave_along_x():
    """``cos(2 pi x / X)`` against itself shifted by a quarter, a half, and three quarters of the box."""
    wave = torch.cos(2 * pi * torch.arange(SHAPE[0]) / SHAPE[0])[:, None].expand(SHAPE)
    frames = torch.stack((torch.zeros(SHAPE), wave))[None]
    assert of(frames, probes("shift-x", SHAPE)) == pytest.approx(sqrt((2 + 4 + 2) / 3))


def test_what_is_symmetric_about_the_middle_is_symmetric():
    """Every frame together with its mirror image."""
    frames = torch.randn(5, 2, *SHAPE, generator=torch.Generator().manual_seed(0))
    (mirror,) = probes("mirror", SHAPE)
    assert of(torch.cat((frames, mirror.vector(frames))), [mirror]) == pytest.approx(0, abs=1e-6)
    assert of(frames, [mirror]) > 0.1


def test_no_flow():
    with pytest.raises(ValueError, match="expected a flow, got velocity 0 everywhere"):
        of(uniform((0, 0)), probes("mirror", SHAPE))
