"""Autoregressive prediction: the network's output becomes the next frame, and the next frame becomes input."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from ...models import Forecaster, Task


class Rollout(torch.nn.Module):
    """Rolls a :class:`Forecaster` out in time, in units of the data's rms velocity::

        u_(t+1) = u_t + s f(u_(t-T+1) ... u_t)    if the task predicts increments
        u_(t+1) = f(u_(t-T+1) ... u_t)            if it predicts frames

    Args:
        model: the network ``f``.
        task: what it was built for. Its ``predicts`` chooses the equation; ``s`` is its ``increment_scale``, the rms of
            a one-step change relative to the rms velocity, so that ``f`` is of order one.
    """

    def __init__(self, model: Forecaster, task: Task):
        super().__init__()
        self.model = model
        self.task = task

    def forward(
        self, history: Float[Tensor, "B T 2 X Y"], steps: int, environment: Float[Tensor, "B E X Y"] | None = None
    ) -> Float[Tensor, "B N 2 X Y"]:
        """Predicts the next ``steps`` frames; the environment stays as it is, and only informed models see it.

        Raises:
            ValueError: an output of another shape than that of a frame.
        """
        told = (environment,) if self.model.informed else ()
        frames = []
        for _ in range(steps):
            output = self.model(history, *told)
            if output.shape != history[:, -1].shape:
                name, expected, got = type(self.model).__name__, list(history[:, -1].shape), list(output.shape)
                raise ValueError(f"expected an output of shape {expected} from {name}, got {got}")
            if self.task.predicts == "increment":
                output = history[:, -1] + self.task.increment_scale * output
            frames.append(output)
            history = torch.cat((history[:, 1:], output[:, None]), 1)
        return torch.stack(frames, 1)
