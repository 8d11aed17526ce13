"""Networks that know a symmetry strictly, loosely or not at all, under one contract and by name.

All but ``fno`` and ``clcnn-...`` compile as one graph, ``torch.compile(model, fullgraph=True)``, inside and outside
:func:`kernels_built_once`; ``clcnn-...`` compiles with ``fullgraph=False``, its untied kernels outside the graphs. The
tests trace all of them, with the backend ``eager``; ``fno`` is not tested.
"""

from . import families
from .bench import BenchSettings, bench_train
from .build import build, count_parameters
from .check import CheckLine, CheckReport, check_model, default_task
from .forecaster import Forecaster
from .layers import kernels_built_once
from .model_file import load_model_file
from .registry import FAMILIES, SYMMETRIES, ModelEntry, get_model, list_models, register
from .task import Task
from .transfer import load_strict

__all__ = [
    "FAMILIES",
    "SYMMETRIES",
    "BenchSettings",
    "CheckLine",
    "CheckReport",
    "Forecaster",
    "ModelEntry",
    "Task",
    "bench_train",
    "build",
    "check_model",
    "count_parameters",
    "default_task",
    "families",
    "get_model",
    "kernels_built_once",
    "list_models",
    "load_model_file",
    "load_strict",
    "register",
]
