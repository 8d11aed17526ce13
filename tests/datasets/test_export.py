"""Export and read back."""

import torch

from symbreak.datasets import DataSet, export


def test_plain_tensors(folder, tmp_path):
    files = export(folder, tmp_path / "plain")
    assert [file.name for file in files] == ["train.pt", "valid.pt", "future.pt", "domain.pt"]
    for file in files:
        simulations = torch.load(file, weights_only=True)
        assert torch.equal(torch.stack(simulations), DataSet(folder).velocity(file.stem))
