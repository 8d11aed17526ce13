"""Loading of a user's model file."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
import traceback
from pathlib import Path

from .containment import contained, reason
from .registry import MODELS, ModelEntry

REGISTERED: dict[str, set[str]] = {}
"""Names of the models that each file has registered, by the name of its module. A class may come from a factory or a
module elsewhere, and a module that a file imports registers its models once, however often the file is loaded."""


def load_model_file(path: str | Path) -> list[ModelEntry]:
    """Imports a Python file, whose ``@register`` calls take effect, and returns the models it registered.

    The same file may be loaded again, by another process or after an edit.

    Raises:
        ValueError: if there is no such Python file, if importing it fails (with file, line and reason), or if it
            registers nothing.
    """
    path = Path(path).resolve()
    if path.suffix != ".py" or not path.is_file():
        raise ValueError(f"expected a Python file with models, got {path}")
    module_name = f"symbreak_model_file_{path.stem}_{hashlib.sha256(str(path).encode()).hexdigest()[:8]}"
    before = dict(MODELS)
    spec = importlib.util.spec_from_file_location(module_name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    try:
        with contained():
            spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[module_name]
        raise ValueError(f"expected {path} to import, got {_where(error, path)}") from error
    names = REGISTERED.setdefault(module_name, set())
    names |= {name for name, entry in MODELS.items() if entry is not before.get(name)}
    entries = [entry for name, entry in MODELS.items() if name in names]
    if not entries:
        raise ValueError(f"expected at least one class with @register in {path}, got none")
    return entries


def _where(error: Exception, path: Path) -> str:
    """Locates an error as ``line 12: NameError: ...``, in the innermost line of the user's file."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    line = error.lineno if isinstance(error, SyntaxError) else (lines or [None])[-1]
    return f"line {line}: {reason(error)}" if line else reason(error)
