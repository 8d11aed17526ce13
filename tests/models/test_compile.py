"""Networks compile as one graph, in a process without the shape checks, which break graphs."""

import subprocess
import sys

CODE = """
import torch
from symbreak.models import Task, build, kernels_built_once
from symbreak.models.probe_fields import probe_fields

torch.set_num_threads(1)
history = probe_fields(2, 2, (12, 12))
model = build("rsteer-rotation", Task(history=2, shape=(12, 12), group="C4"), width=2)
compiled = torch.compile(model, backend="eager", fullgraph=True)
with kernels_built_once(model):
    inside = compiled(history), compiled(history)
for output in (*inside, compiled(history)):
    torch.testing.assert_close(output, model(history))
"""


def test_networks_compile_as_one_graph_inside_and_outside_a_rollout():
    result = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr[-2000:]
