"""Layers that may leave their symmetry, at a price."""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
from jaxtyping import Float
from torch import Tensor


class RelaxedLayer(ABC):
    """Describes a layer whose distance from its symmetry enters the loss."""

    @abstractmethod
    def relaxation_penalty(self) -> Float[Tensor, ""]:
        """Computes what the layer adds to the loss, with its weight already applied.

        It is a mean over weights, so that what was tuned at one width holds at another.
        """

    @abstractmethod
    def learned_relaxation(self) -> Float[Tensor, ""] | None:
        """Computes the share of the weights' norm that breaks the symmetry, 0 at the constraint; None where that
        cannot be measured."""


def mean_difference(weights: Float[Tensor, "*shape"], dims: tuple[int, ...]) -> Float[Tensor, ""]:
    """Computes the mean of ``|w(p) - w(p')|`` over neighbours along the axes ``dims``, without wrap-around; 0 where
    there are none."""
    steps = torch.cat([weights.diff(dim=dim).flatten() for dim in dims])
    return steps.abs().sum() / max(1, len(steps))


def variation(weights: Float[Tensor, "*shape"], dims: tuple[int, ...]) -> Float[Tensor, ""]:
    """Computes ``||w - mean(w)|| / ||w||``, mean over ``dims``: 0 for constant weights, 1 for weights of mean zero."""
    norm = torch.linalg.vector_norm
    return norm(weights - weights.mean(dims, keepdim=True)) / norm(weights)
