// The curve with its band, drawn by hand so that a drag costs a millisecond: no chart library stands in between.

const SVG = "http://www.w3.org/2000/svg";
const NARROW = 480;

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function shape(tag, className, parent) {
  const made = document.createElementNS(SVG, tag);
  if (className) made.setAttribute("class", className);
  parent.append(made);
  return made;
}

function place(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
}

function niceTicks(low, high, most) {
  const raw = (high - low) / Math.max(1, most - 1), power = 10 ** Math.floor(Math.log10(raw));
  for (const step of [1, 2, 2.5, 5, 10, 20].map((times) => times * power)) {
    const first = Math.ceil(low / step - 1e-9), last = Math.floor(high / step + 1e-9);
    if (last - first + 1 <= most) return Array.from({ length: last - first + 1 }, (_, k) => Number(((first + k) * step).toPrecision(12)));
  }
  return [low, high];
}

// The ends of the money axis. Losses far below what can be earned are cut off, else they would flatten what matters.
function moneyEnds(curves, others) {
  let low = Infinity, high = -Infinity;
  for (const curve of curves) {
    for (let i = 0; i < curve.value.length; i++) {
      if (curve.low[i] < low) low = curve.low[i];
      if (curve.high[i] > high) high = curve.high[i];
    }
  }
  for (const value of others) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > 0 && low < 0.6 * high) low = 0;
  if (high > 0) low = Math.max(low, -1.2 * high);
  const room = (high - low || Math.abs(high) || 1) * 0.06;
  return [low === 0 ? 0 : low - room, high + room];
}

function makeChart(holder) {
  const svg = shape("svg", "k-x-chart", holder);
  svg.setAttribute("role", "img");
  const clip = shape("clipPath", "", shape("defs", "", svg));
  clip.id = "k-x-plot";
  const plot = shape("rect", "", clip);
  const grid = shape("g", "k-x-grid", svg);
  const inside = shape("g", "", svg);
  inside.setAttribute("clip-path", "url(#k-x-plot)");
  return {
    svg, plot, grid, over: shape("rect", "k-x-over", inside), band: shape("path", "k-x-band", inside),
    agreed: shape("path", "k-x-agreed", inside), reference: shape("path", "k-x-reference", inside), curve: shape("path", "k-x-curve", inside),
    best: shape("path", "k-x-best", svg), limit: shape("path", "k-x-limit", svg), here: shape("path", "k-x-here", svg),
    referenceText: shape("text", "k-x-quiet", svg), limitText: shape("text", "k-x-quiet", svg), bestText: shape("text", "k-x-strong", svg),
    dot: shape("circle", "k-x-dot", svg), ends: null, size: null,
  };
}

function textWidth(chart, texts) {
  const pen = (chart.pen ||= document.createElement("canvas").getContext("2d"));
  pen.font = `12px ${getComputedStyle(chart.svg).fontFamily}`;
  return Math.max(0, ...texts.map((text) => pen.measureText(text).width));
}

// Keep the axis still while something is dragged, unless the curve leaves it or fills less than half of it.
function settleEnds(chart, wanted, moving) {
  const now = chart.ends;
  if (now && moving) {
    const span = now[1] - now[0], fits = wanted[0] >= now[0] - 0.02 * span && wanted[1] <= now[1] + 0.02 * span;
    if (fits && wanted[1] - wanted[0] > 0.5 * span) return now;
  }
  chart.ends = wanted;
  return wanted;
}

function path(xs, ys, from, to) {
  let text = "";
  for (let i = from; i <= to; i++) text += `${text ? "L" : "M"}${xs[i].toFixed(1)} ${ys[i].toFixed(1)}`;
  return text;
}

// Where amounts and places stand in pixels, given the size of the page.
function frameOf(chart, shown, write, moving) {
  const width = Math.max(240, chart.svg.parentNode.clientWidth), narrow = width < NARROW, height = narrow ? 264 : 372;
  const [low, high] = settleEnds(chart, moneyEnds(shown.agreed ? [shown.curve, shown.agreed] : [shown.curve], [shown.reference]), moving);
  const ticks = niceTicks(low, high, 5), labels = ticks.map(write.tick), left = Math.ceil(textWidth(chart, labels)) + 12, right = 10, top = 24;
  const across = width - left - right, down = height - top - 26, { places } = shown;
  const x0 = Math.max(0, Math.min(places[0], places[places.length - 1])), x1 = Math.max(places[0], places[places.length - 1]);
  const x = (at) => left + ((at - x0) / (x1 - x0)) * across;
  const y = (value) => top + Math.max(-0.5, Math.min(1.5, (high - value) / (high - low))) * down;
  return { width, height, narrow, left, right, top, across, down, x0, x1, x, y, ticks, labels, bottom: top + down };
}

/**
 * Draw everything that the state says.
 *
 * shown: places (on the axis), curve, agreed (curve or null), index, best, limit (index from which capacity holds, or null), reference (amount).
 * write: tick(amount), share(place), bestLabel, referenceLabel, limitLabel.
 */
function drawChart(chart, shown, write, moving) {
  const frame = (chart.size = frameOf(chart, shown, write, moving)), { width, height, left, top, across, down } = frame;
  place(chart.svg, { width, height, viewBox: `0 0 ${width} ${height}` });
  place(chart.plot, { x: left, y: top - 2, width: across, height: down + 2 });
  drawGrid(chart, frame, write);
  drawCurves(chart, frame, shown);
  drawReference(chart, frame, shown, write);
  drawLimit(chart, frame, shown, write);
  drawMarks(chart, frame, shown, write);
}

function drawGrid(chart, frame, write) {
  const { left, across, x, y, ticks, labels, height, width, x0, x1, narrow } = frame;
  chart.grid.replaceChildren();
  ticks.forEach((tick, k) => {
    const line = shape("path", tick === 0 ? "k-x-zero" : "", chart.grid), text = shape("text", "k-x-tick", chart.grid);
    place(line, { d: `M${left} ${y(tick).toFixed(1)}H${left + across}` });
    text.textContent = labels[k];
    place(text, { x: left - 8, y: y(tick) + 4, "text-anchor": "end" });
  });
  for (const tick of niceTicks(x0, x1, narrow ? 5 : 6)) {
    const text = shape("text", "k-x-tick", chart.grid), at = x(tick);
    text.textContent = write.share(tick);
    place(text, { x: at, y: height - 8, "text-anchor": at > width - 18 ? "end" : "middle" });
  }
}

function drawCurves(chart, frame, shown) {
  const { x, y } = frame, { curve, agreed } = shown, last = shown.places.length - 1;
  const xs = Array.from(shown.places, x), line = (column) => Array.from(column, y);
  const back = path([...xs].reverse(), line(curve.low).reverse(), 0, last).slice(1);
  place(chart.band, { d: `${path(xs, line(curve.high), 0, last)}L${back}Z` });
  place(chart.curve, { d: path(xs, line(curve.value), 0, last) });
  place(chart.agreed, { d: agreed ? path(xs, line(agreed.value), 0, last) : "" });
}

function drawReference(chart, frame, shown, write) {
  const level = frame.y(shown.reference), end = frame.left + frame.across;
  place(chart.reference, { d: `M${frame.left} ${level.toFixed(1)}H${end}` });
  label(chart, chart.referenceText, write.referenceLabel, end - 2, Math.max(frame.top + 10, level - 6), "end");
}

// What the capacity doesn't reach lies in a gray field: at the left of likelihoods, at the right of shares.
function drawLimit(chart, frame, shown, write) {
  const { left, top, across, down, bottom, x } = frame, { places, limit } = shown;
  if (limit === null) {
    place(chart.over, { width: 0, height: 0 });
    place(chart.limit, { d: "" });
    label(chart, chart.limitText, "", left, bottom, "start");
    return;
  }
  const at = x(places[limit]), rising = places[places.length - 1] > places[0], room = textWidth(chart, [write.limitLabel]) + 10;
  place(chart.over, { x: rising ? left : at, y: top, width: Math.max(0, rising ? at - left : left + across - at), height: down });
  place(chart.limit, { d: `M${at.toFixed(1)} ${top}V${bottom}` });
  const before = rising ? at - left > room : left + across - at < room;
  label(chart, chart.limitText, write.limitLabel, at + (before ? -6 : 6), bottom - 8, before ? "end" : "start");
}

function drawMarks(chart, frame, shown, write) {
  const { left, top, across, bottom, x, y } = frame, { places, curve } = shown;
  const best = x(places[shown.best]), inLeft = best < left + across / 2;
  place(chart.best, { d: `M${best.toFixed(1)} ${top - 6}V${bottom}` });
  label(chart, chart.bestText, write.bestLabel, best + (inLeft ? 7 : -7), top - 2, inLeft ? "start" : "end");
  const at = x(places[shown.index]).toFixed(1), worth = Math.max(top, Math.min(bottom, y(curve.value[shown.index]))).toFixed(1);
  place(chart.here, { d: `M${at} ${worth}V${bottom}` });
  place(chart.dot, { cx: at, cy: worth, r: 6 });
}

function label(chart, node, text, x, y, anchor) {
  if (node.textContent !== text) node.textContent = text;
  const wide = textWidth(chart, [text]), { width } = chart.size;
  const start = anchor === "end" ? x - wide : x;
  const shift = start < 2 ? 2 - start : start + wide > width - 2 ? width - 2 - start - wide : 0;
  place(node, { x: (x + shift).toFixed(1), y: y.toFixed(1), "text-anchor": anchor });
}

// The place on the axis below a pointer.
function placeAt(chart, clientX) {
  const { left, across, x0, x1 } = chart.size, box = chart.svg.getBoundingClientRect();
  const part = Math.min(1, Math.max(0, (clientX - box.left - left) / across));
  return x0 + part * (x1 - x0);
}
