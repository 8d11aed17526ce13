"""Memory that outlives the tensors in it."""

import copy
import pickle

import pytest
import torch

from symbreak.models.layers import SmoothLocalConv2d
from symbreak.models.layers.untied.memory import KeptMemory


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_memory_is_used_again_only_when_its_tensor_is_gone(dtype):
    memory, like = KeptMemory(), torch.zeros(3, 5, dtype=dtype)
    first = memory.empty_like(like)
    place = first.data_ptr()
    assert first.shape == like.shape and first.dtype == dtype and first.is_contiguous()
    part = first[1].detach()
    del first
    second = memory.empty_like(like)
    assert second.data_ptr() != place
    del part
    assert memory.empty_like(like).data_ptr() == place


def test_gradients_are_in_the_same_memory_step_by_step_and_apart_when_both_are_held():
    layer = SmoothLocalConv2d(2, 3, (5, 7))
    fields = torch.randn(1, 2, 5, 7)
    places = []
    for _ in range(2):
        layer.zero_grad()
        layer(fields).square().sum().backward()
        places.append(layer.weight.grad.data_ptr())
    assert places[0] == places[1]
    once = layer.weight.grad.clone()
    layer(fields).square().sum().backward()
    torch.testing.assert_close(layer.weight.grad, 2 * once)


def test_copies_have_memory_of_their_own():
    memory = KeptMemory()
    tensor = memory.empty_like(torch.zeros(4))
    for other in (copy.deepcopy(memory), pickle.loads(pickle.dumps(memory))):
        assert other.empty_like(tensor).data_ptr() != tensor.data_ptr()
