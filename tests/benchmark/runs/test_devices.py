"""No module names a device: training takes place where the parameters are.

Shown without a GPU, by tensors that only pretend to hold numbers: the model's on another device than those that code
makes without being told where. Operations on tensors of two devices raise, as they do on a GPU. It covers the loss and
its gradient; the optimiser, checkpoints, scores and GradNorm's weights, which are numbers, need a device to run on.
"""

from contextlib import nullcontext

import numpy as np
import pytest
import torch
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode

from symbreak.benchmark.methods import Augmentation, Plain, Remul
from symbreak.benchmark.runs.rollout import Rollout
from symbreak.benchmark.runs.training import _loss
from symbreak.models import Forecaster, Task, build, list_models
from symbreak.models.check import default_task
from symbreak.symmetry import nontrivial_elements

ELSEWHERE = "meta"
ENTRIES = {entry.name: entry for entry in list_models() if entry.usable and entry.has_width}


def train_elsewhere(model, method=None):
    """The loss of a rollout and its gradient."""
    task = model.task
    with FakeTensorMode() as pretend:
        for module in model.modules():
            for name, value in module.named_parameters(recurse=False):
                module._parameters[name] = nn.Parameter(pretend.from_tensor(value).detach().to(ELSEWHERE))
            for name, value in module.named_buffers(recurse=False):
                module._buffers[name] = pretend.from_tensor(value).to(ELSEWHERE)
        windows = torch.empty(2, task.history + 2, 2, *task.shape)
        elements = nontrivial_elements(task.group, task.shape)
        loss = _loss(Rollout(model, task), method or Plain(), elements, 1.0, windows, None)
        loss.backward()
    assert {loss.device.type} == {each.grad.device.type for each in model.parameters()} == {ELSEWHERE}


@pytest.fixture(autouse=True)
def no_autocast(monkeypatch):
    """Which the pretended device does not have."""
    monkeypatch.setattr(torch, "autocast", lambda *_, **__: nullcontext())
    monkeypatch.setattr(torch, "is_autocast_enabled", lambda *_: False)


@pytest.mark.parametrize("name", ENTRIES)
def test_models_train_where_their_parameters_are(name):
    train_elsewhere(build(name, default_task(ENTRIES[name], cells=12), width=2))


@pytest.mark.parametrize("group", ["C4", "D4", "dilation"])
@pytest.mark.parametrize("method", [Augmentation, Remul])
def test_methods_train_where_the_parameters_are(method, group, monkeypatch):
    """What is drawn has to be a number, which pretended tensors do not have."""
    monkeypatch.setattr(torch, "randint", lambda high, size: np.zeros(size, int))
    train_elsewhere(build("convnet", Task(history=2, shape=(12, 12), group=group), width=2), method())


class Wrong(Forecaster):
    """Adds a constant that was made where tensors are made by default, and moved along as a buffer or not."""

    def __init__(self, constant=None, buffer=None):
        super().__init__(Task(history=1, shape=(12, 12), group="C4"))
        self.constant = constant
        self.register_buffer("buffer", buffer)
        self.scale = nn.Parameter(torch.ones(1))

    def forward(self, history):
        constant = torch.ones(12, 12) if self.constant is None else self.constant
        return self.scale * history[:, -1] + (constant if self.buffer is None else self.buffer)


class WrongPenalty(Wrong):
    def relaxation_penalty(self):
        return (self.scale - torch.ones(3)).square().sum()


def test_constants_on_another_device_are_found():
    ones = torch.ones(12, 12)
    train_elsewhere(Wrong(buffer=ones))
    with pytest.raises(RuntimeError, match=r"found .* devices,? meta.* cpu"):
        train_elsewhere(Wrong())
    with pytest.raises(RuntimeError, match=r"found .* devices,? meta.* cpu"):
        train_elsewhere(WrongPenalty(buffer=ones))
    with pytest.raises(AssertionError, match="Please convert all Tensors to FakeTensors"):
        train_elsewhere(Wrong(constant=ones))
