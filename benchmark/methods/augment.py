"""Augments the training data: moves them at random."""

from __future__ import annotations

import torch

from .method import Plain


class Augmentation(Plain):
    """Moves history and target of each sample by one group element, drawn evenly, the identity included."""

    def windows(self, windows, elements):
        chosen = torch.randint(len(elements) + 1, (len(windows),))
        return torch.stack(
            [
                window if index == len(elements) else elements[index].vector(window)
                for window, index in zip(windows, chosen.tolist(), strict=True)
            ]
        )
