"""Simulations in The Well's HDF5 format. The only code that knows it.

Ohana et al., *The Well: a Large-Scale Collection of Diverse Physics Simulations for Machine Learning*, NeurIPS 2024.
"""

from __future__ import annotations

from io import BytesIO
from typing import NamedTuple

import h5py
import numpy as np
import torch
from torch import Tensor

from ...simulators import Box, Draws
from ..recipes import DataError, DataSource

WELL_WALL = {"closed": "wall", "periodic": "periodic", "open": "open", "half-open": "open"}


DRAWN = ("inflow_x", "inflow_y", "direction_x", "direction_y", "drawn_buoyancy", "scale")
"""Names of the values that a simulation draws."""


class Frames(NamedTuple):
    """Holds ``N`` simulations of ``T`` frames, in single precision.

    Attributes:
        velocity: at the cell centres, ``[N, T, 2, X, Y]``.
        smoke: ``[N, T, X, Y]``.
    """

    velocity: np.ndarray
    smoke: np.ndarray


def encode(recipe: DataSource, frames: Frames, draws: Draws | None, first_frame: int) -> bytes:
    """Encodes simulations as an HDF5 file whose first frame is number ``first_frame``."""
    buffer = BytesIO()
    with h5py.File(buffer, "w") as file:
        file.attrs["dataset_name"] = f"symbreak_{recipe.scenario.replace('-', '_')}"
        file.attrs["grid_type"] = "cartesian"
        file.attrs["n_spatial_dims"] = 2
        file.attrs["n_trajectories"] = len(frames.velocity)
        file.attrs["simulation_parameters"] = np.array(list(recipe.parameters()), dtype=h5py.string_dtype())
        _write_dimensions(file, recipe.box, np.arange(first_frame, first_frame + frames.velocity.shape[1]))
        _write_boundaries(file, recipe.box)
        _write_scalars(file, recipe, draws)
        velocity = np.moveaxis(frames.velocity, 2, -1)
        for group, name, values in (("t0_fields", "smoke", frames.smoke), ("t1_fields", "velocity", velocity)):
            _write_field(file.create_group(group), name, values)
        file.create_group("t2_fields").attrs["field_names"] = np.array([], dtype=h5py.string_dtype())
    return buffer.getvalue()


def decode(content: bytes, name: str) -> Frames:
    """Decodes the simulations in a file; errors call the file ``name``."""
    try:
        with h5py.File(BytesIO(content), "r") as file:
            velocity, smoke = (_read(file, name) for name in ("t1_fields/velocity", "t0_fields/smoke"))
            return Frames(np.moveaxis(velocity, -1, 2), smoke)
    except (OSError, KeyError) as error:
        raise DataError(f"expected simulations in The Well's HDF5 format in {name}, got: {error}") from error


def _read(file: h5py.File, name: str) -> np.ndarray:
    dataset = file[name]
    if not isinstance(dataset, h5py.Dataset):
        raise KeyError(f"{name} is no dataset")
    return dataset[()]


def drawn(content: bytes, name: str) -> Draws:
    """Reads what the simulations in a file drew, in the stored single precision; errors call the file ``name``."""
    try:
        with h5py.File(BytesIO(content), "r") as file:
            columns = {key: torch.from_numpy(_read(file, f"scalars/{key}")).double() for key in DRAWN}
    except (OSError, KeyError) as error:
        raise DataError(f"expected the draws of simulations in {name}, got: {error}") from error
    center, direction = (
        torch.stack([columns[f"{side}_{axis}"] for axis in "xy"], 1) for side in ("inflow", "direction")
    )
    return Draws(center, direction, columns["drawn_buoyancy"], columns["scale"])


def _write_dimensions(file: h5py.File, box: Box, times: np.ndarray) -> None:
    group = file.create_group("dimensions")
    group.attrs["spatial_dims"] = ["x", "y"]
    _dataset(group, "time", times.astype(np.float32), sample_varying=False, time_varying=True)
    for name, size in zip("xy", box.shape, strict=True):
        centers = (np.arange(size) + 0.5).astype(np.float32)
        _dataset(group, name, centers, sample_varying=False, time_varying=False)


def _write_boundaries(file: h5py.File, box: Box) -> None:
    conditions = file.create_group("boundary_conditions")
    for name, size, wall in zip("xy", box.shape, box.boundary, strict=True):
        group = conditions.create_group(f"{name}_{WELL_WALL[wall]}")
        group.attrs["associated_dims"] = [name]
        group.attrs["associated_fields"] = np.array([], dtype=h5py.string_dtype())
        group.attrs["bc_type"] = WELL_WALL[wall].upper()
        group.attrs["sample_varying"] = False
        group.attrs["time_varying"] = False
        mask = np.zeros(size, dtype=bool)
        mask[-1] = True
        mask[0] = wall != "half-open"
        group.create_dataset("mask", data=mask)


def _write_scalars(file: h5py.File, recipe: DataSource, draws: Draws | None) -> None:
    group = file.create_group("scalars")
    drawn = {} if draws is None else _drawn(draws)
    names = [*recipe.parameters(), *drawn]
    group.attrs["field_names"] = np.array(names, dtype=h5py.string_dtype())
    for name, value in recipe.parameters().items():
        file.attrs[name] = value
        _dataset(group, name, np.float32(value), sample_varying=False, time_varying=False)
    for name, values in drawn.items():
        _dataset(group, name, values.numpy().astype(np.float32), sample_varying=True, time_varying=False)


def _drawn(draws: Draws) -> dict[str, Tensor]:
    return {
        "inflow_x": draws.center[:, 0],
        "inflow_y": draws.center[:, 1],
        "direction_x": draws.direction[:, 0],
        "direction_y": draws.direction[:, 1],
        "drawn_buoyancy": draws.buoyancy,
        "scale": draws.scale,
    }


def _write_field(group: h5py.Group, name: str, values: np.ndarray) -> None:
    group.attrs["field_names"] = [name]
    _dataset(group, name, values.astype(np.float32), sample_varying=True, time_varying=True)
    group[name].attrs["dim_varying"] = [True, True]


def _dataset(
    group: h5py.Group, name: str, values: np.ndarray | np.float32, *, sample_varying: bool, time_varying: bool
) -> None:
    group.create_dataset(name, data=values)
    group[name].attrs["sample_varying"] = sample_varying
    group[name].attrs["time_varying"] = time_varying
