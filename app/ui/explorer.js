// The card: its parts, what the reader does with them, and what follows. Every sentence comes from the catalogue with open places.

const LIVES = new WeakMap();
const SETTLE_MS = 180;

export default function (component) {
  const { data, parentElement } = component;
  const root = parentElement.querySelector(".k-x");
  const before = LIVES.get(root);
  if (before) {
    before.tell = component;
    if (before.data.id === data.id && before.data.language === data.language) return before.leave;
    before.leave();
  }
  const life = begin(root, component, before && before.data.id === data.id ? before.state : null);
  LIVES.set(root, life);
  return life.leave;
}

function begin(root, component, kept) {
  const { data } = component;
  const life = { root, data, tell: component, state: kept || firstState(data), frame: 0, timer: 0 };
  life.parts = build(life);
  life.baseline = curveUnder(data.table.test, data.table.agreed);
  if (!kept && data.start.at !== null) life.state.index = nearest(positions(life, life.baseline, data.table.agreed), data.start.at);
  const watch = new ResizeObserver(() => redraw(life, false));
  watch.observe(life.parts.holder);
  life.leave = () => {
    watch.disconnect();
    cancelAnimationFrame(life.frame);
    clearTimeout(life.timer);
  };
  show(life, false);
  return life;
}

function firstState(data) {
  return { assumed: { ...data.table.agreed, ...data.start.assumed }, index: data.table.recommended };
}

// Where each threshold stands on the axis: at its likelihood, or at the share of cases that it treats.
function positions(life, curve, assumed) {
  return life.data.table.axis === "share" ? Array.from(curve.actions, (actions) => actions / assumed.cases) : life.data.table.thresholds;
}

function nearest(places, at) {
  let best = 0;
  for (let i = 1; i < places.length; i++) if (Math.abs(places[i] - at) < Math.abs(places[best] - at)) best = i;
  return best;
}

// The slider runs from the left to the right of the axis; shares rise where thresholds fall.
function turned(life, index) {
  return life.data.table.axis === "share" ? life.data.table.thresholds.length - 1 - index : index;
}

// ---- parts

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

// ---- what the reader does

function move(life, index, done) {
  life.state.index = index;
  if (done) settle(life);
  else redraw(life, true);
}

// An assumption as it is written on the page (a cost without its sign, a share in percent); null: no limit.
function assume(life, field, written) {
  life.state.assumed[field.name] = written === null ? null : Number((written / field.factor).toPrecision(14));
  redraw(life, true);
}

function typed(life, field, text) {
  const empty = field.free && !text.value.trim();
  const amount = empty ? null : readAmount(text.value);
  const wrong = !empty && (amount === null || amount < field.least || amount > field.most);
  text.setAttribute("aria-invalid", String(wrong));
  text.title = wrong ? life.data.say.controls.wrong : "";
  if (wrong) return;
  assume(life, field, amount);
  text.value = amount === null ? "" : written(field, life.state.assumed[field.name], life.data.marks);
  settle(life);
}

function reset(life) {
  life.state = { assumed: { ...life.data.table.agreed }, index: life.data.table.recommended };
  settle(life);
}

function redraw(life, moving) {
  cancelAnimationFrame(life.frame);
  life.frame = requestAnimationFrame(() => show(life, moving));
}

// The reader let go: the axis fits again, ears hear it, and the address says it.
function settle(life) {
  redraw(life, false);
  clearTimeout(life.timer);
  life.timer = setTimeout(() => {
    life.parts.live.textContent = life.parts.slider.getAttribute("aria-valuetext");
    fillTable(life);
    life.tell.setStateValue("view", isAsReported(life) ? "" : viewText(life));
  }, SETTLE_MS);
}

function differs(life) {
  const { agreed } = life.data.table, { assumed } = life.state;
  return Object.keys(agreed).some((name) => agreed[name] !== assumed[name]);
}

function isAsReported(life) {
  return !differs(life) && life.state.index === life.data.table.recommended;
}

function plain(value) {
  return value.toFixed(9).replace(/\.?0+$/, "");
}

function viewText(life) {
  const { recommended, agreed } = life.data.table, { assumed, index } = life.state, parts = [life.data.run];
  if (index !== recommended) parts.push(`at${plain(positions(life, life.baseline, agreed)[index])}`);
  for (const name of Object.keys(agreed)) {
    if (agreed[name] !== assumed[name]) parts.push((name === "prevalence" ? "share" : name) + (assumed[name] === null ? "none" : plain(assumed[name])));
  }
  return parts.join("~");
}

async function copyLink(life) {
  const link = new URL(location.href);
  if (isAsReported(life)) link.searchParams.delete("explore");
  else link.searchParams.set("explore", viewText(life));
  try {
    await navigator.clipboard.writeText(link.href);
  } catch {
    copyByHand(link.href);  // without https the browser has no clipboard for us
  }
  const { copy, copied } = life.data.say.controls;
  life.parts.copy.textContent = copied;
  setTimeout(() => (life.parts.copy.textContent = copy), 2000);
}

function copyByHand(text) {
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

// ---- what follows

function show(life, moving) {
  const { table } = life.data, { assumed, index } = life.state, own = differs(life);
  const curve = own ? curveUnder(table.test, assumed) : life.baseline;
  life.curve = curve;
  life.places = positions(life, curve, assumed);
  life.best = bestUnder(table, assumed, curve.actions, !own);
  const against = referenceUnder(table, assumed), gain = gainUnder(table, assumed, index, against);
  const seen = { curve, index, own, against, gain, worth: curve.value[index], reference: curve.value[index] - gain.value };
  showChart(life, seen, moving);
  showSlider(life, seen);
  showFigures(life, seen);
  showPeople(life, seen);
  showFields(life, own);
}

function showChart(life, seen, moving) {
  const { data, parts, best } = life, words = data.say.curve, { capacity } = life.state.assumed, amount = (v) => money(v, data.marks);
  const over = capacity === null ? -1 : seen.curve.actions.findLastIndex((actions) => actions > capacity + 1e-9);
  drawChart(
    parts.chart,
    {
      places: life.places, curve: seen.curve, agreed: seen.own ? life.baseline : null, index: seen.index, best,
      limit: over < 0 ? null : Math.min(over + 1, life.places.length - 1), reference: seen.reference,
    },
    {
      tick: (v) => moneyTick(v, data.marks), share: (v) => `${Number((v * 100).toPrecision(6))}%`,
      bestLabel: fill(words.recommended, { amount: amount(seen.curve.value[best]) }),
      referenceLabel: fill(words.reference, { name: data.say.figures.names[seen.against], amount: amount(seen.reference) }),
      limitLabel: capacity === null ? "" : fill(words.capacity, { count: number(capacity) }),
    },
    moving,
  );
  setText(parts.finding, finding(life, seen));
  setText(parts.note, seen.own ? words.note_own : words.note);
  parts.chart.svg.setAttribute("aria-label", parts.finding.textContent);
  const { left, right } = parts.chart.size;
  parts.slider.style.marginInline = `${left - 8}px ${right - 8}px`;  // the thumb is 16 px wide and stands below the curve's own place
  parts.slider.style.width = `calc(100% - ${left + right - 16}px)`;
}

function finding(life, seen) {
  const { data, best, places } = life, words = data.say.curve, { value, actions } = seen.curve;
  if (!seen.own && data.report.finding !== null) return data.report.finding;
  const here = value[best], against = gainUnder(data.table, life.state.assumed, best, seen.against);
  if (actions[best] < 1e-9 || (data.is_value && here <= 0 && against.high < 0)) return words.never;
  const ends = [-data.off, data.off].map((d) => value[nearest(places, places[best] + d)]);
  const cost = Math.max(0, here - Math.min(...ends));
  return fill(cost <= data.little * Math.max(Math.abs(here), 1) ? words.little : words.much, {
    best: share(life, best), cost: money(cost, data.marks),
  });
}

function share(life, index) {
  return percent(life.places[index], life.data.decimals);
}

function showSlider(life, seen) {
  const { data, parts } = life, told = share(life, seen.index);
  parts.slider.value = turned(life, seen.index);
  const places = { share: told, money: money(seen.worth, data.marks), count: number(seen.curve.actions[seen.index]) };
  parts.slider.setAttribute("aria-valuetext", fill(data.say.curve.at, places));
  setText(parts.share, told);
  parts.recommend.hidden = seen.index === life.best;
  paint(parts.slider);
}

function showFigures(life, seen) {
  const { data, parts } = life, words = data.say.figures, { marks } = data, { assumed } = life.state, { curve, index } = seen;
  const reported = isAsReported(life), actions = curve.actions[index], amount = (v, signed) => money(v, marks, signed);
  setText(parts.money, amount(seen.worth));
  setText(parts.actions, number(actions));
  const [low, high] = reported ? [data.report.low, data.report.high] : [curve.low[index], curve.high[index]];
  setText(parts.interval, fill(words.interval, { low: amount(low), high: amount(high) }));
  const off = seen.worth - curve.value[life.best];
  if (index === life.best) chip(parts.moneyChip, seen.own ? words.best : words.recommended, "green");
  else chip(parts.moneyChip, fill(words.off, { difference: amount(off, true) }), off < 0 ? "red" : "gray");
  limitChip(life, actions, index);
  const { gain } = seen, certain = gain.low > 0 || gain.high < 0;
  const template = Math.abs(gain.high - gain.low) < 1e-9 && Math.abs(gain.value) < 1e-9 ? words.same : !certain ? words.unsure : gain.value > 0 ? words.more : words.less;
  setText(parts.against, fill(template, {
    money: amount(Math.abs(gain.value)), against: words.against[seen.against], low: amount(gain.low, true), high: amount(gain.high, true),
  }));
}

function limitChip(life, actions, index) {
  const { capacity, budget } = life.state.assumed, { figures: words } = life.data.say, { test } = life.data.table, node = life.parts.actionsChip;
  const over = capacity === null ? 0 : actions - capacity;
  const spent = budget === null || !test.positive.spent ? 0 : spentAt(test, life.state.assumed, index) - budget;
  if (over > 1e-9) chip(node, fill(words.over, { count: number(Math.ceil(over)) }), "orange", "▲");
  else if (spent > 1e-9) chip(node, fill(words.over_budget, { amount: money(spent, life.data.marks) }), "orange", "▲");
  else chip(node, capacity === null ? "" : fill(words.kept, { capacity: number(capacity) }), "gray");
}

function chip(node, text, tone, sign = "") {
  node.className = `k-x-chip k-${tone}`;
  node.hidden = !text;
  setText(node, sign ? `${sign} ${text}` : text);
}

function showPeople(life, seen) {
  const { data, parts } = life, words = data.say.people, { table, marks } = data, { assumed } = life.state, { index } = seen;
  const [hit, vain] = treatedShares(table.test, index), q = sampleOf(table.test, assumed).assumed, { cases } = assumed;
  const hits = q * hit, vains = (1 - q) * vain, someone = table.test.positive.rows[0] > 0;
  const reached = halfEven(hit * 1000);
  setBold(parts.reach, someone ? fill(words.reach, { reached: number(reached), missed: number(1000 - reached) }) : words.nobody);
  const filled = someone ? Math.floor((reached + 5) / 10) : 0;
  parts.cells.forEach((cell, k) => (cell.className = k < filled ? "k-x-hit" : ""));
  parts.squares.setAttribute("aria-label", `${words.reached_label}: ${reached} / 1000, ${words.missed_label}: ${1000 - reached} / 1000`);
  setText(parts.square, hits + vains > 0 ? fill(words.square_unneeded, { unneeded: number(halfEven((100 * vains) / (hits + vains))) }) : words.square);
  const [one, zero] = bothClasses(table.test, assumed);
  const waste = mixed(table.test, assumed, 0, -gained(zero, index)), lost = mixed(table.test, assumed, gained(one, 0) - gained(one, index), 0);
  setText(parts.unneeded, vains === 0 ? words.never_unneeded : fill(waste <= 0 ? words.unneeded : words.unneeded_cost, { count: number(vains * cases), cost: money(waste, marks) }));
  setText(parts.missed, someone ? fill(lost <= 0 ? words.missed : words.missed_money, { count: number(q * (1 - hit) * cases), money: money(lost, marks) }) : "");
  let total = 1000;
  while (total * Math.min(q, 1 - q) < 10 && total < 1e6) total *= 10;
  setText(parts.of, fill(words.of, { total: number(total) }));
  cellsOf(table, assumed, index, total).forEach((count, k) => setText(parts.counts[k], fill(words.cells[k], { count: number(count) })));
}

function halfEven(value) {
  const low = Math.floor(value), rest = value - low;
  return rest > 0.5 || (rest === 0.5 && low % 2) ? low + 1 : low;
}

function showFields(life, own) {
  const { data, parts, state } = life, words = data.say.controls, focus = life.root.getRootNode().activeElement;
  for (const { field, text, range, agreed } of parts.fields) {
    const value = state.assumed[field.name], base = data.table.agreed[field.name];
    const told = value === null ? "" : written(field, value, data.marks);
    if (text !== focus && text.value !== told) text.value = told;
    range.value = value === null ? field[field.free] : value * field.factor;
    range.setAttribute("aria-valuetext", value === null ? words.none : told);
    paint(range);
    agreed.hidden = value === base;
    setText(agreed, fill(words.agreed, { amount: base === null ? words.none : withUnit(field, base, data.marks) }));
  }
  setText(parts.own, own ? words.own : "");
  parts.reset.disabled = isAsReported(life);
}

function written(field, value, marks) {
  const shown = Number((value * field.factor).toPrecision(12)), decimals = field.unit === "money" ? marks.decimals : field.decimals;
  const text = number(shown, decimals);
  return decimals ? text.replace(/\.?0+$/, "") : text;
}

function withUnit(field, value, marks) {
  const text = written(field, value, marks);
  return field.unit === "money" ? marks.before + text + marks.after : field.unit === "percent" ? `${text}%` : text;
}

// How far the track is filled: browsers draw that themselves only in their own style.
function paint(range) {
  const { min, max, value } = range;
  range.style.setProperty("--k-filled", `${((value - min) / (max - min || 1)) * 100}%`);
}

function fillTable(life) {
  const { data, parts, curve } = life;
  if (!parts.table.open) return;
  const { test } = data.table, last = life.places.length - 1, table = element("table", "k-x-people");
  const head = add(add(table, "thead", ""), "tr", "");
  for (const heading of data.say.curve.headings) add(head, "th", "", heading).scope = "col";
  const body = add(table, "tbody", ""), rows = new Set(Array.from({ length: 11 }, (_, k) => Math.round((k * last) / 10)));
  for (const i of [...rows, life.best, life.state.index].filter((at, k, all) => all.indexOf(at) === k).sort((a, b) => a - b)) {
    const line = add(body, "tr", i === life.state.index ? "k-x-now" : "");
    const amount = (v) => moneyExact(v, data.marks);
    add(line, "th", "", share(life, i)).scope = "row";
    const range = fill(data.say.figures.range, { low: amount(curve.low[i]), high: amount(curve.high[i]) });
    for (const text of [amount(curve.value[i]), range, number(curve.actions[i]), number(halfEven(treatedShares(test, i)[0] * 1000))]) add(line, "td", "", text);
  }
  parts.tableHolder.replaceChildren(table);
}

// Japanese amounts stay on one line: a word joiner after 億 and 万 inside of a number.
function setText(node, text) {
  const whole = text.replace(/(\d[兆億万])(?=\d)/g, "$1\u2060");
  if (node.textContent !== whole) node.textContent = whole;
}

function setBold(node, text) {
  if (node.dataset.said === text) return;
  node.dataset.said = text;
  node.replaceChildren(...text.split("**").map((part, k) => (k % 2 ? element("b", "", part) : document.createTextNode(part))));
}
