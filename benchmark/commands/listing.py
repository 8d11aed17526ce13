"""``symbreak list``, which imports no more than what it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from rich import box
from rich.table import Table
from tyro.conf import Positional

from .console import CONSOLE

if TYPE_CHECKING:
    from ...models import ModelEntry
    from ...simulators import Scenario


@dataclass(frozen=True)
class List:
    """Show the scenarios, models or presets."""

    what: Positional[Literal["scenarios", "models", "presets"]] = "models"
    """What to show."""

    def __call__(self) -> None:
        rows = {"scenarios": _scenario_rows, "models": _model_rows, "presets": _preset_rows}[self.what]()
        table = Table(title=self.what, box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
        for column in rows[0]:
            table.add_column(
                column, no_wrap=column in ("name", "model", "scenario"), overflow="fold", min_width=len(column)
            )
        for row in rows:
            table.add_row(*map(str, row.values()))
        CONSOLE.print(table)


def _scenario_rows() -> list[dict]:
    """Fits each scenario into three lines of 80 columns."""
    from ...simulators import list_scenarios

    return [{"scenario": f"{s.name}\n  {s.symmetry}, {s.group}", "what it is": _told(s)} for s in list_scenarios()]


def _told(scenario: Scenario) -> str:
    """Says in three lines what breaks the symmetry, which part of it is hidden, and what a state reveals."""
    return f"{scenario.description}\nhidden: {scenario.hidden}\nrevealed by: {scenario.reveals}"


def _model_rows() -> list[dict]:
    """Fits each model into three lines of 80 columns."""
    from ...models import list_models

    return [{"model": _what(entry), "what it is": _traits(entry)} for entry in list_models()]


def _what(entry: ModelEntry) -> str:
    return "\n  ".join((entry.name, entry.family, ", ".join(entry.symmetries) or "no symmetry"))


def _traits(entry: ModelEntry) -> str:
    source = "; ".join(text for text in (entry.source, entry.note) if text not in ("", "-"))
    return "\n".join(filter(None, (f"keeps {entry.keeps}", f"breaks {entry.breaks}", source)))


def _preset_rows() -> list[dict]:
    from ..grids.presets import PRESETS, description

    return [
        {"name": name, "runs": len(preset().runs()), "what it is": description(name)}
        for name, preset in PRESETS.items()
    ]
