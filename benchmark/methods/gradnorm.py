"""Learns the weights of several losses while the losses are minimised."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

SMALLEST_WEIGHT = 0.01


class GradNorm:
    """Learns ``w_i`` in ``L = sum_i w_i L_i``, such that tasks which lag behind get larger gradients::

        G_i = ||d(w_i L_i)/dW||                    and their mean over the tasks, G
        r_i = L_i(t)/L_i(0) / mean_j L_j(t)/L_j(0)
        w  <- w minus Adam's step along the gradient of sum_i |G_i - G r_i^a|, where G r_i^a is held constant
        w  <- w T / sum_i w_i                      for T tasks

    ``dG_i/dw_i = ||dL_i/dW||``, so the gradient in the third line is ``+-||dL_i/dW||``. Chen et al., *GradNorm* (2018),
    equations 1 and 2 and algorithm 1. Here ``W`` is the whole network, which the losses share, not its last layer. A
    weight stays above 0.01, because a task of weight 0 would not come back.

    Args:
        tasks: how many, ``T``.
        asymmetry: ``a``; 0 makes the gradients equally large, however fast the tasks are learned. 0.12 is that of the
            paper's first example.
        learning_rate: Adam's step size on the weights.
    """

    def __init__(self, tasks: int, asymmetry: float = 0.12, learning_rate: float = 0.025):
        self.asymmetry = asymmetry
        self.weights = torch.ones(tasks)
        self.optimizer = torch.optim.Adam([self.weights], learning_rate)
        self.first_losses: Tensor | None = None

    def weighted(self, losses: Sequence[Tensor], parameters: Sequence[Tensor]) -> Float[Tensor, ""]:
        """Computes ``sum_i w_i L_i`` with the weights as they are; they move on for the next call.

        Its gradient is put together from those that the norms need, which saves a pass through the network.

        Args:
            losses: ``L_i``, numbers that are not negative.
            parameters: ``W``, all that is trained; the losses share them.
        """
        options = {"retain_graph": True, "allow_unused": True, "materialize_grads": True}
        gradients = [torch.autograd.grad(loss, parameters, **options) for loss in losses]
        weights = self.weights.tolist()
        total = sum(weight * loss.detach() for weight, loss in zip(weights, losses, strict=True))
        for parameter, *parts in zip(parameters, *gradients, strict=True):
            slope = sum(weight * _real(part) for weight, part in zip(weights, parts, strict=True))
            linear = (_real(parameter) * slope).sum()
            total = total + (linear - linear.detach())
        self._update(torch.stack(losses).detach().cpu(), torch.stack([_norm(parts) for parts in gradients]).cpu())
        return total

    def _update(self, losses: Tensor, norms: Tensor) -> None:
        if self.first_losses is None:
            self.first_losses = losses.clamp_min(torch.finfo(losses.dtype).tiny)
        remaining = losses / self.first_losses
        rates = remaining / remaining.mean()
        weighted = self.weights * norms
        self.weights.grad = (weighted - weighted.mean() * rates**self.asymmetry).sign() * norms
        self.optimizer.step()
        self.weights.clamp_(min=SMALLEST_WEIGHT)
        self.weights *= len(self.weights) / self.weights.sum()

    def state_dict(self) -> dict[str, Any]:
        parts = {"weights": self.weights, "optimizer": self.optimizer.state_dict()}
        return parts if self.first_losses is None else parts | {"first_losses": self.first_losses}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.weights.copy_(state["weights"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.first_losses = state.get("first_losses")


def _real(values: Tensor) -> Tensor:
    """Views complex numbers as pairs of real ones, and real ones as they are."""
    return torch.view_as_real(values) if values.is_complex() else values


def _norm(parts: Sequence[Tensor]) -> Float[Tensor, ""]:
    """Computes the norm of all parts together."""
    return torch.stack([part.norm() for part in parts]).norm()
