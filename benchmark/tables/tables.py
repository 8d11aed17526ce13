"""Tables as text: for the terminal, for a web page, for a paper."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd
from rich import box
from rich.console import Group
from rich.table import Table

from ..analysis.long_table import SETTING
from ..analysis.scores import REFERENCE, score_text
from ..analysis.statistics import Interval

TEXT_COLUMNS = (
    *("model", "family", "scenario", "split", "hash", "device"),
    *("strict", "relaxed", "reference", "strengths", "baseline"),
)
"""The others hold numbers and are aligned to the right."""
RANKING = ("model", "family", "score", "places")
SIZE = ("cells", "parameters", "train s")
LATEX = str.maketrans({"<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}"})
"""What pandas does not escape and old font encodings print as something else."""
SCORE = (
    f"`score` is how many times smaller the nRMSE on unseen simulations is than the {REFERENCE}'s: the geometric mean "
    "of the ratios over `cells` (scenario, history, training simulations, strength, seed) of the seeds that both "
    "were run on throughout (1 = as good, above 1 = better), with its bootstrap 95 % interval over seeds (of three "
    "seeds this and every interval below is their range, which holds the mean in about three cases of four). A row "
    f"that was not run on every data set of the {REFERENCE}'s has none, because a mean over other data sets does not "
    "compare; its scores of single scenarios do. `places` are the best and the worst place among the rows with a "
    "score when each seed ranks them by itself. Where scenarios have several symmetries, a row is a kind of model: "
    f"`rpp` is `rpp-rotation` where the symmetry is rotation. Where it is translation, the {REFERENCE} is the strict "
    "model, and counts as `equiv`, too."
)
ERRORS = (
    "nRMSE (error divided by the rms of the truth, all rollout steps; smaller is better) on the unseen simulations of "
    "each data set, mean over seeds with the bootstrap 95 % interval where there are several. The columns are the "
    "strengths of the symmetry breaking; `error` is the equivariance error of the data over ten steps, `asymmetry`, of "
    "imported data, is another measure, on another scale: how far their statistics are from the moved ones."
)
COMPARISONS = (
    "`ratio`: how many times smaller the nRMSE on unseen simulations is than that of the reference, geometric mean "
    "over the cells (scenario, history, training simulations, strength, seed) in which both stayed finite, of the "
    "seeds that lack none; `p`: two-sided paired t test of its logarithm, with one mean a seed, `p_adjusted` after "
    "Benjamini and Hochberg for the number of trained models that this reference is compared with in this scenario "
    "(baselines do not count); none where either diverged, and for a model that repeats the reference, as augmentation "
    "with a symmetry that a network has does. `strengths`: over all, or over those above 0 alone, where a symmetry can "
    "be wrong. It speaks of these data sets, not of all."
)
LEARNED = (
    "`first` and `last`: equivariance error of the trained model over ten steps on the data with the least and the "
    "most symmetry breaking, mean over seeds; `slope`: of the line of this error over that of the data, with its "
    "bootstrap 95 % interval over seeds (1: it grows as that of the data; 0: it does not follow), and `p` of the "
    "two-sided t test over seeds that it is 0."
)
COSTS = (
    "`first` and `last`: nRMSE on unseen simulations of the data with the least and the most symmetry breaking, mean "
    "over seeds; `growth`: their ratio, with its bootstrap 95 % interval over seeds. Data may get harder for all "
    "models: the strict one pays for its symmetry as far as it grows more than others. `p`: paired t test over seeds "
    "that both grow alike, `p_adjusted` after Benjamini and Hochberg for the number of trained models; none where "
    "either diverged."
)
UNBEATEN = (
    "Trained models whose mean nRMSE is not below that of persistence (next = last) or of linear extrapolation, on "
    "later frames of the training simulations (future) or on unseen simulations (domain)."
)
CROSSOVERS = (
    "The symmetry breaking from which on the relaxed model has the smaller nRMSE, as strength and as equivariance "
    "error of the data, with its bootstrap 95 % interval over seeds; the smallest value: ahead from the start; never: "
    "not ahead at the largest strength."
)


@dataclass(frozen=True)
class Tables:
    """What is known of a results folder at a glance; each is also a CSV file of this name."""

    leaderboard: pd.DataFrame
    comparisons: pd.DataFrame
    crossovers: pd.DataFrame
    costs: pd.DataFrame
    learned: pd.DataFrame
    unbeaten: pd.DataFrame


def formatted(table: pd.DataFrame) -> pd.DataFrame:
    """The leaderboard as text, with the interval beside the score and both places in one column."""
    text = table.drop(columns=["low", "high", "best", "worst"]).astype({"score": object})
    intervals = table[["score", "low", "high"]].itertuples(index=False)
    text["score"] = [score_text(Interval(*row)) for row in intervals]
    text.insert(3, "places", [_places(*row) for row in table[["best", "worst"]].itertuples(index=False)])
    text["parameters"] = table.parameters.map("{:,}".format)
    return text.astype(object).fillna("").astype(str)


def _places(best: float, worst: float) -> str:
    if math.isnan(best):
        return ""
    return f"{best:.0f}" if best == worst else f"{best:.0f}-{worst:.0f}"


def scenario_columns(table: pd.DataFrame) -> list[str]:
    """Columns of scores of single scenarios."""
    return [column for column in table.columns if column.startswith("score ")]


def _by_scenario(text: pd.DataFrame) -> pd.DataFrame:
    """The scores of single scenarios, without their intervals, each under the name of its scenario."""
    means = text[scenario_columns(text)].apply(lambda column: column.str.partition(" ")[0])
    return means.rename(columns=lambda name: name.removeprefix("score "))


def rich_table(table: pd.DataFrame, title: str) -> Group:
    """For the terminal, 100 columns wide: the overview, and the score by scenario where there are several.

    Names of models are never cut off; families and the errors at each data set are in the files.
    """
    text = formatted(table)
    scenarios = _by_scenario(text).rename(columns=lambda name: name.replace("-", "-\n"))
    parts = [_rich(text[[*RANKING, *SIZE]].drop(columns="family"), title)]
    if len(scenarios.columns):
        parts += ["", _rich(pd.concat([text.model, scenarios], axis=1), "score by scenario")]
    return Group(*parts)


def _rich(text: pd.DataFrame, title: str) -> Table:
    rendered = Table(title=title, box=box.SIMPLE_HEAD, padding=(0, 2, 0, 0), show_edge=False)
    for column in text.columns:
        rendered.add_column(column, justify="left" if column in TEXT_COLUMNS else "right", no_wrap=True)
    for row in text.itertuples(index=False):
        rendered.add_row(*row)
    return rendered


def latex(table: pd.DataFrame) -> str:
    """The overview and the scores by scenario as a ``tabular`` for the package booktabs, names escaped."""
    text = formatted(table)
    text = pd.concat([text[[*RANKING]], _by_scenario(text), text[[*SIZE]]], axis=1)
    alignment = "".join("l" if column in TEXT_COLUMNS else "r" for column in text.columns)
    tabular = text.to_latex(index=False, escape=True, column_format=alignment).translate(LATEX)
    return "% needs \\usepackage{booktabs}\n" + tabular


def page(tables: Tables) -> str:
    """Everything as Markdown, each table with what it means."""
    text = formatted(tables.leaderboard)
    head = [*RANKING, *scenario_columns(text), *SIZE]
    parts = [markdown(text[head]), SCORE, "## Error at each data set", ERRORS]
    parts.append(markdown(text[["model", *(name for name in text.columns if name not in head)]]))
    for section in sections(tables):
        parts += [f"## {section.title}", section.meaning, markdown(section.table)]
    return "\n\n".join(parts) + "\n"


@dataclass(frozen=True)
class Section:
    """A table as text, and what it means."""

    name: str
    title: str
    meaning: str
    table: pd.DataFrame


def sections(tables: Tables) -> list[Section]:
    """What stands below the leaderboard, without what is empty."""
    every = (
        Section("comparisons", "Comparisons", COMPARISONS, compared_text(tables.comparisons)),
        Section("crossovers", "Where relaxed models overtake strict ones", CROSSOVERS, crossed_text(tables.crossovers)),
        Section("costs", "What symmetry breaking costs", COSTS, cost_text(tables.costs)),
        Section("learned", "Learned equivariance error", LEARNED, learned_text(tables.learned)),
        Section("unbeaten", "Models that do not beat the baselines", UNBEATEN, unbeaten_text(tables.unbeaten)),
    )
    return [section for section in every if len(section.table)]


def compared_text(compared: pd.DataFrame) -> pd.DataFrame:
    """The paired comparisons as text."""
    return compared.assign(**_numbers(compared, "ratio", "p", "p_adjusted")).astype(str)


def cost_text(costs: pd.DataFrame) -> pd.DataFrame:
    """What symmetry breaking costs as text, an interval in one column."""
    growth = [str(Interval(*row)) for row in costs[["growth", "growth_low", "growth_high"]].itertuples(index=False)]
    ends, tests = _numbers(costs, "first", "last"), _numbers(costs, "p", "p_adjusted")
    return costs[[*SETTING, "strict", "model", "seeds"]].assign(**ends, growth=growth, **tests).astype(str)


def _numbers(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
    return table[[*columns]].map(lambda value: "" if math.isnan(value) else f"{value:.3g}")


def learned_text(learned: pd.DataFrame) -> pd.DataFrame:
    """The learned equivariance errors as text, an interval in one column."""
    slopes = [str(Interval(*row)) for row in learned[["slope", "slope_low", "slope_high"]].itertuples(index=False)]
    ends, test = _numbers(learned, "first", "last"), _numbers(learned, "p")
    return learned[[*SETTING, "model", "seeds"]].assign(**ends, slope=slopes, **test).astype(str)


def unbeaten_text(unbeaten: pd.DataFrame) -> pd.DataFrame:
    """The models that do not beat the baselines, as text."""
    return unbeaten.assign(**_numbers(unbeaten, "nrmse", "baseline_nrmse")).astype(str)


def crossed_text(crossed: pd.DataFrame) -> pd.DataFrame:
    """The crossovers as text, an interval in one column."""
    columns = [*SETTING, "strict", "relaxed"]
    text = crossed[columns].astype(str)
    for axis in ("strength", "data_error"):
        numbers = crossed[[axis, f"{axis}_low", f"{axis}_high"]].itertuples(index=False)
        text[axis] = [str(Interval(*row)).replace("inf", "never") for row in numbers]
    return text.assign(seeds=crossed.seeds.astype(str))


def markdown(text: pd.DataFrame) -> str:
    """A Markdown table; what a name could do to it or to the page is escaped."""
    alignment = ["---" if column in TEXT_COLUMNS else "---:" for column in text.columns]
    return "\n".join(_markdown_rows(text, alignment))


def _markdown_rows(text: pd.DataFrame, alignment: list[str]) -> Iterator[str]:
    for cells in (text.columns, alignment, *text.itertuples(index=False)):
        yield "| " + " | ".join(map(escaped, cells)) + " |"


def escaped(text: str) -> str:
    """The text, so that Markdown shows it as it is in a cell of a table or in a line."""
    return text.replace("|", "\\|").replace("<", "&lt;")
