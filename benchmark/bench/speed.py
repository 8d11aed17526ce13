"""Tables and figures of speed."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from ...datasets.store.files import write_atomically
from ..figures.folder import save
from ..tables.markup import markdown


def write_bench(table: pd.DataFrame, what: str, folder: str | Path) -> list[Path]:
    """Writes ``<what>`` as ``.csv`` and ``.md`` and, for simulation, a figure of time against batch and resolution.

    Args:
        table: the result of :func:`~symbreak.simulators.bench.bench_simulate`,
            :func:`~symbreak.models.bench.bench_train` or :func:`.large_table.bench_results`.
    """
    text = table.map(lambda value: f"{value:.3g}" if isinstance(value, float) else str(value))
    folder = Path(folder)
    paths = [folder / f"{what}.csv", folder / f"{what}.md"]
    write_atomically(paths[0], table.to_csv(index=False).encode())
    write_atomically(paths[1], (markdown(text) + "\n").encode())
    return [*paths, *save([(folder / what, simulation_figure(table))] if what == "simulate" else [])]


def simulation_figure(table: pd.DataFrame) -> Figure:
    """Draws milliseconds per simulation-step over the batch, one panel per resolution, one line per loop."""
    resolutions = sorted(table.resolution.unique())
    figure = Figure(figsize=(4.2 * len(resolutions) + 1.5, 4), layout="constrained")
    panels = figure.subplots(1, len(resolutions), sharey=True, squeeze=False)[0]
    for axes, resolution in zip(panels, resolutions, strict=True):
        for what, line in table[table.resolution == resolution].groupby("what", sort=False):
            axes.loglog(line.batch, line.milliseconds, marker="o", label=what)
        axes.set_title(f"{resolution} x {resolution} cells")
        axes.set_xlabel("simulations in a batch")
        axes.set_xticks(sorted(table.batch.unique()), [str(batch) for batch in sorted(table.batch.unique())])
        axes.minorticks_off()
        axes.grid(alpha=0.25)
    panels[0].set_ylabel("ms per simulation-step")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside right upper", frameon=False)
    return figure
