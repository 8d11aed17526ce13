"""The files obey The Well's published format rules."""

import h5py
import numpy as np
import pytest
import torch
import yaml

from symbreak.datasets import DataSet


@pytest.mark.parametrize("split", ["train", "valid", "future", "test"])
def test_structure(folder, small, split):
    for path in (folder / "data" / split).glob("*.hdf5"):
        with h5py.File(path) as file:
            check_root(file)
            check_dimensions(file)
            check_boundaries(file)
            check_scalars(file)
            check_fields(file)


def check_root(file):
    assert file.attrs["grid_type"] == "cartesian"
    assert file.attrs["n_spatial_dims"] == 2
    assert isinstance(file.attrs["dataset_name"], str)
    for name in file.attrs["simulation_parameters"]:
        assert file.attrs[name] == pytest.approx(file["scalars"][name][()])
    groups = {"boundary_conditions", "dimensions", "scalars", "t0_fields", "t1_fields", "t2_fields"}
    assert set(file) == groups


def check_dimensions(file):
    assert list(file["dimensions"].attrs["spatial_dims"]) == ["x", "y"]
    assert file["dimensions/time"].attrs["time_varying"]
    assert (np.diff(file["dimensions/time"][()]) == 1).all()
    for name in ("time", "x", "y"):
        assert file["dimensions"][name].ndim == 1 and not file["dimensions"][name].attrs["sample_varying"]


def check_boundaries(file):
    for name, group in file["boundary_conditions"].items():
        (dim,) = group.attrs["associated_dims"]
        assert group.attrs["bc_type"] in ("WALL", "PERIODIC", "OPEN")
        assert name == f"{dim}_{group.attrs['bc_type'].lower()}"
        assert group["mask"].shape == file["dimensions"][dim].shape and group["mask"].dtype == bool
        assert not group.attrs["sample_varying"] and not group.attrs["time_varying"]


def check_scalars(file):
    for name in file["scalars"].attrs["field_names"]:
        scalar = file["scalars"][name]
        assert scalar.shape == ((file.attrs["n_trajectories"],) if scalar.attrs["sample_varying"] else ())
        assert not scalar.attrs["time_varying"]


def check_fields(file):
    sizes = (file.attrs["n_trajectories"], *(len(file["dimensions"][name]) for name in ("time", "x", "y")))
    for rank in range(3):
        group = file[f"t{rank}_fields"]
        assert sorted(group.attrs["field_names"]) == sorted(group)
        for field in group.values():
            assert field.shape == sizes + (2,) * rank and field.dtype == np.float32
            assert list(field.attrs["dim_varying"]) == [True, True]
            assert field.attrs["sample_varying"] and field.attrs["time_varying"]


def test_stats(folder):
    stats = yaml.safe_load((folder / "stats.yaml").read_text())
    assert set(stats) == {"mean", "std", "rms", "mean_delta", "std_delta", "rms_delta"}
    velocity = DataSet(folder).velocity("train").double()
    assert stats["mean"]["velocity"] == pytest.approx(velocity.mean((0, 1, 3, 4)).tolist())
    assert stats["std"]["velocity"] == pytest.approx(velocity.std((0, 1, 3, 4), correction=0).tolist())
    smoke = DataSet(folder).smoke("train").double()
    assert stats["rms_delta"]["smoke"] == pytest.approx(smoke.diff(dim=1).square().mean().sqrt().item())


@pytest.mark.parametrize("split", ["train", "valid", "future", "domain"])
def test_the_well_reads_the_same_windows(folder, split):
    """Only where the package is installed: ``pip install 'symbreak[well]'``."""
    well = pytest.importorskip("the_well.data")
    name = "test" if split == "domain" else split
    theirs = well.WellDataset(path=str(folder), well_split_name=name, n_steps_input=2, n_steps_output=1)
    ours = DataSet(folder).windows(split, history=2, horizon=1)
    assert len(theirs) == len(ours)
    for index in range(len(ours)):
        frames = torch.cat([theirs[index]["input_fields"], theirs[index]["output_fields"]])
        assert torch.equal(frames[..., 1:].movedim(-1, 1), ours[index]), "channel 0 is smoke"
