"""Export and read back."""

import shutil

import pytest
import torch

from symbreak.datasets import DataError, DataSet, export


def test_plain_tensors(folder, tmp_path):
    files = export(folder, tmp_path / "plain")
    assert [file.name for file in files] == ["train.pt", "valid.pt", "future.pt", "domain.pt"]
    for file in files:
        simulations = torch.load(file, weights_only=True)
        assert torch.equal(torch.stack(simulations), DataSet(folder).velocity(file.stem))


def test_nothing_is_written_of_damaged_data(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / folder.name)
    next((copy / "data/test").iterdir()).write_bytes(b"")
    with pytest.raises(DataError, match=r"expected .* with SHA-256"):
        export(copy, tmp_path / "plain")
    assert not (tmp_path / "plain").exists()
