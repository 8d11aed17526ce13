"""A model of your own on the leaderboard.

    symbreak check my-relaxed --model-file examples/my_model.py
    symbreak run quick --model-file examples/my_model.py

A strictly equivariant network, plus a learned field that knows where in the box it is. While the field is zero, as at
the start, the network keeps the symmetry exactly; training moves it where the data say so.
"""

import torch
from torch import nn

from symbreak.models import Forecaster, Task, register
from symbreak.models.layers import Fields, SteerableConv2d
from symbreak.symmetry import point_group


@register("my-relaxed", symmetry="rotation", family="relaxed", keeps="C4, while `place` is zero", breaks="C4")
class MyModel(Forecaster):
    def __init__(self, task: Task, *, width: int = 8):
        super().__init__(task)
        group = point_group(task.group)
        frames, frame = Fields(group, "vector", task.history), Fields(group, "vector", 1)
        hidden = Fields(group, "regular", width)
        self.lift = SteerableConv2d(frames, hidden, boundary=task.boundary)
        self.place = nn.Parameter(torch.zeros(hidden.channels, *task.shape))
        self.mix = SteerableConv2d(hidden, hidden, kernel_size=5, boundary=task.boundary)
        self.project = SteerableConv2d(hidden, frame, boundary=task.boundary, gain=0.1)

    def forward(self, history: torch.Tensor) -> torch.Tensor:  # [B, T, 2, X, Y] -> [B, 2, X, Y]
        features = self.lift(self.frames_as_channels(history)) + self.place
        return self.project(torch.relu(self.mix(torch.relu(features))))

    def relaxation_penalty(self) -> torch.Tensor:  # added to the loss as it is
        return 1e-4 * self.place.square().sum()
