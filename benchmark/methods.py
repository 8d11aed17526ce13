"""Ways of training that teach any network a symmetry, written ``<model>+<method>``, such as ``convnet+augment``."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from ..symmetry import Element
from .rollout import Rollout

Windows = Float[Tensor, "B N 2 X Y"]


class Method(ABC):
    """What is done to the windows of a batch before the loss, and what is added to the loss.

    Random choices come from torch's generator, which the trainer seeds and stores.
    """

    @abstractmethod
    def windows(self, windows: Windows, elements: Sequence[Element]) -> Windows:
        """The windows to train on."""

    @abstractmethod
    def penalty(self, rollout: Rollout, history: Windows, elements: Sequence[Element]) -> Float[Tensor, ""]:
        """Added to the loss as it is."""


class Plain(Method):
    """Trains on the data as they are."""

    def windows(self, windows, elements):
        return windows

    def penalty(self, rollout, history, elements):
        return history.new_zeros(())


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


class Remul(Plain):
    """Equivariance as a second task, ``beta E_h ||f(h x) - h f(x)||^2`` with one ``h`` per batch.

    Elhag et al., *Relaxed Equivariance via Multitask Learning* (2024), with constant weights.

    Args:
        beta: weight of the penalty, relative to the data term.
    """

    def __init__(self, beta: float = 1.0):
        if not beta >= 0:
            raise ValueError(f"expected beta >= 0, got {beta}")
        self.beta = beta

    def penalty(self, rollout, history, elements):
        element = elements[int(torch.randint(len(elements), ()))]
        difference = rollout.model(element.vector(history)) - element.vector(rollout.model(history))
        return self.beta * difference.square().mean()


METHODS: dict[str, Method] = {"augment": Augmentation(), "remul": Remul()}


def split_name(name: str) -> tuple[str, Method]:
    """``convnet+augment`` is the model ``convnet`` trained by ``augment``.

    Raises:
        ValueError: unknown method.
    """
    model, plus, method = name.partition("+")
    if plus and method not in METHODS:
        raise ValueError(f"expected a method out of {', '.join(METHODS)} after the +, got {method!r}")
    return model, METHODS[method] if plus else Plain()
