"""Teaches equivariance as a second task."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from ...models import Forecaster
from ...symmetry import Element
from .gradnorm import GradNorm
from .method import Batch, Loss, Method


def equivariance_loss(model: Forecaster, history: Batch, elements: Sequence[Element]) -> Loss:
    """Computes ``||f(h x) - h f(x)||^2``, averaged over batch and grid, with one ``h`` per batch, drawn evenly."""
    element = elements[int(torch.randint(len(elements), ()))]
    difference = model(element.vector(history)) - element.vector(model(history))
    return difference.square().mean()


class Remul(Method):
    """Adds equivariance as a second task of constant weight: ``L = L_data + beta L_equivariance``.

    Elhag et al., *Relaxed Equivariance via Multitask Learning* (2024).

    Args:
        beta: weight of the second task, relative to the first.
    """

    def __init__(self, beta: float = 1.0):
        if not beta >= 0:
            raise ValueError(f"expected beta >= 0, got {beta}")
        self.beta = beta

    def windows(self, windows, elements):
        return windows

    def loss(self, objective, model, history, elements):
        return objective + self.beta * equivariance_loss(model, history, elements)


class RemulGradNorm(Method):
    """Adds equivariance as a second task whose weight is learned: ``L = w_1 L_data + w_2 L_equivariance``.

    Elhag et al. (2024) with the weights of :class:`.gradnorm.GradNorm`. The tasks share the whole network.
    """

    def __init__(self):
        self.learned = GradNorm(tasks=2)

    def windows(self, windows, elements):
        return windows

    def loss(self, objective, model, history, elements):
        losses = (objective, equivariance_loss(model, history, elements))
        return self.learned.weighted(losses, [each for each in model.parameters() if each.requires_grad])
