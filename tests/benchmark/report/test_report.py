"""The report page: what it says, that it is safe, and that it works in a browser."""

import json
import math
import re
import shutil
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from symbreak.benchmark.aggregation.long_table import tabulate
from symbreak.benchmark.aggregation.table import Table
from symbreak.benchmark.figures.folder import plot_folder
from symbreak.benchmark.records.records import RunRecord, save_run
from symbreak.benchmark.report import write_report
from symbreak.benchmark.report.curves import SYMBOLS, model_looks, series
from symbreak.benchmark.report.page import code
from symbreak.benchmark.report.strips import LEVELS, strip
from symbreak.benchmark.style.palette import MARKERS
from symbreak.benchmark.tables import all_tables
from symbreak.benchmark.tables.leaderboard import write_leaderboard

from ..made_up import configured, failed, made_up

HOSTILE = "<img src=x onerror=alert(1)><b>"
SCRIPT = "</script><script>alert(1)</script>"
FAMILIES = {
    "convnet": "unconstrained",
    "equiv-rotation": "strict",
    "persistence": "baseline",
    "rpp-rotation": "relaxed",
    HOSTILE: "mine",
}
STEPS = 3


def record(scenario: str, strength: float, model: str, seed: int, **changes: Any) -> RunRecord:
    """A run as :mod:`symbreak.benchmark.runs.execute` records it; the error depends on all labels."""
    base = 0.1 * (1 + list(FAMILIES).index(model)) + 0.2 * strength + 0.01 * seed
    metrics = [
        {"split": split, "metric": metric, "step": step, "value": base * (step if step != "mean" else 2) * factor}
        for split in ("future", "domain")
        for metric, factor in (("nrmse", 1.0), ("rmse", 0.5))
        for step in (*range(1, STEPS + 1), "mean")
    ]
    metrics += [
        {"split": "domain", "metric": "equivariance_error", "step": step, "value": strength / 3 + seed / 100}
        for step in (1, 5, 10, 20)
    ]
    content = {
        "scenario": scenario,
        "strength": strength,
        "model": model,
        "seed": seed,
        "versions": {"symbreak": "0.1.0", "torch": "2.6.0"},
        "machine": "x86_64 Linux, Python 3.11",
        "family": FAMILIES[model],
        "errors": {"1": 0.0, "5": strength / 4, "10": strength / 2, "20": strength},
        "n_parameters": 100 * len(model),
        "metrics": metrics,
    }
    return made_up(**content | changes)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two scenarios, three strengths, two seeds, five models of which one seed diverges at one place, a failed run."""
    folder = tmp_path_factory.mktemp("results")
    runs = [
        record(scenario, strength, model, seed)
        for scenario in ("rotation-buoyancy", "rotation-buoyancy-onset")
        for strength in (0.0, 0.5, 1.0)
        for model in FAMILIES
        for seed in (0, 1)
    ]
    runs[-1] = replace(runs[-1], metrics=[row._replace(value=None) for row in runs[-1].rows])
    lost = failed(model=HOSTILE, strength=1.0, seed=2)
    runs.append(replace(lost, reason=f"Boom: {SCRIPT}"))
    random = np.random.default_rng(0)
    rollout = {name: random.normal(size=(STEPS, 2, 5, 7)).astype(np.float16) for name in ("prediction", "target")}
    for run in runs:
        save_run(folder, run, {}, rollout if run.done else {})
    return folder


@pytest.fixture(scope="module")
def page(folder) -> str:
    return write_report(folder).read_text()


def test_series_hold_steps_in_order_and_what_never_was_finite_is_empty():
    values = {"10": 10.0, "2": 2.0, "mean": None}
    metrics = [{"split": "domain", "metric": "rmse", "step": s, "value": v} for s, v in values.items()]
    errors = {"10": 0.45199999999999996}
    [line] = series(tabulate([record("rotation-buoyancy", 1.0, "convnet", 0, metrics=metrics, errors=errors)]))
    assert line["step"] == ["2", "10", "mean"] and line["mean"] == [2.0, 10.0, None]
    assert line["data_error"] == 0.452 and line["low"] == [None] * 3 and line["diverged"] == ["mean"]
    assert json.loads(json.dumps(line, allow_nan=False)) == line


def test_every_marker_of_the_palette_has_a_plotly_symbol_and_black_is_white_in_the_dark():
    assert set(SYMBOLS) == set(MARKERS)
    [strict] = model_looks(tabulate([record("rotation-buoyancy", 0.0, "equiv-rotation", 0)]))
    assert (strict["light"], strict["dark"]) == ("#000000", "#ffffff")


def test_strips_draw_x_to_the_right_and_y_up():
    """One bright cell at x = 4, y = 0 of 5 x 7 lies in the last row and the fifth column."""
    speed = np.zeros((2, 5, 7))
    speed[0, 4, 0] = 3.0
    shades = strip([speed], top=3.0)
    assert shades.shape == (7, 11) and shades[6, 4] == LEVELS - 1
    assert (shades == LEVELS).sum() == 7, "the gap between the frames"
    assert (shades == 0).sum() == 7 * 10 - 1


def test_a_rollout_that_left_the_numbers_is_drawn_bright():
    assert (strip([np.full((1, 5, 7), math.nan)], top=1.0) == LEVELS - 1).all()


def test_page_names_data_versions_configurations_and_reasons(page):
    for text in (
        configured(scenario="rotation-buoyancy-onset").recipe.hash,
        "torch 2.6.0",
        "config.recipe.strength = 0.5",
        "Boom: &lt;/script&gt;",
    ):
        assert text in page
    assert len(page.encode()) < 8e6


def test_explanations_show_code_and_escape_the_rest(page):
    assert code("`score` of a < b: `<i>`") == "<code>score</code> of a &lt; b: <code>&lt;i&gt;</code>"
    assert "<p><code>score</code> is how many times smaller" in page


def test_names_from_users_are_escaped_everywhere(page):
    assert "<img src=x" not in page and SCRIPT not in page
    assert "&lt;img src=x onerror=alert(1)&gt;&lt;b&gt;" in page
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL).group(1)
    assert HOSTILE in {model["name"] for model in json.loads(data)["models"]}


def test_a_page_without_the_reference_and_without_rollouts(tmp_path):
    save_run(tmp_path, record("rotation-buoyancy", 0.5, "persistence", 0), {}, {})
    page = write_report(tmp_path).read_text()
    assert 'id="comparisons"' not in page and 'id="rollouts"' not in page and "Every run finished" in page


def test_the_page_names_the_commit_of_the_code(tmp_path):
    """Runs of one machine and commit are one line; where git was missing nothing is said."""
    for number, source in enumerate(({"commit": "c0ffee", "dirty": True}, {"commit": None, "dirty": None}, None)):
        save_run(tmp_path, record("rotation-buoyancy", 0.5, "convnet", number, source=source), {}, {})
    page = write_report(tmp_path).read_text()
    assert re.findall(r"(\d) runs? of convnet: x86_64.*torch 2.6.0(.*)</li>", page) == [
        ("2", ""),
        ("1", "; commit c0ffee, with changes"),
    ]


def test_a_kind_of_model_leads_to_its_runs_in_all_scenarios(tmp_path):
    """A model that failed wherever it was run is in no table, and keeps its name."""
    turns = record("rotation-buoyancy", 0.5, "equiv-rotation", 0)
    scales = made_up(scenario="scaling-drag", model="equiv-scaling")
    for run in (turns, scales, failed(scenario="scaling-drag", model="rpp-scaling")):
        save_run(tmp_path, run, {}, {})
    page = write_report(tmp_path).read_text()
    assert '<a href="#runs-0">equiv</a>' in page and '<h4 id="runs-1">rpp-scaling</h4>' in page
    of_equiv = page.split('<h4 id="runs-0">equiv</h4>')[1].split("<h4")[0]
    assert "model = equiv-rotation" in of_equiv and "model = equiv-scaling" in of_equiv


def test_columns_of_an_only_setting_are_left_out_and_the_model_is_first(folder, page, tmp_path):
    """On the page alone, and where there are two scenarios only what is equal in both."""
    headings = r'<th scope="col"[^>]*>(\w+)</th>'
    assert "scenario" in re.findall(headings, page) and "history" not in re.findall(headings, page)
    compared = re.findall(headings, page.split('id="comparisons"')[-1].split("</thead>")[0])
    assert compared[:3] == ["model", "scenario", "reference"]
    save_run(tmp_path, record("rotation-buoyancy", 0.5, "convnet", 0), {}, {})
    save_run(tmp_path, record("rotation-buoyancy", 1.0, "convnet", 0), {}, {})
    learned = write_report(tmp_path).read_text().split('id="learned"')[-1]
    assert re.findall(headings, learned.split("</thead>")[0]) == ["model", "seeds", "first", "last", "slope", "p"]


def test_adding_a_table_takes_one_object(tmp_path, monkeypatch):
    """In the tuple of all tables it is a CSV file, a section of the Markdown and one of the page."""
    runs_of = Table(
        name="runs-of",
        title="Runs of each model",
        meaning="`runs`: how many.",
        compute=lambda loaded: loaded.results.groupby("model", as_index=False).agg(runs=("seed", "nunique")),
        format=lambda table: table.astype(str),
    )
    monkeypatch.setattr(all_tables, "TABLES", (*all_tables.TABLES, runs_of))
    save_run(tmp_path, record("rotation-buoyancy", 0.5, "convnet", 0), {}, {})
    write_leaderboard(tmp_path)
    assert (tmp_path / "runs-of.csv").read_text() == "model,runs\nconvnet,1\n"
    section = "## Runs of each model\n\n`runs`: how many.\n\n| model | runs |\n| --- | ---: |\n| convnet | 1 |\n"
    assert section in (tmp_path / "leaderboard.md").read_text()
    page = write_report(tmp_path).read_text()
    assert '<h2 id="runs-of">Runs of each model</h2>' in page and "<code>runs</code>: how many." in page


def test_a_folder_where_every_run_failed_has_no_page(tmp_path):
    save_run(tmp_path, failed(), {}, {})
    with pytest.raises(ValueError, match="expected a finished run"):
        write_report(tmp_path)


@pytest.fixture(scope="module")
def chromium():
    """A browser that logs what its console says and what it requests."""
    webdriver = pytest.importorskip("selenium.webdriver")
    browser, driver = shutil.which("chromium") or shutil.which("google-chrome"), shutil.which("chromedriver")
    if not (browser and driver):
        pytest.skip("expected chromium and chromedriver, got none")
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"):
        options.add_argument(argument)
    for argument in ("--disable-background-networking", "--disable-component-update", "--disable-quic"):
        options.add_argument(argument)
    options.add_argument("--window-size=1280,900")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    chromium = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield chromium
    chromium.quit()


@pytest.fixture
def browser(chromium, folder, page):
    """The page, freshly opened; afterwards its console must be empty, and it must have loaded nothing but itself."""
    address = (folder / "report.html").as_uri()
    for log in ("browser", "performance"):
        chromium.get_log(log)
    chromium.get(address)
    yield chromium
    assert chromium.get_log("browser") == []
    assert {url for url in requests(chromium) if not url.startswith(("data:", "blob:"))} == {address}


def requests(chromium) -> list[str]:
    """Addresses requested since the last call."""
    messages = [json.loads(entry["message"])["message"] for entry in chromium.get_log("performance")]
    sent = [message["params"] for message in messages if message["method"] == "Network.requestWillBeSent"]
    return [event["request"]["url"] for event in sent]


def column(browser, index: int) -> list[str]:
    return browser.execute_script(
        "return [...document.querySelector('table').tBodies[0].rows].map(row => row.cells[arguments[0]].textContent)",
        index,
    )


def curves(browser, chart: str) -> dict[str, list[float]]:
    """The named lines that are drawn, by model."""
    return browser.execute_script(
        "const chart = document.getElementById(arguments[0]);"
        "const drawn = chart.querySelectorAll('.scatterlayer .trace').length;"
        "if (drawn !== chart.data.length) throw new Error(`expected ${chart.data.length} traces, got ${drawn}`);"
        "return Object.fromEntries(chart.data.filter(t => t.name).map(t => [t.name, t.y]))",
        chart,
    )


def choose(browser, name: str, value: str):
    from selenium.webdriver.support.select import Select

    Select(browser.find_element("name", name)).select_by_value(value)


def test_headings_sort_by_mouse_and_keyboard_and_say_so(browser):
    headings = browser.find_elements("css selector", "table.sortable th[scope=col]")
    names = [heading.text.split()[0] for heading in headings]
    assert headings[names.index("score")].get_attribute("aria-sort") == "descending"
    parameters = names.index("parameters")
    headings[parameters].find_element("tag name", "button").click()
    numbers = [int(text.replace(",", "")) for text in column(browser, parameters)]
    assert numbers == sorted(numbers) and min(numbers) < 1000 < max(numbers)
    assert [heading.get_attribute("aria-sort") for heading in headings].count("ascending") == 1
    headings[0].find_element("tag name", "button").send_keys("\n")
    assert column(browser, 0) == sorted(column(browser, 0), key=str.lower)
    assert headings[parameters].get_attribute("aria-sort") is None


def test_intervals_sort_by_their_mean_and_divergence_comes_last(browser):
    headings = browser.find_elements("css selector", "table.sortable th[scope=col]")
    index = next(i for i, heading in enumerate(headings) if heading.text.startswith("rotation-buoyancy-onset 1 "))
    for _ in range(2):
        headings[index].find_element("tag name", "button").click()
        shown = column(browser, index)
        assert shown[-1] == "diverged" and all("[" in text for text in shown[:-1])
    means = [float(text.split()[0]) for text in shown[:-1]]
    assert means == sorted(means, reverse=True)


def test_another_metric_and_scenario_change_the_curves(browser):
    """RMSE is half of nRMSE here; over all steps nRMSE of the convnet is 2 (0.1 + 0.2 strength + 0.005)."""
    assert curves(browser, "asymmetry")["convnet"] == pytest.approx([0.21, 0.41, 0.61])
    choose(browser, "metric", "rmse")
    assert curves(browser, "asymmetry")["convnet"] == pytest.approx([0.105, 0.205, 0.305])
    assert curves(browser, "rollout")["convnet"] == pytest.approx([0.1525, 0.305, 0.4575])
    choose(browser, "step", "1")
    assert curves(browser, "asymmetry")["convnet"] == pytest.approx([0.0525, 0.1025, 0.1525])
    choose(browser, "axis", "strength")
    axis = "return document.getElementById('asymmetry').data.find(t => t.name === 'convnet').x"
    assert browser.execute_script(axis) == [0, 0.5, 1]
    assert "Some seeds diverged" not in browser.find_element("id", "asymmetry-note").text
    choose(browser, "scenario", "rotation-buoyancy-onset")
    assert f"Some seeds diverged and are left out: {HOSTILE}" in browser.find_element("id", "asymmetry-note").text


def test_learned_symmetry_is_drawn_over_that_of_the_data(browser):
    """Strength / 3 + 0.005 over strength / 2, and the diagonal."""
    assert curves(browser, "learned")["convnet"] == pytest.approx([0.005, 0.1717, 0.3383], abs=1e-4)
    diagonal = browser.execute_script("return document.getElementById('learned').data[0]")
    assert diagonal["x"] == diagonal["y"] == [0, 0.5]


def test_a_model_is_taken_off_and_put_back_with_the_keyboard(browser):
    box = browser.find_element("css selector", "#models input[value=convnet]")
    box.send_keys(" ")
    for chart in ("asymmetry", "rollout", "learned"):
        assert "convnet" not in curves(browser, chart) and "equiv-rotation" in curves(browser, chart)
    assert not browser.find_element("css selector", "figure[data-model=convnet]").is_displayed()
    box.send_keys(" ")
    assert "convnet" in curves(browser, "asymmetry")
    browser.find_element("css selector", "button[value=none]").click()
    assert curves(browser, "asymmetry") == {}
    browser.find_element("css selector", "button[value=all]").click()
    assert len(curves(browser, "asymmetry")) == len(FAMILIES)


def test_hostile_names_are_text_in_the_browser(browser):
    assert HOSTILE in column(browser, 0)
    assert HOSTILE in [label.text.splitlines()[-1] for label in browser.find_elements("css selector", "#models label")]
    assert browser.execute_script("return document.querySelectorAll('img[onerror], img[src=x]').length") == 0
    point = "document.getElementById('asymmetry')"
    number = f"{point}.data.findIndex(trace => trace.name?.includes('img'))"
    browser.execute_script(f"Plotly.Fx.hover({point}, [{{curveNumber: {number}, pointNumber: 1}}])")
    assert HOSTILE in browser.execute_script(f"return {point}.querySelector('.hoverlayer').textContent")


def test_colors_follow_the_scheme(browser):
    """The strict family is black on white, and white in the dark."""
    from selenium.webdriver.support.wait import WebDriverWait

    color = "return document.getElementById('asymmetry').data.find(t => t.name === 'equiv-rotation').line.color"
    for scheme, expected in (("dark", "#ffffff"), ("light", "#000000")):
        media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
        WebDriverWait(browser, 10).until(lambda driver, expected=expected: driver.execute_script(color) == expected)


def test_a_model_leads_to_its_runs(browser):
    browser.find_element("link text", "convnet").click()
    heading = browser.find_element("xpath", "//h4[.='convnet']")
    assert heading.is_displayed() and browser.current_url.endswith("#" + heading.get_attribute("id"))


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_sticks_out_to_the_side(browser, width):
    size = {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.refresh()
    widths = "return [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    content, window = browser.execute_script(widths)
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert content <= window <= width


def test_the_policy_stops_scripts_and_requests(chromium, folder, page):
    """What a name could do if it were not escaped: run a handler, load a picture, send data."""
    chromium.get((folder / "report.html").as_uri())
    stopped, broken = chromium.execute_async_script(
        "const done = arguments[0], stopped = [];"
        "document.addEventListener('securitypolicyviolation', event => stopped.push(event.effectiveDirective));"
        "document.body.insertAdjacentHTML('beforeend',"
        ' \'<img src="https://example.org/x.png" onerror="window.broken = 1">\');'
        "fetch('https://example.org').catch(() => 0).then(() => setTimeout(() => done([stopped, window.broken]), 200));"
    )
    assert {"img-src", "connect-src", "script-src-attr"} <= set(stopped) and broken is None


NOTHING = [{"split": split, "metric": "nrmse", "step": "mean", "value": None} for split in ("domain", "future")]
LOST = {"status": "failed", "diverged": True, "metrics": None, "reason": "the loss is not finite"}
HUGE = [row | {"value": 1e300} for row in NOTHING]


@pytest.mark.parametrize("scenario", ["rotation-buoyancy", "rotation-buoyancy-onset"])
@pytest.mark.parametrize(
    "runs",
    [
        {"convnet": LOST, "equiv-rotation": LOST},
        {"convnet": LOST, "equiv-rotation": {}},
        {"convnet": {"metrics": NOTHING}, "equiv-rotation": {"metrics": NOTHING}},
        {"convnet": {"metrics": HUGE}, "equiv-rotation": LOST},
    ],
    ids=["all diverged", "one diverged", "nothing finite", "huge and diverged"],
)
def test_tables_page_and_figures_of_any_mixture(tmp_path, scenario, runs):
    for strength in (0.0, 1.0):
        for model, changes in runs.items():
            save_run(tmp_path, made_up(scenario=scenario, strength=strength, model=model, **changes), {}, {})
    assert set(write_leaderboard(tmp_path).model) == set(runs)
    assert write_report(tmp_path).exists()
    assert plot_folder(tmp_path)
