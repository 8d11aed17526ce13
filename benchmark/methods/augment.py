"""Augmentation: training data that are moved at random."""

from __future__ import annotations

import torch

from .method import Plain


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
