"""Ways of training that teach any network a symmetry, written ``<model>+<method>``, such as ``convnet+augment``."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from ..symmetry import Element
from .gradnorm import GradNorm
from .rollout import Rollout

Windows = Float[Tensor, "B N 2 X Y"]
Loss = Float[Tensor, ""]


class Method(ABC):
    """What is done to the windows of a batch before the loss, and to the loss before it is minimised.

    Random choices come from torch's generator, which the trainer seeds and stores.
    """

    @abstractmethod
    def windows(self, windows: Windows, elements: Sequence[Element]) -> Windows:
        """The windows to train on."""

    @abstractmethod
    def loss(self, objective: Loss, rollout: Rollout, history: Windows, elements: Sequence[Element]) -> Loss:
        """What is minimised, given the data term plus the model's own penalty."""

    def state_dict(self) -> dict[str, Any]:
        """Tensors and numbers that a training needs to go on where it stopped; most methods need none."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:  # noqa: B027
        """Takes back what :meth:`state_dict` gave."""


class Plain(Method):
    """Trains on the data as they are."""

    def windows(self, windows, elements):
        return windows

    def loss(self, objective, rollout, history, elements):
        return objective


class Augmentation(Plain):
    """One group element per sample, drawn evenly, the identity included, acts on history and target alike."""

    def windows(self, windows, elements):
        chosen = torch.randint(len(elements) + 1, (len(windows),))
        return torch.stack(
            [
                window if index == len(elements) else elements[index].vector(window)
                for window, index in zip(windows, chosen.tolist(), strict=True)
            ]
        )


def equivariance_loss(rollout: Rollout, history: Windows, elements: Sequence[Element]) -> Loss:
    """``||f(h x) - h f(x)||^2``, averaged over the batch and the grid, with one ``h`` per batch, drawn evenly."""
    element = elements[int(torch.randint(len(elements), ()))]
    difference = rollout.model(element.vector(history)) - element.vector(rollout.model(history))
    return difference.square().mean()


class Remul(Plain):
    """Equivariance as a second task of constant weight: ``L = L_data + beta L_equivariance``.

    Elhag et al., *Relaxed Equivariance via Multitask Learning* (2024).

    Args:
        beta: weight of the second task, relative to the first.
    """

    def __init__(self, beta: float = 1.0):
        if not beta >= 0:
            raise ValueError(f"expected beta >= 0, got {beta}")
        self.beta = beta

    def loss(self, objective, rollout, history, elements):
        return objective + self.beta * equivariance_loss(rollout, history, elements)


class RemulGradNorm(Plain):
    """Equivariance as a second task whose weight is learned: ``L = w_1 L_data + w_2 L_equivariance``.

    Elhag et al. (2024) with the weights of :class:`.gradnorm.GradNorm`. The tasks share the whole network.
    """

    def __init__(self):
        self.balance = GradNorm(tasks=2)

    def loss(self, objective, rollout, history, elements):
        losses = (objective, equivariance_loss(rollout, history, elements))
        return self.balance.weighted(losses, [each for each in rollout.parameters() if each.requires_grad])

    def state_dict(self):
        return self.balance.state_dict()

    def load_state_dict(self, state):
        self.balance.load_state_dict(state)


METHODS: dict[str, type[Method]] = {"augment": Augmentation, "remul": Remul, "remul-gradnorm": RemulGradNorm}


def split_name(name: str) -> tuple[str, Method]:
    """``convnet+augment`` is the model ``convnet`` trained by ``augment``; each call gives a method of its own.

    Raises:
        ValueError: unknown method.
    """
    model, plus, method = name.partition("+")
    if plus and method not in METHODS:
        raise ValueError(f"expected a method out of {', '.join(METHODS)} after the +, got {method!r}")
    return model, METHODS[method]() if plus else Plain()
