"""Errors of predicted velocity, per rollout step.

Each metric takes a prediction and its target ``[B, N, 2, X, Y]`` and returns one value per sample and step, ``[B, N]``;
:func:`pool` turns these into one value per step, weighing every sample alike. Sums run over components and pixels,
``mean`` is their average.

=================== ============================================ ====================================================
name                per sample and step                          pooled over samples
=================== ============================================ ====================================================
``rmse``            ``mean (p - t)^2``                           root of the mean: the paper's RMSE, in cells per frame
``nrmse``           ``mean (p - t)^2`` and ``mean t^2``          root of the ratio of the means
``vrmse``           ``sqrt(mean (p - t)^2 / var t)``             mean (The Well's VRMSE), averaged over components
``relative_l2``     ``||p - t|| / ||t||``                        mean: each sample weighs alike, whatever its energy
``skill``           as ``rmse``, for model and persistence       ``1 - RMSE(model) / RMSE(persistence)``
``spectrum_error``  rms over k of ``ln E_p(k) - ln E_t(k)``      mean
=================== ============================================ ====================================================
"""

from __future__ import annotations

import math

import torch
from jaxtyping import Bool, Float
from torch import Tensor

Fields = Float[Tensor, "B N 2 X Y"]
PerStep = Float[Tensor, "B N"]

SPECTRUM_FLOOR = 1e-12
"""Added to spectra, relative to their largest value, so that an empty shell has a logarithm."""


def square_error(prediction: Fields, target: Fields) -> PerStep:
    """Computes ``mean (p - t)^2`` over components and pixels."""
    return (prediction - target).square().mean((-3, -2, -1))


def relative_l2(prediction: Fields, target: Fields) -> PerStep:
    """Computes ``||p - t|| / ||t||`` over components and pixels; 1: as good as predicting no flow, NaN: nothing flows.

    Weak and strong plumes weigh alike in its mean, while the mean of squares weighs them by their energy.

    Source: Li et al., Fourier Neural Operator for Parametric Partial Differential Equations (ICLR 2021), whose loss and
    score it is.
    """
    return (square_error(prediction, target) / target.square().mean((-3, -2, -1))).sqrt()


def orbit_relative_l2(error: Float[Tensor, "O G N"], energy: Float[Tensor, "O G N"]) -> Float[Tensor, "O N"]:
    """Computes :func:`relative_l2` of whole orbits: ``sqrt(sum_g ||p - t||^2 / sum_g ||t||^2)``.

    Over the members of an orbit squares are added before the root is taken, because the floor of a strict network
    bounds their sum and not each of them.

    Args:
        error: ``||p - t||^2`` of each member ``g`` of each orbit, up to a factor.
        energy: ``||t||^2`` up to the same factor.
    """
    return (error.sum(1) / energy.sum(1)).sqrt()


def pool_orbits(
    prediction: Fields, target: Fields, members: int, floor: Float[Tensor, " N"], floor_relative_l2: Float[Tensor, " N"]
) -> dict[str, list[float]]:
    """Computes every metric of the split ``orbit`` per rollout step, followed by its value over all steps::

        rmse                sqrt(mean (p - t)^2)              over orbits, members, components, pixels
        relative_l2         :func:`orbit_relative_l2`, mean over orbits
        excess              sqrt(max(rmse^2 - floor^2, 0))    what a better strict network could still gain
        floor               the least ``rmse`` that a strict network can have
        floor_relative_l2   the least ``relative_l2`` that a strict network can have

    Over all steps squares are averaged for ``rmse``, ``excess`` and ``floor``, values for the others: both bounds
    hold there too.

    Args:
        prediction, target: the members of one orbit after another, ``[O G, N, 2, X, Y]``.
        members: ``G``, how many an orbit has.
        floor: of the data, in the unit of the velocity.
        floor_relative_l2: of the data.
    """
    error, energy = (
        squares.double().unflatten(0, (-1, members))
        for squares in (square_error(prediction, target), target.square().mean((-3, -2, -1)))
    )
    squares, bound = error.mean((0, 1)), floor.double().square()
    relative = orbit_relative_l2(error, energy).mean(0)
    return {
        "rmse": _roots(squares),
        "relative_l2": [*relative.tolist(), relative.mean().item()],
        "excess": _roots((squares - bound).clamp(min=0)),
        "floor": _roots(bound),
        "floor_relative_l2": [*floor_relative_l2.tolist(), floor_relative_l2.mean().item()],
    }


def vrmse(prediction: Fields, target: Fields) -> PerStep:
    """Computes ``sqrt(mean (p - t)^2 / (var t))`` per component, then their mean; 1 for the target's spatial mean.

    Source: Ohana et al., The Well (NeurIPS 2024), equation for VRMSE.
    """
    error = (prediction - target).square().mean((-2, -1))
    variance = target.var((-2, -1), unbiased=False)
    return (error / (variance + 1e-7)).sqrt().mean(-1)


def energy_spectrum(field: Float[Tensor, "*B 2 X Y"]) -> Float[Tensor, "*B K"]:
    """Computes ``E(k)``, the energy of the Fourier modes with ``round(|k|) = k``, k = 1 ... half of the shorter side.

    Wave numbers count waves per longer side, so that shells are round also in a box with unequal sides.
    """
    x, y = field.shape[-2:]
    longer = max(x, y)
    kx = torch.fft.fftfreq(x, 1 / x, device=field.device) * (longer / x)
    ky = torch.fft.fftfreq(y, 1 / y, device=field.device) * (longer / y)
    shell = torch.hypot(kx[:, None], ky[None, :]).round().long().flatten()
    energy = 0.5 * torch.fft.fft2(field, norm="forward").abs().square().sum(-3).flatten(-2)
    spectrum = energy.new_zeros(*energy.shape[:-1], int(shell.max()) + 1).index_add_(-1, shell, energy)
    return spectrum[..., 1 : min(x, y) // 2 + 1]


def spectrum_error(prediction: Fields, target: Fields) -> PerStep:
    """Computes the rms over wave numbers of ``ln E_p(k) - ln E_t(k)``: 0 if every scale holds the right energy."""

    def logarithm(field: Fields) -> Tensor:
        spectrum = energy_spectrum(field)
        return (spectrum + SPECTRUM_FLOOR * spectrum.amax(-1, keepdim=True) + 1e-30).log()

    return (logarithm(prediction) - logarithm(target)).square().mean(-1).sqrt()


def valid_steps(vrmse_per_step: PerStep, threshold: float = 0.5) -> Float[Tensor, " B"]:
    """Counts the valid steps of a rollout: those before VRMSE first exceeds ``threshold``, ``N`` if it never does."""
    valid: Bool[Tensor, "B N"] = vrmse_per_step <= threshold
    return valid.double().cumprod(1).sum(1)


def pool(prediction: Fields, target: Fields, last: Float[Tensor, "B 2 X Y"]) -> dict[str, list[float]]:
    """Computes every metric per rollout step, pooled over samples, followed by its value over all steps.

    Over all steps, squares are averaged for ``rmse``, ``nrmse`` and ``skill`` (the error over all predicted frames),
    values for the others. ``valid_steps`` has a value over all steps only.

    Args:
        prediction: predicted frames only.
        target: the true frames.
        last: the last frame that the model has seen, which persistence predicts for every step.
    """
    error, energy = square_error(prediction, target), target.square().mean((-3, -2, -1))
    still = square_error(last[:, None].expand_as(target), target)
    rmse, rms, persistence = (_root_mean(squares) for squares in (error, energy, still))
    variance_error = vrmse(prediction, target)
    pooled = {
        "rmse": rmse,
        "nrmse": [a / b if b else math.nan for a, b in zip(rmse, rms, strict=True)],
        "relative_l2": _mean(relative_l2(prediction, target)),
        "skill": [1 - a / b if b else math.nan for a, b in zip(rmse, persistence, strict=True)],
        "vrmse": _mean(variance_error),
        "spectrum_error": _mean(spectrum_error(prediction, target)),
    }
    return pooled | {"valid_steps": [valid_steps(variance_error).mean().item()]}


def _root_mean(squares: PerStep) -> list[float]:
    return _roots(squares.double().mean(0))


def _roots(squares: Float[Tensor, " N"]) -> list[float]:
    return [*squares.sqrt().tolist(), squares.mean().sqrt().item()]


def _mean(values: PerStep) -> list[float]:
    values = values.double().mean(0)
    return [*values.tolist(), values.mean().item()]
