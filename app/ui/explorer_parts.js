// The card's parts, made once; `life.parts` names those that follow the reader.

function build(life) {
  const { data, root } = life, words = data.say, parts = {};
  root.replaceChildren();
  root.lang = data.language;
  root.setAttribute("aria-label", words.controls.question);
  const left = add(root, "div", "k-x-left"), right = add(root, "div", "k-x-right");
  parts.finding = add(left, "h3", "k-x-title");
  parts.note = add(left, "p", "k-x-note");
  parts.holder = add(left, "div", "k-x-holder");
  parts.chart = makeChart(parts.holder);
  buildSlider(life, left, parts);
  buildTable(life, left, parts);
  buildFigures(right, parts, words);
  buildPeople(right, parts, words);
  buildAssumptions(life, add(root, "section", "k-x-below"), parts);
  parts.live = add(root, "p", "k-x-hidden");
  parts.live.setAttribute("aria-live", "polite");
  dragOnChart(life, parts);
  return parts;
}

function add(parent, tag, className, text) {
  const made = element(tag, className, text);
  parent.append(made);
  return made;
}

function buildSlider(life, left, parts) {
  const { thresholds } = life.data.table, words = life.data.say;
  const slider = (parts.slider = add(left, "input", "k-x-range k-x-threshold"));
  Object.assign(slider, { type: "range", min: 0, max: thresholds.length - 1, step: 1, id: "k-x-at" });
  const line = add(left, "div", "k-x-at");
  const label = add(line, "label", "", words.curve.axis);
  label.htmlFor = "k-x-at";
  parts.share = add(line, "output", "k-x-share");
  parts.share.htmlFor = "k-x-at";
  parts.recommend = button(line, words.controls.recommend, () => move(life, life.best, true));
  slider.addEventListener("input", () => move(life, turned(life, Number(slider.value)), false));
  slider.addEventListener("change", () => settle(life));
}

function buildTable(life, left, parts) {
  const details = (parts.table = add(left, "details", "k-x-details"));
  add(details, "summary", "", life.data.say.curve.show);
  parts.tableHolder = add(details, "div", "k-x-scroll");
  details.addEventListener("toggle", () => fillTable(life));
}

function buildFigures(right, parts, words) {
  const grid = add(right, "div", "k-x-figures");
  for (const [name, label] of [["money", words.figures.money], ["actions", words.figures.actions]]) {
    const box = add(grid, "div", "k-x-figure");
    add(box, "div", "k-x-label", label);
    parts[name] = add(box, "div", "k-x-value");
    parts[`${name}Chip`] = add(box, "span", "k-x-chip");
  }
  parts.interval = add(right, "p", "k-x-note");
  parts.against = add(right, "p", "k-x-text");
}

function buildPeople(right, parts, words) {
  parts.reach = add(right, "p", "k-x-text k-x-apart");
  parts.squares = add(right, "div", "k-x-squares");
  parts.squares.setAttribute("role", "img");
  parts.cells = Array.from({ length: 100 }, () => add(parts.squares, "i", ""));
  parts.square = add(right, "p", "k-x-note");
  const table = add(right, "table", "k-x-people");
  parts.of = add(table, "caption", "");
  const head = add(add(table, "thead", ""), "tr", "");
  add(head, "td", "");
  for (const column of words.people.columns) add(head, "th", "", column).scope = "col";
  const body = add(table, "tbody", "");
  parts.counts = [];
  words.people.rows.forEach((row) => {
    const line = add(body, "tr", "");
    add(line, "th", "", row).scope = "row";
    for (let k = 0; k < 2; k++) {
      const cell = add(line, "td", "");
      add(cell, "i", `k-x-key k-x-key-${parts.counts.length}`);
      parts.counts.push(add(cell, "span", ""));
    }
  });
  parts.unneeded = add(right, "p", "k-x-note");
  parts.missed = add(right, "p", "k-x-note");
}

function buildAssumptions(life, below, parts) {
  const { data } = life, words = data.say.controls;
  const details = add(below, "details", "k-x-details k-x-assumptions");
  add(details, "summary", "", words.change);
  details.open = below.clientWidth >= 760 || differs(life);
  const grid = add(details, "div", "k-x-fields");
  parts.fields = data.fields.map((field) => buildField(life, grid, field));
  const bar = add(below, "div", "k-x-bar");
  parts.own = add(bar, "p", "k-x-note");
  parts.reset = button(bar, words.reset, () => reset(life));
  parts.copy = button(bar, words.copy, () => copyLink(life));
  if (data.can_save) button(bar, words.save, () => life.tell.setTriggerValue("save", viewText(life)));
}

function buildField(life, grid, field) {
  const box = add(grid, "div", "k-x-field"), name = `k-x-${field.name}`, { marks } = life.data;
  const label = add(box, "label", "", field.label);
  label.htmlFor = name;
  const line = add(box, "div", "k-x-typed");
  if (field.unit === "money" && marks.before) add(line, "span", "", marks.before);
  const text = add(line, "input", "");
  Object.assign(text, { type: "text", inputMode: "decimal", id: name, autocomplete: "off", spellcheck: false });
  if (field.free) text.placeholder = life.data.say.controls.none;
  const after = field.unit === "percent" ? "%" : field.unit === "money" ? marks.after : "";
  if (after) add(line, "span", "", after);
  const range = add(box, "input", "k-x-range");
  Object.assign(range, { type: "range", min: field.low, max: field.high, step: field.step });
  range.setAttribute("aria-label", field.label);
  const agreed = add(box, "div", "k-x-note");
  range.addEventListener("input", () => {
    const value = Number(range.value), free = field.free && value === Number(field.free === "high" ? range.max : range.min);
    assume(life, field, free ? null : value);
  });
  range.addEventListener("change", () => settle(life));
  text.addEventListener("change", () => typed(life, field, text));
  return { field, text, range, agreed };
}

function button(parent, text, press) {
  const made = add(parent, "button", "k-x-button", text);
  made.type = "button";
  made.addEventListener("click", press);
  return made;
}

function dragOnChart(life, parts) {
  const { svg } = parts.chart;
  const follow = (event) => move(life, nearest(life.places, placeAt(parts.chart, event.clientX)), false);
  svg.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    svg.setPointerCapture(event.pointerId);
    follow(event);
  });
  svg.addEventListener("pointermove", (event) => svg.hasPointerCapture(event.pointerId) && follow(event));
  svg.addEventListener("pointerup", () => settle(life));
  svg.addEventListener("pointercancel", () => settle(life));
}
