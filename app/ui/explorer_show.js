// What follows from where the reader stands: chart, figures, words, people, fields.

function show(life, moving) {
  const { table } = life.data, { assumed, index } = life.state, own = differs(life);
  const curve = own ? curveUnder(table.test, assumed) : life.baseline;
  life.curve = curve;
  life.places = positions(life, curve, assumed);
  life.best = bestUnder(table, assumed, curve.actions, !own);
  const { against, gain } = comparisonOf(life);
  const seen = { curve, index, own, against, gain, worth: curve.value[index], reference: curve.value[index] - gain.value };
  showChart(life, seen, moving);
  showSlider(life, seen);
  showFigures(life, seen);
  showPeople(life, seen);
  showFields(life, own);
}

// As reported, the report's own figures: an interval that is worked out otherwise would stand beside the one in the headline.
function comparisonOf(life) {
  const { table, report } = life.data, { assumed, index } = life.state;
  if (isAsReported(life)) return { against: report.against, gain: report.gain };
  const against = referenceUnder(table, assumed);
  return { against, gain: gainUnder(table, assumed, index, against) };
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

// Amounts stay on one line: a word joiner after 億 and 万 inside of a number, and after a sign.
function setText(node, text) {
  const whole = text.replace(/(\d[兆億万](?=\d)|[+−±](?=[¥$€£\d]))/g, "$1\u2060");
  if (node.textContent !== whole) node.textContent = whole;
}

function setBold(node, text) {
  if (node.dataset.said === text) return;
  node.dataset.said = text;
  node.replaceChildren(...text.split("**").map((part, k) => (k % 2 ? element("b", "", part) : document.createTextNode(part))));
}
