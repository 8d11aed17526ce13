"""Random smooth fields to try a network on."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import avg_pool2d, pad

from .forecaster import Forecaster
from .task import ENVIRONMENT_CHANNELS


def probe_environment(model: Forecaster, batch: int, *, seed: int = 1) -> tuple[Float[Tensor, "B E X Y"], ...]:
    """Makes the environment to call a model with beside a history: random smooth fields, none if it is not informed."""
    if not model.informed:
        return ()
    pairs = -(-ENVIRONMENT_CHANNELS // 2)
    fields = probe_fields(batch, pairs, model.task.shape, seed=seed).flatten(1, 2)
    return (fields[:, :ENVIRONMENT_CHANNELS],)


def probe_fields(
    batch: int, history: int, shape: tuple[int, int], *, seed: int = 0, passes: int = 3
) -> Float[Tensor, "B T 2 X Y"]:
    """Draws white noise, averaged ``passes`` times over 3 x 3 cells and scaled to a root mean square of one.

    The same numbers on whatever device new tensors go to by default.
    """
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randn(batch * history, 2, *shape, generator=generator, device=generator.device)
    noise = noise.to(torch.get_default_device())
    for _ in range(passes):
        noise = avg_pool2d(pad(noise, (1, 1, 1, 1), mode="replicate"), 3, stride=1)
    return (noise / noise.square().mean().sqrt()).view(batch, history, 2, *shape)
