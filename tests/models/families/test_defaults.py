"""Models built where new tensors have another dtype or go to another device."""

import subprocess
import sys

import pytest
import torch

from symbreak.models import build, check_model, list_models
from symbreak.models.check import default_task
from symbreak.models.model_error import model_error
from symbreak.models.probe_fields import probe_fields

ENTRIES = [entry for entry in list_models() if entry.usable and entry.has_width]
EXACT = [e.name for e in ENTRIES if e.symmetry in ("rotation", "reflection") and e.name[:4] not in ("lift", "comb")]

ON_META = """
import torch
from symbreak.models import build, list_models
from symbreak.models.check import default_task
from symbreak.models.layers import C8
from symbreak.models.probe_fields import probe_fields
from symbreak.symmetry import C4

entries = [entry for entry in list_models() if entry.usable and entry.has_width]
tasks = {entry.name: default_task(entry, cells=12) for entry in entries}
torch.set_default_device("meta")
for name, task in tasks.items():
    model = build(name, task, width=1)
    tensors = {**dict(model.named_parameters()), **dict(model.named_buffers())}
    assert {tensor.device.type for tensor in tensors.values()} == {"meta"}, name
assert C4.product.device.type == C4.inverse.device.type == "cpu"
assert probe_fields(1, 1, (5, 7)).device.type == "meta"
torch.set_default_device(None)
for name, task in tasks.items():
    assert build(name, task, width=1)(probe_fields(2, 2, (12, 12))).isfinite().all(), name
"""


@pytest.fixture
def float64_by_default():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize("name", [entry.name for entry in ENTRIES])
def test_models_of_float64_pass_the_check(name, float64_by_default):
    report = check_model(name, default_task(next(e for e in ENTRIES if e.name == name), cells=12), width=2)
    assert report.passed, str(report)


@pytest.mark.parametrize("name", EXACT)
def test_models_of_float64_are_equivariant_to_its_rounding(name, float64_by_default):
    """Bases that were rounded to float32 on the way would show here."""
    torch.manual_seed(0)
    model = build(name, default_task(next(e for e in ENTRIES if e.name == name), cells=12), width=2)
    assert {tensor.dtype for tensor in model.state_dict().values()} == {torch.float64}
    assert model_error(model, probe_fields(3, 2, (12, 12)), model.task.group) < 1e-12


def test_models_built_on_another_device_first_leave_later_ones_alone():
    """In a process of its own, where no basis is known yet."""
    result = subprocess.run([sys.executable, "-c", ON_META], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr[-2000:]
