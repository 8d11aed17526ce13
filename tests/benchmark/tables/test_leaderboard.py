"""The order of models, and what is said of them, by hand."""

import csv
import io
import math
import re
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console

from symbreak.benchmark.aggregation.loaded import LoadedResults, load
from symbreak.benchmark.aggregation.scores import gains, places, score, scores
from symbreak.benchmark.analysis.comparisons import comparisons
from symbreak.benchmark.analysis.leaderboard import leaderboard, leaderboard_text
from symbreak.benchmark.tables.all_tables import TABLES, compute_tables, section_of
from symbreak.benchmark.tables.leaderboard import write_leaderboard
from symbreak.benchmark.tables.markup import latex, leaderboard_markdown, markdown
from symbreak.benchmark.tables.provenance import provenance
from symbreak.benchmark.tables.terminal import rich_section, rich_table

from ..made_up import failed, made_up


def results(values, **columns):
    """nRMSE by (model, strength, seed)."""
    rows = [
        {
            "scenario": "s",
            "history": 1,
            "train_simulations": 24,
            "symmetry": "rotation",
            "strength": strength,
            "data_error": strength / 2,
            "model": model,
            "family": "strict",
            "seed": seed,
            "split": "domain",
            "metric": "nrmse",
            "step": "mean",
            "value": value,
            "n_parameters": 1234,
            "train_seconds": 2.0,
        }
        | columns
        for (model, strength, seed), value in values.items()
    ]
    return pd.DataFrame(rows)


def page(table: pd.DataFrame) -> str:
    """The tables of these results in Markdown."""
    return leaderboard_markdown(compute_tables(LoadedResults(Path("nowhere"), [], table)))


TABLE = results(
    {
        ("convnet", 0.0, 0): 0.4,
        ("convnet", 1.0, 0): 0.4,
        ("mine", 0.0, 0): 0.1,
        ("mine", 1.0, 0): 0.4,
        ("boom", 0.0, 0): 0.2,
        ("boom", 1.0, 0): None,
    }
)


def test_score_is_a_geometric_mean():
    """Four times better at one strength and equal at the other: sqrt(4 x 1) = 2. Leaving the numbers once: 0."""
    table = scores(gains(TABLE))
    assert table["mean"].to_dict() == pytest.approx({"convnet": 1.0, "mine": 2.0, "boom": 0.0})
    assert table.cells.tolist() == [2, 2, 2] and table.low.isna().all()


def test_no_score_without_the_reference():
    assert scores(gains(TABLE[TABLE.model != "convnet"]))["mean"].isna().all()


def test_where_the_reference_diverged_there_is_no_cell():
    """Of the cells with ratios 2 and (unknown) only the first counts, for both models."""
    values = {("convnet", 0.0, 0): 0.4, ("convnet", 1.0, 0): None, ("mine", 0.0, 0): 0.2, ("mine", 1.0, 0): 0.1}
    table = scores(gains(results(values)))
    assert table["mean"].to_dict() == pytest.approx({"convnet": 1.0, "mine": 2.0})
    assert table.cells.to_dict() == {"convnet": 1, "mine": 1}


def test_interval_of_the_score_is_over_seeds():
    """Seed 0 has ratios 4 and 1, seed 1 ratios 1 and 1: means of logarithms ln 2 and 0; of two seeds the interval ends
    at either."""
    ratios = {("mine", 0.0, 0): 4.0, ("mine", 1.0, 0): 1.0, ("mine", 0.0, 1): 1.0, ("mine", 1.0, 1): 1.0}
    assert vars(score(gain_of(ratios))) == pytest.approx({"mean": 2**0.5, "low": 1.0, "high": 2.0})


def test_a_seed_that_lacks_a_data_set_does_not_count():
    """Twice as good at strength 0, half as good at strength 1, where seed 1 failed: 1, not 4^(1/3)."""
    ratios = {("mine", 0.0, 0): 2.0, ("mine", 1.0, 0): 0.5, ("mine", 0.0, 1): 2.0}
    reference = {("convnet", strength, seed): 1.0 for strength in (0.0, 1.0) for seed in (0, 1)}
    row = scores(gains(results({key: 1 / value for key, value in ratios.items()} | reference))).loc["mine"]
    assert row["mean"] == pytest.approx(1) and row.cells == 2


def gain_of(ratios: dict) -> pd.Series:
    """Gains of ``mine`` with these ratios to the convnet."""
    values = ratios | {("convnet", strength, seed): 1.0 for _, strength, seed in ratios}
    return gains(results({key: 1 / value for key, value in values.items()}))["mine"]


def test_places_over_seeds():
    """Seed 0 ranks a, b, convnet; seed 1 ranks b, a, convnet; one seed alone says nothing."""
    values = {("convnet", 0.0, 0): 9.0, ("a", 0.0, 0): 1.0, ("b", 0.0, 0): 2.0}
    assert places(gains(results(values))).isna().all(axis=None)
    values |= {("convnet", 0.0, 1): 9.0, ("a", 0.0, 1): 2.0, ("b", 0.0, 1): 1.0}
    found = places(gains(results(values)))
    assert found.T.to_dict("list") == {"a": [1, 2], "b": [1, 2], "convnet": [3, 3]}


def test_order_and_columns():
    table = leaderboard(TABLE)
    assert table.model.tolist() == ["mine", "convnet", "boom"]
    assert table.columns.tolist()[-2:] == ["0 (error 0)", "1 (error 0.5)"]
    assert table.iloc[2, -1] == "diverged"


def test_score_by_scenario():
    """Twice as good in one scenario and half as good in the other: 2, 1/2, and 1 over all."""
    values = {("convnet", 0.0, 0): 0.4, ("mine", 0.0, 0): 0.2}, {("convnet", 0.0, 0): 0.4, ("mine", 0.0, 0): 0.8}
    table = leaderboard(pd.concat([results(values[0]), results(values[1], scenario="t")])).set_index("model")
    assert table.loc["mine", ["score", "score s", "score t"]].tolist() == [pytest.approx(1), "2.000", "0.500"]
    assert table.columns.tolist()[-2:] == ["s 0 (error 0)", "t 0 (error 0)"]


TURNS = {("convnet", 0.0, 0): 0.4, ("rpp-rotation", 0.0, 0): 0.2, ("equiv-rotation", 0.0, 0): 0.1}
SCALES = {("convnet", 0.0, 0): 0.4, ("rpp-scaling", 0.0, 0): 0.8}
BOTH = pd.concat([results(TURNS, scenario="r"), results(SCALES, scenario="s", symmetry="scaling")])


def test_over_several_symmetries_kinds_are_ranked_and_only_those_that_were_run_everywhere():
    """rpp: twice as good in one scenario, half as good in the other. equiv, four times as good in one, has no score."""
    table = leaderboard(BOTH)
    assert table.model.tolist() == ["convnet", "rpp", "equiv"] and table.cells.tolist() == [2, 2, 1]
    assert table.score.tolist() == pytest.approx([1, 1, math.nan], nan_ok=True)
    assert table["score r"].tolist() == ["1.000", "2.000", "4.000"]
    assert table["score s"].tolist()[:2] == ["1.000", "0.500"]
    assert "| equiv | strict |  |  | 4.000 |  | 1 |" in page(BOTH)
    everywhere = comparisons(BOTH).query("scenario == 'all' and reference == 'convnet'")
    assert everywhere.model.tolist() == ["rpp"] and everywhere.ratio.tolist() == pytest.approx([1])


def test_a_model_that_lacks_a_strength_has_no_score():
    """Three times as good at the only one that it was run on; one at which the convnet diverged is not missed."""
    values = {("convnet", strength, 0): 0.3 for strength in (0.0, 0.5)} | {("convnet", 1.0, 0): None}
    values |= {("some", 0.0, 0): 0.1} | {("mine", strength, 0): 0.3 for strength in (0.0, 0.5)}
    table = leaderboard(results(values)).set_index("model")
    assert table.score.to_dict() == pytest.approx({"convnet": 1, "mine": 1, "some": math.nan}, nan_ok=True)


def test_a_seed_ranks_only_models_that_have_all_its_cells():
    """With seed 1, mine was run at strength 0 alone, where the convnet is worst."""
    values = {("convnet", strength, seed): 0.3 for strength in (0.0, 1.0) for seed in (0, 1)}
    values |= {("mine", 0.0, 0): 0.6, ("mine", 1.0, 0): 0.6, ("mine", 0.0, 1): 0.1}
    found = places(gains(results(values)))
    assert found.T.to_dict("list") == {"convnet": [1, 1], "mine": [2, 2]}


@pytest.mark.parametrize("name, words", [("history", "history 1"), ("train_simulations", "train 6")])
def test_settings_are_never_averaged_together(name, words):
    """Errors 0.2 and 0.4 at one strength of two settings are two columns."""
    other = {"history": 1, "train_simulations": 6}[name]
    value = {("convnet", 0.0, 0): 0.4}
    table = leaderboard(pd.concat([results(value, **{name: 30}), results({("convnet", 0.0, 0): 0.2}, **{name: other})]))
    assert table.iloc[0, -2:].to_dict() == {f"{words} 0 (error 0)": "0.2", f"{words[:-1]}30 0 (error 0)": "0.4"}


def test_interval_over_seeds():
    table = leaderboard(results({("convnet", 0.0, seed): 0.1 * (1 + seed) for seed in range(3)}))
    assert table.iloc[0, -1] == "0.2 [0.1, 0.3]"
    assert table.parameters[0] == 1234 and not math.isnan(table.score[0])


def test_page():
    text = page(TABLE)
    assert "| model | family | score | places | cells | parameters | train s |" in text
    assert "| mine | strict | 2.000 |  | 2 | 1,234 | 2.0 |" in text
    assert "| mine | 0.1 | 0.4 |" in text


def test_a_folder_without_the_reference_has_tables_all_the_same(tmp_path):
    table = write_leaderboard(LoadedResults(tmp_path, [], results({("mine", 0.0, 0): 0.1, ("other", 0.0, 0): 0.2})))
    assert set(table.model) == {"mine", "other"} and table.score.isna().all()
    assert (tmp_path / "summary.md").read_text().startswith("| model |")


def test_names_are_escaped():
    table = leaderboard(TABLE.replace("mine", "my_model|<b>&%$"))
    assert "| my_model\\|&lt;b>&%$ |" in markdown(table[["model"]])
    assert r"my\_model\textbar{}\textless{}b\textgreater{}\&\%\$ & strict & 2.000" in latex(table)
    start = r"% needs \\usepackage\{booktabs\}\n\\begin\{tabular\}\{llrrrrr\}\n\\toprule\nmodel & family"
    assert re.match(start, latex(table))


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="expected pdflatex, got none")
def test_the_table_for_papers_compiles(tmp_path):
    """Every character that LaTeX reads as a command, in the name of a model and of a scenario."""
    hostile = r"a_b%c&d$e#f{g}h~i^j\k|<b>±"
    table = pd.concat([TABLE.replace("mine", hostile), TABLE.assign(scenario=hostile)])
    rules = (
        r"\IfFileExists{booktabs.sty}{\usepackage{booktabs}}{\let\toprule\hline\let\midrule\hline\let\bottomrule\hline}"
    )
    head = rf"\documentclass{{article}}\usepackage[T1]{{fontenc}}{rules}\begin{{document}}"
    (tmp_path / "paper.tex").write_text(f"{head}\n{latex(leaderboard(table))}\n\\end{{document}}\n")
    done = subprocess.run(
        ["pdflatex", "-halt-on-error", "-interaction=nonstopmode", "paper.tex"], cwd=tmp_path, capture_output=True
    )
    assert done.returncode == 0, done.stdout.decode()[-1000:]


RECORD = made_up(
    model="mine|<b>",
    machine="x86_64 Linux",
    device="cuda",
    versions={"torch": "2.6.0", "numpy": "2.4.6"},
    source={"commit": "c0ffee", "dirty": False},
)


def test_provenance():
    """Two runs of one model with one code, and one that failed with another, before it knew its data."""
    without = failed(model=RECORD.model, machine=RECORD.machine, versions=RECORD.versions)
    text = provenance([RECORD, RECORD, without])
    assert "3 runs, 1 failed." in text and f"| rotation-buoyancy | 0.5 | 24 | {RECORD.data.hash} |" in text
    who = r"mine\|&lt;b>: x86_64 Linux"
    assert f"- 2 runs of {who}; on cuda; torch 2.6.0, numpy 2.4.6; commit c0ffee\n" in text
    assert f"- 1 run of {who}; torch 2.6.0, numpy 2.4.6\n" in text


def test_files(tmp_path):
    write_leaderboard(LoadedResults(tmp_path, [RECORD], TABLE))
    assert "commit c0ffee" in (tmp_path / "leaderboard.md").read_text()
    with (tmp_path / "comparisons.csv").open() as file:
        assert {row["model"] for row in csv.DictReader(file)} == {"mine", "boom", "convnet"}
    assert (tmp_path / "crossovers.csv").read_text().startswith("scenario,history,train_simulations,strict,relaxed")
    assert "## Comparisons" in (tmp_path / "leaderboard.md").read_text()
    below = (tmp_path / "tables.tex").read_text()
    assert "% Comparisons" in below and below.count(r"\begin{tabular}") == below.count("\n% ") > 1
    assert "declared" not in below, "an empty table is left out"


@pytest.mark.parametrize(
    "name, said",
    [
        ("nothing", "expected one of the tables leaderboard, declared, .*, got 'nothing'"),
        ("declared", "got .*, for which it is empty"),
    ],
)
def test_a_table_that_is_not_there_is_named(name, said):
    with pytest.raises(ValueError, match=said):
        section_of(LoadedResults(Path("folder"), [], TABLE), name)


def test_any_table_in_the_terminal():
    """What all rows share stands in the title, and models come first."""
    with Console(file=io.StringIO(), width=120) as console:
        console.print(rich_section(section_of(LoadedResults(Path("folder"), [], TABLE), "comparisons")))
    title, *_ = said = console.file.getvalue().splitlines()
    assert "Comparisons" in title and any(line.startswith("model") for line in said)
    assert any(line.startswith("mine") for line in said)


def test_every_table_has_a_name_of_its_own_and_says_what_its_columns_mean():
    """Names are those of files and of places on the page; words and numbers stand in columns that the table has."""
    assert len({table.name for table in TABLES}) == len(TABLES)
    loaded = LoadedResults(Path("nowhere"), [], BOTH)
    for table in TABLES:
        computed = table.compute(loaded)
        assert table.title and table.meaning.endswith(".")
        assert (
            {*table.text_columns}
            <= {*table.format(computed).columns}
            <= {*computed.columns, *table.text_columns, "places"}
        )


def test_what_is_loaded_is_handed_on():
    loaded = LoadedResults(Path("nowhere"), [], TABLE)
    assert load(loaded) is loaded


def test_terminal_shows_whole_names_in_100_columns():
    """The longest name of the registry, five scenarios, three seeds."""
    models = ("convnet", "rsteer-translation-rotation", "convnet+augment")
    values = {(model, 0.0, seed): 0.1 + seed for model in models for seed in range(3)}
    names = ("rotation-buoyancy", "translation-inflow", "scaling-diffusion", "reflection-wind", "rotation-inflow")
    table = leaderboard(pd.concat([results(values, scenario=name) for name in names]))
    console = Console(width=100, record=True, file=io.StringIO())
    console.print(rich_table(table, "results"))
    text = console.export_text()
    assert text.count("rsteer-translation-rotation") == text.count("convnet+augment") == 2
    assert "score by scenario" in text and "…" not in text and max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize("width", [30, 40, 60, 100])
def test_no_number_vanishes_in_a_narrow_terminal(width):
    """What there is no room for beside the others stands below them, and long names are wrapped."""
    values = {(m, 0.0, s): v + s for m, v in (("convnet", 1.0), ("rsteer-translation-rotation", 0.5)) for s in range(3)}
    table = leaderboard(pd.concat([results(values, scenario=name) for name in ("rotation-buoyancy", "scaling-drag")]))
    console = Console(width=width, record=True, file=io.StringIO())
    console.print(rich_table(table, "results"))
    text = console.export_text()
    assert "…" not in text and max(map(len, text.splitlines())) <= max(width, 30)
    for number in leaderboard_text(table)[["score", "places", "cells", "parameters", "train s"]].to_numpy().ravel():
        assert number in text
