// The curves: what the controls choose out of the embedded series is drawn by plotly and listed in a table.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const { models, metrics, splits, dataErrorLabels, withDiagonal, learnedStep, floorName } = data;
  const series = data.series.map((values) => Object.fromEntries(data.columns.map((name, i) => [name, values[i]])));
  for (const row of series) row.step = data.steps[row.step];
  const ofModels = series.filter((row) => row.model !== floorName);
  const controls = document.getElementById("controls");
  const choice = Object.fromEntries([...controls.querySelectorAll("select")].map((select) => [select.name, select]));
  const modelBoxes = new Map();
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const SETTING = ["scenario", "history", "train_simulations"];
  const BUTTONS = ["toImage", "zoomIn2d", "zoomOut2d", "resetScale2d"];
  const touch = matchMedia("(pointer: coarse)").matches;

  const labels = {
    metric: (name) => metrics[name]?.[0] ?? name,
    split: (name) => (splits[name] ?? name).split(":")[0],
    axis: (name) => (name === "strength" ? "strength of the breaking" : "as measured"),
    step: (step) => (step === "mean" ? "all" : step),
    train_simulations: (count) => `${count} simulation${count === 1 ? "" : "s"}`,
  };
  const preferred = { metric: ["relative_l2", "nrmse"], split: ["orbit", "domain"], step: ["mean", learnedStep] };

  // ---- controls

  function addModels() {
    for (const model of models) {
      const label = document.createElement("label");
      const box = Object.assign(document.createElement("input"), { type: "checkbox", checked: true, value: model.name });
      const marker = Object.assign(document.createElement("span"), { textContent: model.character, ariaHidden: true });
      marker.style.setProperty("--light", model.light);
      marker.style.setProperty("--dark", model.dark);
      label.append(box, marker, model.name);
      label.title = model.family;
      document.getElementById("models").append(label);
      modelBoxes.set(model.name, box);
    }
  }

  function offer(name, values) {
    const select = choice[name];
    const last = name === "strength" ? values.at(-1) : values[0];
    const wanted = [select.value, ...(preferred[name] ?? []), String(last)];
    select.replaceChildren(...values.map((value) => new Option(labels[name]?.(value) ?? value, value)));
    select.value = wanted.find((value) => values.map(String).includes(value));
    select.disabled = values.length < 2;
  }

  // Narrows the series control by control, so that each offers only what there is; returns what is left.
  function narrow() {
    let rows = ofModels;
    for (const name of [...SETTING, "metric", "split"]) {
      offer(name, distinct(rows.map((row) => row[name])));
      rows = rows.filter((row) => String(row[name]) === choice[name].value);
    }
    offer("step", distinct(rows.flatMap((row) => row.step)));
    offer("strength", distinct(rows.map((row) => row.strength)));
    return rows;
  }

  function distinct(values) {
    return [...new Set(values)];
  }

  // ---- points of the three charts

  function byModel(rows, points) {
    return models
      .filter((model) => modelBoxes.get(model.name).checked)
      .map((model) => {
        const own = rows.filter((row) => row.model === model.name).flatMap(points);
        return { model, points: own.filter((point) => point.mean !== null).sort((a, b) => a.x - b.x) };
      })
      .filter((line) => line.points.length);
  }

  function point(row, index, x) {
    return { x, mean: row.mean[index], low: row.low[index], high: row.high[index], strength: row.strength };
  }

  function atStep(row, step, axis) {
    const index = row.step.indexOf(step);
    return index < 0 ? [] : [point(row, index, row[axis])];
  }

  function overSteps(row) {
    return row.step.flatMap((step, index) => (step === "mean" ? [] : [point(row, index, Number(step))]));
  }

  function divergence(rows, step) {
    const lost = rows.filter((row) => (step ? row.diverged.includes(step) : row.diverged.length));
    const names = distinct(lost.filter((row) => modelBoxes.get(row.model).checked).map((row) => row.model));
    return names.length ? `. Some seeds diverged and are left out: ${names.join(", ")}` : "";
  }

  // ---- drawing

  function update() {
    const rows = narrow();
    const { scenario, history, train_simulations, metric, split, step, axis, strength } = Object.fromEntries(
      Object.entries(choice).map(([name, select]) => [name, select.value]),
    );
    const ofSetting = (row) => SETTING.every((name) => String(row[name]) === choice[name].value);
    const here = ofModels.filter(ofSetting);
    const floors = series.filter(
      (row) => row.model === floorName && row.metric === metric && row.split === split && ofSetting(row),
    );
    const present = new Set(here.map((row) => row.model));
    for (const [name, box] of modelBoxes) box.parentElement.hidden = !present.has(name);
    for (const figure of document.querySelectorAll("figure[data-model]")) {
      figure.hidden = !modelBoxes.get(figure.dataset.model).checked;
    }

    const place = `${scenario}, input frames: ${history}, training simulations: ${train_simulations}`;
    const where = `${splits[split] ?? split}; ${place}`;
    const meaning = `${labels.metric(metric)}: ${metrics[metric]?.[1] ?? ""}`;
    draw("asymmetry", byModel(rows, (row) => atStep(row, step, axis)), {
      note: `${meaning}. ${where}; rollout steps: ${labels.step(step)}${divergence(rows, step)}.`,
      x: axis === "strength" ? labels.axis(axis) : dataErrorLabels[scenario],
      y: labels.metric(metric),
      floor: floors.flatMap((row) => atStep(row, step, axis)),
    });
    const strong = rows.filter((row) => String(row.strength) === strength);
    draw("rollout", byModel(strong, overSteps), {
      note: `${where}; strength ${strength}${divergence(strong)}.`,
      x: "rollout step",
      y: labels.metric(metric),
      floor: floors.filter((row) => String(row.strength) === strength).flatMap(overSteps),
    });
    const learned = here.filter((row) => row.metric === "equivariance_error");
    const comparable = withDiagonal.includes(scenario);
    const diagonal = comparable ? "On the dotted diagonal a model breaks the symmetry as much as its data do. " : "";
    draw("learned", byModel(learned, (row) => atStep(row, learnedStep, "data_error")), {
      note: `${diagonal}${place}.`,
      x: dataErrorLabels[scenario],
      y: `equivariance error of the model (n = ${learnedStep})`,
      diagonal: comparable,
    });
  }

  function draw(name, lines, { note, x, y, diagonal = false, floor = [] }) {
    const shaded = floor.length ? " Shaded: no strictly equivariant network can be here." : "";
    document.getElementById(`${name}-note`).textContent = note + shaded;
    const traces = lines.flatMap((line) => [band(line), curve(line, x, y)]);
    if (diagonal && lines.length) traces.unshift(identity(lines));
    if (floor.length) traces.unshift(region(floor));
    const chart = document.getElementById(name);
    const options = { responsive: true, displaylogo: false, displayModeBar: !touch, modeBarButtons: [BUTTONS] };
    Plotly.react(chart, traces, layout(x, y, lines.length === 0), options);
    list(document.getElementById(`${name}-table`), lines, x, y);
  }

  function curve({ model, points }, x, y) {
    const color = dark.matches ? model.dark : model.light;
    return {
      name: literal(model.name),
      x: points.map((p) => p.x),
      y: points.map((p) => p.mean),
      text: points.map((p) => p.low === null ? "" : ` [${p.low}, ${p.high}]`),
      mode: "lines+markers",
      cliponaxis: false,
      line: { color, width: 2 },
      marker: { color, symbol: model.symbol, size: 8 },
      hovertemplate: `<b>%{fullData.name}</b><br>${literal(x)}: %{x}<br>${literal(y)}: %{y}%{text}<extra></extra>`,
    };
  }

  // The interval over seeds; nothing where there is one seed.
  function band({ model, points }) {
    const known = points.filter((p) => p.low !== null);
    const back = known.toReversed();
    return {
      x: [...known, ...back].map((p) => p.x),
      y: [...known.map((p) => p.low), ...back.map((p) => p.high)],
      mode: "lines",
      line: { width: 0 },
      fill: "toself",
      fillcolor: `${dark.matches ? model.dark : model.light}26`,
      hoverinfo: "skip",
    };
  }

  function identity(lines) {
    const top = Math.max(...lines.flatMap((line) => line.points.map((p) => p.x)), 0.1);
    const line = { color: paint("--quiet"), dash: "dot", width: 1.5 };
    return { x: [0, top], y: [0, top], mode: "lines", line, hoverinfo: "skip" };
  }

  // Where no strictly equivariant network can be: below the floor.
  function region(points) {
    const sorted = points.toSorted((a, b) => a.x - b.x);
    return {
      x: sorted.map((p) => p.x),
      y: sorted.map((p) => p.mean),
      mode: "lines",
      line: { color: paint("--quiet"), width: 1 },
      fill: "tozeroy",
      fillcolor: "rgba(128, 128, 128, 0.25)",
      hovertemplate: "floor: no strictly equivariant network<br>can be below %{y}<extra></extra>",
    };
  }

  function layout(x, y, empty) {
    const lines = { gridcolor: paint("--line"), zerolinecolor: paint("--line"), tickcolor: paint("--line") };
    const axis = { ...lines, rangemode: "tozero", automargin: true, ticks: "outside", ticklen: 7 };
    const nothing = { text: "no values for this choice", showarrow: false, xref: "paper", yref: "paper", x: 0.5, y: 0.5 };
    return {
      showlegend: false,
      hovermode: "closest",
      dragmode: touch ? false : "zoom",
      margin: { l: 10, r: 10, t: touch ? 10 : 36, b: 10 },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { color: paint("--ink"), family: "system-ui, sans-serif", size: 13 },
      hoverlabel: { bgcolor: paint("--raised"), bordercolor: paint("--line"), font: { color: paint("--ink") } },
      xaxis: { ...axis, title: { text: literal(x), font: { size: 13 } } },
      yaxis: { ...axis, title: { text: literal(y), font: { size: 13 } } },
      modebar: { bgcolor: "rgba(0,0,0,0)", color: paint("--quiet"), activecolor: paint("--ink") },
      annotations: empty ? [nothing] : [],
    };
  }

  // The colour that a variable of the style sheet has in the present colour scheme.
  function paint(variable) {
    document.body.style.outlineColor = `var(${variable})`;
    return getComputedStyle(document.body).outlineColor;
  }

  // Plotly reads text as a subset of HTML.
  function literal(text) {
    return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  }

  function list(table, lines, x, y) {
    table.replaceChildren();
    const head = table.createTHead().insertRow();
    for (const title of ["model", x, y, "95 % interval"]) {
      head.append(Object.assign(document.createElement("th"), { scope: "col", textContent: title }));
    }
    const body = table.createTBody();
    for (const { model, points } of lines) {
      for (const p of points) {
        const row = body.insertRow();
        row.append(Object.assign(document.createElement("th"), { scope: "row", textContent: model.name }));
        const interval = p.low === null ? "" : `${p.low} to ${p.high}`;
        for (const text of [p.x, p.mean, interval]) row.insertCell().textContent = text;
      }
    }
  }

  addModels();
  offer("axis", ["data_error", "strength"]);
  controls.addEventListener("change", update);
  controls.addEventListener("submit", (event) => event.preventDefault());
  for (const button of controls.querySelectorAll("button")) {
    button.addEventListener("click", () => {
      for (const box of modelBoxes.values()) box.checked = button.value === "all";
      update();
    });
  }
  dark.addEventListener("change", update);
  update();
})();
