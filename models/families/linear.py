"""Linear extrapolation from the last two frames."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from ..forecaster import Forecaster
from ..registry import register


@register("linear", family="baseline", keeps="every symmetry", breaks="none", source="-")
class LinearExtrapolation(Forecaster):
    """Predicts ``next = last + (last - the one before)``; with a single frame, ``next = last``. No parameters.

    An increment is measured in units of ``task.increment_scale``.
    """

    def forward(self, history: Float[Tensor, "B T 2 X Y"]) -> Float[Tensor, "B 2 X Y"]:
        self.check_history(history)
        last = history[:, -1]
        change = last - history[:, -2] if self.task.history > 1 else torch.zeros_like(last)
        return change / self.task.increment_scale if self.task.predicts == "increment" else last + change
