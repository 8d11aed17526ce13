"""Layers that may leave their symmetry, at a price."""

from __future__ import annotations

from abc import ABC, abstractmethod

import torch
from jaxtyping import Float
from torch import Tensor


class RelaxedLayer(ABC):
    """A layer whose distance from its symmetry enters the loss."""

    @abstractmethod
    def relaxation_penalty(self) -> Float[Tensor, ""]:
        """What the layer adds to the loss, once and as it is."""

    def learned_relaxation(self) -> Float[Tensor, ""] | None:
        """The share of the weights' norm that breaks the symmetry, 0 at the constraint; None where the weights do not
        tell."""
        return None


def variation(weights: Float[Tensor, "*shape"], dims: tuple[int, ...]) -> Float[Tensor, ""]:
    """``||w - mean(w)|| / ||w||``, the mean over ``dims``: 0 for constant weights, 1 for weights of mean zero."""
    norm = torch.linalg.vector_norm
    return norm(weights - weights.mean(dims, keepdim=True)) / norm(weights)
