"""Networks compile as one graph, in a process without the shape checks, which break graphs."""

import subprocess
import sys

import pytest

from symbreak.models import list_models

NAMES = [entry.name for entry in list_models() if entry.family != "baseline" and entry.name != "fno"]
CODE = """
import sys
import torch
from symbreak.models import build, get_model, kernels_built_once
from symbreak.models.check import default_task
from symbreak.models.probe_fields import probe_fields

torch.set_num_threads(1)
history = probe_fields(2, 2, (12, 12))
for name in sys.argv[1:]:
    torch.compiler.reset()
    model = build(name, default_task(get_model(name), cells=12), width=2)
    compiled = torch.compile(model, backend="eager", fullgraph=not name.startswith("clcnn"))
    with kernels_built_once(model):
        inside = compiled(history), compiled(history)
    for output in (*inside, compiled(history)):
        torch.testing.assert_close(output, model(history), msg=lambda message: f"{name}: {message}")
"""


def compiles(*names):
    """In one graph, inside and outside a rollout; untied kernels in several."""
    result = subprocess.run([sys.executable, "-c", CODE, *names], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr[-2000:]


def test_networks_compile():
    compiles("rsteer-rotation", "clcnn-scaling")


@pytest.mark.slow
def test_all_networks_compile():
    compiles(*NAMES)
