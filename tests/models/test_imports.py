"""What importing the models costs, and what they may not name."""

import re
import subprocess
import sys
from pathlib import Path

MODELS = Path(__file__).parents[2] / "models"


def test_importing_the_models_imports_no_heavy_or_optional_package():
    code = "import sys, symbreak.models; print({'e2cnn', 'neuralop', 'phi', 'matplotlib'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "set()"


def test_no_model_or_layer_names_a_device():
    for path in MODELS.rglob("*.py"):
        if path.name != "bench.py":
            assert not re.search(r"\bcuda\b|\.to\(\s*[\"']|device\s*=\s*[\"']", path.read_text()), path.name
