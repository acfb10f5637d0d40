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

/**
 * Draw everything that the state says.
 *
 * shown: thresholds, curve, agreed (curve or null), index, best, limit (index from which capacity holds, or null), reference (amount).
 * write: tick(amount), share(threshold), bestLabel, referenceLabel, limitLabel.
 */
function drawChart(chart, shown, write, moving) {
  const width = Math.max(240, chart.svg.parentNode.clientWidth), narrow = width < NARROW, height = narrow ? 264 : 324;
  const { thresholds, curve } = shown, last = thresholds.length - 1;
  const curves = shown.agreed ? [curve, shown.agreed] : [curve];
  const [low, high] = settleEnds(chart, moneyEnds(curves, [shown.reference]), moving);
  const ticks = niceTicks(low, high, 5), labels = ticks.map(write.tick);
  const left = Math.ceil(textWidth(chart, labels)) + 12, right = 10, top = 24, bottom = 26;
  const plotWidth = width - left - right, plotHeight = height - top - bottom;
  const x0 = thresholds[0] > 0 ? thresholds[0] : 0, x1 = thresholds[last];
  const x = (t) => left + ((t - x0) / (x1 - x0)) * plotWidth;
  const y = (v) => top + (1 - (Math.max(Math.min(v, high * 2 + Math.abs(high)), low - (high - low)) - low) / (high - low)) * plotHeight;
  chart.size = { width, height, left, right, plotWidth, x0, x1 };
  place(chart.svg, { width, height, viewBox: `0 0 ${width} ${height}` });
  place(chart.plot, { x: left, y: top - 2, width: plotWidth, height: plotHeight + 2 });

  chart.grid.replaceChildren();
  ticks.forEach((tick, k) => {
    const line = shape("path", tick === 0 ? "k-x-zero" : "", chart.grid);
    place(line, { d: `M${left} ${y(tick).toFixed(1)}H${left + plotWidth}` });
    const label = shape("text", "k-x-tick", chart.grid);
    label.textContent = labels[k];
    place(label, { x: left - 8, y: y(tick) + 4, "text-anchor": "end" });
  });
  for (const tick of niceTicks(x0, x1, narrow ? 5 : 6)) {
    const label = shape("text", "k-x-tick", chart.grid);
    label.textContent = write.share(tick);
    const at = x(tick);
    place(label, { x: at, y: height - 8, "text-anchor": at > width - 18 ? "end" : "middle" });
  }

  const xs = Array.from(thresholds, x), line = (column) => Array.from(column, y);
  const lows = line(curve.low), highs = line(curve.high);
  place(chart.band, { d: `${path(xs, highs, 0, last)}L${path([...xs].reverse(), lows.reverse(), 0, last).slice(1)}Z` });
  place(chart.curve, { d: path(xs, line(curve.value), 0, last) });
  place(chart.agreed, { d: shown.agreed ? path(xs, line(shown.agreed.value), 0, last) : "" });

  const level = y(shown.reference);
  place(chart.reference, { d: `M${left} ${level.toFixed(1)}H${left + plotWidth}` });
  label(chart, chart.referenceText, write.referenceLabel, left + plotWidth - 2, Math.max(top + 10, level - 6), "end");

  const bestAt = xs[shown.best], bestLeft = bestAt < left + plotWidth / 2;
  place(chart.best, { d: `M${bestAt.toFixed(1)} ${top - 6}V${top + plotHeight}` });
  label(chart, chart.bestText, write.bestLabel, bestAt + (bestLeft ? 7 : -7), top - 2, bestLeft ? "start" : "end");

  const limited = shown.limit !== null;
  const limitAt = limited ? xs[shown.limit] : left;
  place(chart.over, { x: left, y: top, width: Math.max(0, limitAt - left), height: plotHeight });
  place(chart.limit, { d: limited && limitAt > left ? `M${limitAt.toFixed(1)} ${top}V${top + plotHeight}` : "" });
  const room = textWidth(chart, [write.limitLabel]) + 10;
  const inner = limitAt - left > room;
  label(chart, chart.limitText, limited && limitAt > left ? write.limitLabel : "", limitAt + (inner ? -6 : 6), top + plotHeight - 8, inner ? "end" : "start");

  const at = xs[shown.index], worth = Math.max(top, Math.min(top + plotHeight, y(curve.value[shown.index])));
  place(chart.here, { d: `M${at.toFixed(1)} ${worth.toFixed(1)}V${top + plotHeight}` });
  place(chart.dot, { cx: at.toFixed(1), cy: worth.toFixed(1), r: 6 });
}

function label(chart, node, text, x, y, anchor) {
  if (node.textContent !== text) node.textContent = text;
  const wide = textWidth(chart, [text]), { width } = chart.size;
  const start = anchor === "end" ? x - wide : x;
  const shift = start < 2 ? 2 - start : start + wide > width - 2 ? width - 2 - start - wide : 0;
  place(node, { x: (x + shift).toFixed(1), y: y.toFixed(1), "text-anchor": anchor });
}

// The threshold below a pointer, from its place on the page.
function thresholdAt(chart, clientX) {
  const { left, plotWidth, x0, x1 } = chart.size, box = chart.svg.getBoundingClientRect();
  const part = Math.min(1, Math.max(0, (clientX - box.left - left) / plotWidth));
  return x0 + part * (x1 - x0);
}
