"""The page as a whole."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from pathlib import Path

import jinja2
import pandas as pd
import plotly.offline
from markupsafe import Markup, escape

from ...datasets.store.files import write_atomically
from ..aggregation.kinds import row_names
from ..aggregation.loaded import LoadedResults, load
from ..aggregation.long_table import SETTING
from ..analysis.leaderboard import ERRORS_MEANING, LEADERBOARD, varying
from ..style.palette import model_styles
from ..tables.all_tables import Section, compute_tables, sections
from ..tables.markup import TEXT_COLUMNS
from ..tables.provenance import data_sets, environments, runs_by_row
from .curves import curve_data
from .strips import rollout_groups

TEMPLATES = Path(__file__).parent
SCRIPTS = ("tables.js", "curves.js")


def write_report(results: str | Path | LoadedResults) -> Path:
    """Writes ``report.html`` into a results folder: leaderboard, curves, rollouts, provenance.

    The page needs no network and can reach none: its Content-Security-Policy allows its own scripts, by their
    SHA-256, and pictures inside it. Everything from records is escaped.

    Args:
        results: the results folder, or what :func:`~..aggregation.loaded.load` has read of it.

    Returns:
        The path of the page.

    Raises:
        ValueError: no runs, a damaged one, or none that finished.
    """
    loaded = load(results)
    folder, records, table = loaded.folder, loaded.records, loaded.results
    computed = compute_tables(loaded)
    scripts = [plotly.offline.get_plotlyjs(), *((TEMPLATES / name).read_text("utf-8") for name in SCRIPTS)]
    page = (
        _environment()
        .get_template("report.html")
        .render(
            title=folder.resolve().name,
            style=Markup((TEMPLATES / "report.css").read_text("utf-8")),
            scripts=[Markup(script) for script in scripts],
            policy=content_security_policy(scripts),
            leaderboard=LEADERBOARD.format(computed[LEADERBOARD.name]),
            text_columns=TEXT_COLUMNS,
            explanations=(LEADERBOARD.meaning, f"The last columns: {ERRORS_MEANING}"),
            sections=[_narrow(section, table) for section in sections(computed) if section.table.page],
            curves=curve_data(table),
            groups=rollout_groups(folder, records, model_styles(table)),
            records=records,
            failed=[record for record in records if not record.done],
            data_sets=data_sets(records),
            environments=environments(records),
            runs=runs_by_row(records, row_names(table)),
        )
    )
    target = folder / "report.html"
    write_atomically(target, page.encode())
    return target


def _narrow(section: Section, results: pd.DataFrame) -> Section:
    """Fits a section to a phone, which shows few columns: without those of the setting that are the same in all
    results, and with the model first, which stays in view."""
    constant = [name for name in SETTING if name not in varying(results)]
    columns = sorted(section.text.columns.drop(constant, errors="ignore"), key="model".__ne__)
    return replace(section, text=section.text[columns])


def content_security_policy(scripts: list[str]) -> str:
    """Allows these scripts alone to run, nothing to be loaded and nothing to be sent; plotly needs style attributes."""
    digests = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


def code(text: str) -> Markup:
    """Escapes a text, and sets what stands between backticks in monospace."""
    return Markup(re.sub("`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["code"] = code
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":"), "allow_nan": False}
    return environment
