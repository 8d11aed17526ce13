"""Persistence: the prediction that nothing changes."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from ..forecaster import Forecaster
from ..registry import register


@register("persistence", family="baseline", keeps="every symmetry", breaks="none", source="-")
class Persistence(Forecaster):
    """Predicts ``next = last``: nothing moves. No parameters; its skill is 0 by definition."""

    def forward(self, history: Float[Tensor, "B T 2 X Y"]) -> Float[Tensor, "B 2 X Y"]:
        self.check_history(history)
        last = history[:, -1]
        return torch.zeros_like(last) if self.task.predicts == "increment" else last
