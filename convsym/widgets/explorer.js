// The explorer in the browser. It holds no formula: `compute` (generated, placed above this text) turns
// the input grids into every other grid, and the equations arrive as templates with gaps for the cells.

const MINUS = "\u2212";
const SYNC_MILLISECONDS = 60;
const PLAY_MILLISECONDS = 1100;

// The twin of `format_value` in templates.py; a test compares the two.
function format(value) {
  if (Number.isNaN(value)) return "nan";
  const size = Math.abs(value);
  if (size === Infinity) return value > 0 ? "∞" : MINUS + "∞";
  let text;
  if (size !== 0 && (size < 0.0005 || size >= 99999.5)) {
    const [mantissa, exponent] = value.toExponential(0).split("e");
    text = `${mantissa}e${Number(exponent)}`;
  } else {
    const places = size < 10 ? 3 : size < 100 ? 2 : size < 1000 ? 1 : 0;
    text = value.toFixed(places);
    if (text.includes(".")) text = text.replace(/\.?0+$/, "");
    if (text === "-0") text = "0";
  }
  return text.replaceAll("-", MINUS);
}

function strength(value, scale) {
  if (Number.isNaN(value) || value === 0) return 0;
  return 0.06 + 0.56 * Math.min(1, Math.abs(value) / scale);
}

const clone = (grids) => JSON.parse(JSON.stringify(grids));
const parse = (id) => {
  const [key, row, column] = id.split(".");
  return [key, Number(row), Number(column)];
};

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name in node && typeof value !== "string") node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

// A gap filled with a number; a negative one is bracketed where it stands in a product or a sum.
function fillNumbers(template, at, unknown) {
  return template
    .replaceAll("\u2062", "·")
    .replace(/⟦([^⟧]+)⟧/g, (whole, id, offset, text) => {
      const value = at(id);
      const shown = unknown(id) ? "?" : format(value);
      const number = `<mn class="cs-number" data-for="${id}">${shown}</mn>`;
      const before = text.slice(0, offset), after = text.slice(offset + whole.length);
      const bare = offset === 0 && after === "" || before.endsWith("<mo>(</mo>") && after.startsWith("<mo>)</mo>");
      return shown.startsWith(MINUS) && !bare ? `<mrow><mo>(</mo>${number}<mo>)</mo></mrow>` : number;
    });
}

const fillNames = (template, spec) =>
  template.replace(/⟦([^⟧]+)⟧/g, (_, id) => `<mrow class="cs-number" data-for="${id}">${spec.names[id].math}</mrow>`);

// What a wrong number most likely is, from the numbers on the screen alone.
function nameTheSlip(said, id, at, spec) {
  const value = at(id);
  const near = (a, b) => Math.abs(a - b) <= 0.006 * Math.max(1, Math.abs(b));
  if (value !== 0 && near(said, -value)) return "Yours has the opposite sign.";
  const [key] = parse(id);
  for (const other of spec.cells[key])
    if (other !== id && near(said, at(other)))
      return `Yours is the value of ${spec.names[other].text}: the first index is the column, the second the row.`;
  for (const times of [2, 3, 4, 6, 8, 9])
    if (value !== 0) {
      if (near(said, times * value)) return `Yours is ${times} times the value. Was a division left out?`;
      if (near(said * times, value)) return `The value is ${times} times yours. Was it divided once too often?`;
    }
  return "Compare your terms with the line of numbers below.";
}

function render({ model, el }) {
  const spec = JSON.parse(model.get("_spec"));
  let inputs = clone(model.get("inputs"));
  let values = {};
  let selected = model.get("selected");
  let pointed = null;
  let mode = model.get("mode");
  let asked = model.get("asked");
  const editable = (id) => spec.editable.includes(parse(id)[0]);
  let editing = editable(selected) ? selected : spec.editable.length ? spec.cells[spec.editable[0]][0] : "";
  let playing = null, frame = 0, syncTimer = 0, speakTimer = 0, lastSync = 0;

  const root = make("div", { class: "cs", role: "group", "aria-label": spec.title, "data-lm-suppress-shortcuts": "true" });
  // JupyterLab would take arrow keys and letters for its own shortcuts.
  for (const event of ["keydown", "keyup", "keypress"]) root.addEventListener(event, (e) => e.stopPropagation());

  // ---- state ----
  const at = (id) => {
    const [key, row, column] = parse(id);
    return values[key][row][column];
  };
  function evaluate() {
    const results = compute(...spec.arguments.map((key) => (key === "b" ? inputs.b[0][0] : inputs[key])));
    values = { ...inputs };
    for (const [key, grid] of Object.entries(results)) values[key] = Array.isArray(grid) ? grid : [[grid]];
  }
  const concealed = () => (asked ? new Set([asked, ...spec.after[asked]]) : new Set());
  const shown = (key) => spec.modes[mode].includes(key);
  const tour = () => spec.tours[mode];

  // ---- the parts of the page ----
  const bar = make("div", { class: "cs-bar" });
  const modes = make("span", { class: "cs-group", role: "group", "aria-label": "Direction" });
  const modeButtons = {};
  if (Object.keys(spec.modes).length > 1) {
    for (const name of Object.keys(spec.modes)) {
      const button = make("button", { type: "button" }, name[0].toUpperCase() + name.slice(1));
      button.addEventListener("click", () => setMode(name));
      modeButtons[name] = button;
      modes.append(button);
    }
    bar.append(modes);
  }
  const back = make("button", { type: "button", "aria-label": "Step back", title: "Step back" }, "‹");
  const play = make("button", { type: "button", class: "cs-play" }, "Play");
  const next = make("button", { type: "button", "aria-label": "Step forward", title: "Step forward" }, "›");
  const where = make("span", { class: "cs-where" });
  const reset = make("button", { type: "button", class: "cs-reset" }, "Reset");
  bar.append(make("span", { class: "cs-group", role: "group", "aria-label": "Step through the cells" }, back, play, next, where), make("span", { class: "cs-spring" }), reset);

  const ask = make("div", { class: "cs-ask" });
  const question = make("span", { class: "cs-question" });
  const guess = make("input", { type: "text", inputmode: "decimal", autocomplete: "off", "aria-label": "Your prediction" });
  const commit = make("button", { type: "submit", class: "cs-main" }, "Commit");
  const another = make("button", { type: "button" }, "Ask another");
  const form = make("form", {}, question, guess, commit, another);
  const feedback = make("div", { class: "cs-said", "aria-live": "polite" });
  ask.append(form, feedback);

  const grids = make("div", { class: "cs-grids" });
  const cells = {};
  const slots = {};
  const breaks = [];
  for (const panel of spec.panels) {
    if (panel.place[0] > 0 && !breaks.length) {
      breaks.push(make("div", { class: "cs-break" }));
      grids.append(breaks[0]);
    }
    const holder = make("div", { class: "cs-slot" });
    // Without a sign the space stays, so that a gradient stands right under what it belongs to.
    if (panel.place[1] > spec.panels[0].place[1]) holder.append(make("span", { class: "cs-operator", "aria-hidden": "true" }, panel.operator));
    const box = make("div", { role: "grid", "aria-label": `${panel.symbol} ${panel.caption}` });
    box.innerHTML = panel.svg;
    holder.append(box);
    holder.style.gridRow = String(panel.place[0] + 1);
    holder.style.gridColumn = String(panel.place[1] + 1);
    slots[panel.key] = holder;
    grids.append(holder);
    for (const group of box.querySelectorAll("g.cs-cell")) {
      const id = group.dataset.cell;
      group.setAttribute("role", "gridcell");
      group.setAttribute("tabindex", "-1");
      const tint = group.querySelector(".cs-tint");
      for (const name of ["fill", "fill-opacity"]) tint.removeAttribute(name);
      cells[id] = { group, tint, text: group.querySelector(".cs-value"), scale: panel.scale, editable: editable(id), last: null };
      if (cells[id].editable) group.classList.add("cs-editable");
    }
  }

  const edit = make("div", { class: "cs-edit" });
  const sliderName = make("label", {});
  const slider = make("input", { type: "range", class: "cs-range" });
  const exact = make("input", { type: "number", class: "cs-exact" });
  edit.append(sliderName, slider, exact);
  const equation = make("div", { class: "cs-equation" });
  const hint = make("div", { class: "cs-hint" });
  const spoken = make("div", { class: "cs-spoken", role: "status", "aria-live": "polite" });
  if (spec.questions.length) root.append(ask);
  root.append(bar, grids);
  if (editing) root.append(edit);
  root.append(equation, hint, spoken);
  const linked = Object.keys(spec.equations).length > 0;
  equation.classList.toggle("cs-short", !linked);
  hint.innerHTML = [
    linked ? '<span class="cs-key"></span>read by the chosen cell<span class="cs-key cs-dashed"></span>uses the chosen cell' : "arrow keys or a click choose a cell",
    ...(spec.editable.length ? ["change a number: drag it up or down, or press + and " + MINUS] : []),
  ].join(" &ensp;·&ensp; ");

  // ---- drawing ----
  function draw() {
    frame = 0;
    evaluate();
    const hide = concealed();
    const focus = pointed ?? selected;
    const reads = new Set(spec.reads[focus] ?? []);
    const users = new Set(spec.usedBy[focus] ?? []);
    for (const [id, cell] of Object.entries(cells)) {
      const value = at(id), hidden = hide.has(id);
      const mark = id === selected ? "selected" : id === focus ? "selected" : reads.has(id) ? "reads" : users.has(id) ? "used-by" : "";
      const key = `${value}|${hidden}|${mark}`;
      if (cell.last === key) continue;
      cell.last = key;
      cell.text.textContent = hidden ? "?" : format(value);
      cell.group.classList.toggle("cs-pos", !hidden && value > 0);
      cell.group.classList.toggle("cs-neg", !hidden && value < 0);
      cell.group.classList.toggle("cs-hidden", hidden);
      cell.tint.style.setProperty("--cs-strength", strength(value, cell.scale).toFixed(3));
      if (mark) cell.group.dataset.mark = mark;
      else delete cell.group.dataset.mark;
      cell.group.setAttribute("aria-label", `${spec.names[id].say}: ${hidden ? "not shown yet" : format(value)}`);
    }
    drawEquation(focus, hide);
    drawEditor();
    const place = tour().indexOf(selected);
    where.textContent = place < 0 ? "" : `${spec.names[selected].text}: ${place + 1} of ${tour().length}`;
  }

  function drawEquation(id, hide) {
    const name = `<mrow>${spec.names[id].math}</mrow>`;
    const result = `<mn class="cs-result">${hide.has(id) ? "?" : format(at(id))}</mn>`;
    const rule = spec.equations[id];
    const row = (left, right) => `<mtr><mtd>${left}</mtd><mtd><mo>=</mo></mtd><mtd>${right}</mtd></mtr>`;
    equation.innerHTML =
      '<math><mtable displaystyle="true">' +
      (rule
        ? row(name, fillNames(rule, spec)) + row("", fillNumbers(rule, at, (cell) => hide.has(cell))) + row("", result)
        : (spec.names[id].entry ? row(name, `<mtext class="cs-entry">${spec.names[id].entry}</mtext>`) + row("", result) : row(name, result))) +
      "</mtable></math>";
  }

  // The slider stays with the last editable cell that was chosen, so that it never jumps out of reach.
  function drawEditor() {
    if (!editing) return;
    const { min, max, step } = spec.ranges[parse(editing)[0]];
    if (slider.dataset.cell !== editing) {
      slider.dataset.cell = editing;
      sliderName.innerHTML = `<math>${spec.names[editing].math}</math>`;
      for (const control of [slider, exact]) {
        control.min = min;
        control.max = max;
        control.step = step;
        control.setAttribute("aria-label", spec.names[editing].say);
      }
    }
    if (document.activeElement !== exact) exact.value = at(editing);
    slider.value = at(editing);
  }

  const schedule = () => {
    if (!frame) frame = requestAnimationFrame(draw);
  };

  function speak() {
    clearTimeout(speakTimer);
    speakTimer = setTimeout(() => {
      const hide = concealed();
      const value = (id) => (hide.has(id) ? "not shown yet" : format(at(id)));
      const read = spec.reads[selected] ?? [];
      const from = read.length && read.length <= 12 ? ` It reads ${read.map((id) => spec.names[id].say).join("; ")}.` : "";
      const loss = values.loss && shown("loss") ? ` The loss is ${value("loss.0.0")}.` : "";
      spoken.textContent = `${spec.names[selected].say} is ${value(selected)}.${from}${loss}`;
    }, 350);
  }

  // ---- telling the kernel, at most once every SYNC_MILLISECONDS and always the last value ----
  function flush() {
    clearTimeout(syncTimer);
    syncTimer = 0;
    lastSync = performance.now();
    model.set("inputs", clone(inputs));
    model.set("selected", selected);
    model.set("mode", mode);
    model.set("asked", asked);
    model.save_changes();
  }
  function sync() {
    if (syncTimer) return;
    const wait = Math.max(0, SYNC_MILLISECONDS - (performance.now() - lastSync));
    syncTimer = setTimeout(flush, wait);
  }

  // ---- what a learner does ----
  function setValue(id, value) {
    const [key, row, column] = parse(id);
    const { min, max, step } = spec.ranges[key];
    if (Number.isNaN(value)) return;
    const steps = Math.round(value / step);
    const rounded = Number((steps * step).toPrecision(12));
    inputs[key][row][column] = Math.min(max, Math.max(min, rounded));
    schedule();
    sync();
    speak();
  }
  const nudge = (id, steps) => setValue(id, at(id) + steps * spec.ranges[parse(id)[0]].step);

  function select(id, focus = false) {
    selected = id;
    if (editable(id)) editing = id;
    for (const [key, columns] of Object.entries(spec.cells)) {
      const stop = parse(selected)[0] === key ? selected : columns.find((cell) => cells[cell]?.group.tabIndex === 0) ?? columns[0];
      for (const cell of columns) cells[cell]?.group.setAttribute("tabindex", cell === stop ? "0" : "-1");
    }
    if (focus) cells[id]?.group.focus({ preventScroll: true });
    schedule();
    sync();
    speak();
  }

  function setMode(name) {
    mode = name;
    for (const [other, button] of Object.entries(modeButtons)) button.setAttribute("aria-pressed", String(other === mode));
    for (const [key, holder] of Object.entries(slots)) holder.hidden = !shown(key);
    if (!shown(parse(selected)[0]) || !tour().includes(selected)) select(tour()[0]);
    fit();
    schedule();
    sync();
  }

  function go(steps) {
    const stops = tour();
    const place = stops.indexOf(selected);
    select(stops[(place < 0 ? (steps > 0 ? 0 : stops.length - 1) : place + steps + stops.length) % stops.length]);
  }
  function stop() {
    clearInterval(playing);
    playing = null;
    play.textContent = "Play";
    play.setAttribute("aria-pressed", "false");
  }
  play.addEventListener("click", () => {
    if (playing) return stop();
    play.textContent = "Pause";
    play.setAttribute("aria-pressed", "true");
    go(1);
    playing = setInterval(() => go(1), PLAY_MILLISECONDS);
  });
  back.addEventListener("click", () => (stop(), go(-1)));
  next.addEventListener("click", () => (stop(), go(1)));
  reset.addEventListener("click", () => {
    inputs = clone(spec.start);
    select(selected);
  });

  slider.addEventListener("input", () => setValue(editing, Number(slider.value)));
  exact.addEventListener("input", () => exact.value !== "" && setValue(editing, Number(exact.value)));
  exact.addEventListener("blur", schedule);
  for (const control of [slider, exact]) control.addEventListener("change", flush);

  for (const [id, cell] of Object.entries(cells)) {
    const { group } = cell;
    let drag = null;
    group.addEventListener("pointerenter", () => { pointed = id; schedule(); });
    group.addEventListener("pointerleave", () => { if (!drag) { pointed = null; schedule(); } });
    group.addEventListener("focus", () => { if (selected !== id) select(id); });
    group.addEventListener("pointerdown", (event) => {
      stop();
      select(id, true);
      if (!cell.editable || event.button) return;
      drag = { from: event.clientY, value: at(id) };
      group.setPointerCapture(event.pointerId);
    });
    group.addEventListener("pointermove", (event) => {
      if (!drag) return;
      const steps = Math.trunc((drag.from - event.clientY) / 6);
      setValue(id, drag.value + steps * spec.ranges[parse(id)[0]].step);
    });
    for (const end of ["pointerup", "pointercancel"])
      group.addEventListener(end, () => {
        if (drag) { drag = null; pointed = null; flush(); schedule(); }
      });
    group.addEventListener("keydown", (event) => {
      const [key, row, column] = parse(id);
      const moves = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      if (event.shiftKey && cell.editable && (event.key === "ArrowUp" || event.key === "ArrowDown")) nudge(id, event.key === "ArrowUp" ? 1 : -1);
      else if (event.key in moves) {
        const target = `${key}.${row + moves[event.key][0]}.${column + moves[event.key][1]}`;
        if (cells[target]) select(target, true);
      } else if (cell.editable && (event.key === "+" || event.key === "=")) nudge(id, 1);
      else if (cell.editable && (event.key === "-" || event.key === "_" || event.key === MINUS)) nudge(id, -1);
      else if (cell.editable && event.key === "Enter") slider.focus();
      else return;
      event.preventDefault();
    });
  }
  slider.addEventListener("keydown", (event) => {
    if (event.key === "Escape" || event.key === "Enter") cells[editing].group.focus();
  });
  equation.addEventListener("pointerover", (event) => {
    const id = event.target.closest?.("[data-for]")?.dataset.for;
    for (const [other, cell] of Object.entries(cells)) cell.group.classList.toggle("cs-pointed", other === id);
  });
  equation.addEventListener("pointerleave", () => {
    for (const cell of Object.values(cells)) cell.group.classList.remove("cs-pointed");
  });

  // ---- the prediction: commit, reveal, explain ----
  function drawQuestion() {
    const prompt = spec.questions.find((q) => q.cell === (asked || ask.dataset.cell));
    if (!prompt) return;
    ask.dataset.cell = prompt.cell;
    question.innerHTML = "";
    question.append(prompt.text);
    question.hidden = guess.hidden = commit.hidden = !asked;
    another.hidden = Boolean(asked) || spec.questions.length < 2;
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const said = readNumber(guess.value);
    if (said === null) {
      feedback.textContent = "Type a number first, such as 0.75 or 3/4.";
      return;
    }
    const id = asked, value = at(id);
    const right = Math.abs(said - value) <= 0.006 * Math.max(1, Math.abs(value));
    model.set("predictions", [...model.get("predictions"), { cell: id, said, was: value }]);
    asked = "";
    feedback.textContent =
      (right ? `Yes: ${spec.names[id].text} is ${format(value)}. ` : `You said ${format(said)}; ${spec.names[id].text} is ${format(value)}. ${nameTheSlip(said, id, at, spec)} `) +
      (right ? "The line of numbers below shows why." : "");
    guess.value = "";
    drawQuestion();
    // The field is gone: the focus moves on to what it was about.
    select(id, true);
    if (!another.hidden) another.focus();
    flush();
  });
  another.addEventListener("click", () => {
    const place = spec.questions.findIndex((q) => q.cell === ask.dataset.cell);
    asked = spec.questions[(place + 1) % spec.questions.length].cell;
    feedback.textContent = "";
    select(asked);
    drawQuestion();
    guess.focus();
  });

  // ---- narrow pages: wrap the grids instead of shrinking them ----
  function fit() {
    root.classList.remove("cs-narrow");
    root.classList.toggle("cs-narrow", grids.scrollWidth > grids.clientWidth + 1);
  }
  const observer = new ResizeObserver(fit);
  observer.observe(el);

  // ---- what the kernel says ----
  const onInputs = () => { if (!syncTimer) { inputs = clone(model.get("inputs")); schedule(); speak(); } };
  const onSelected = () => { if (!syncTimer && model.get("selected") !== selected) select(model.get("selected")); };
  const onMode = () => { if (!syncTimer && model.get("mode") !== mode) setMode(model.get("mode")); };
  const onAsked = () => { if (!syncTimer && model.get("asked") !== asked) { asked = model.get("asked"); drawQuestion(); schedule(); } };
  model.on("change:inputs", onInputs);
  model.on("change:selected", onSelected);
  model.on("change:mode", onMode);
  model.on("change:asked", onAsked);

  el.append(root);
  evaluate();
  for (const [name, button] of Object.entries(modeButtons)) button.setAttribute("aria-pressed", String(name === mode));
  for (const [key, holder] of Object.entries(slots)) holder.hidden = !shown(key);
  for (const columns of Object.values(spec.cells)) {
    const stop = columns.includes(selected) ? selected : columns[0];
    for (const id of columns) cells[id]?.group.setAttribute("tabindex", id === stop ? "0" : "-1");
  }
  drawQuestion();
  draw();
  fit();
  return () => {
    stop();
    clearTimeout(syncTimer);
    clearTimeout(speakTimer);
    cancelAnimationFrame(frame);
    observer.disconnect();
    model.off("change:inputs", onInputs);
    model.off("change:selected", onSelected);
    model.off("change:mode", onMode);
    model.off("change:asked", onAsked);
  };
}

// "0.75", "−3/4" and "1e-3" are numbers; nothing else is.
function readNumber(text) {
  const found = text.trim().replaceAll(MINUS, "-").replace(",", ".").match(/^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(?:\s*\/\s*(\d+\.?\d*))?$/i);
  if (!found) return null;
  const value = Number(found[1]) / (found[2] === undefined ? 1 : Number(found[2]));
  return Number.isFinite(value) ? value : null;
}

export default { render };
