// What decisions are worth under other assumptions: the browser's copy of core/impact/explorer_value.py, where the formulas are told.
// A test runs both over many assumptions and compares.

const Z = 1.959963984540054;

function classColumns(sums, acted, left) {
  const rows = sums.rows, a = sums.acted || rows, b = sums.left || rows;
  return {
    rows, a, b, acted, left,
    a2: sums.acted_squares || rows, b2: sums.left_squares || rows, ab: sums.products || (sums.left ? b : a),
  };
}

function gained(part, i) {
  return part.acted * part.a[i] - part.left * part.b[i];
}

function gainedSquares(part, i) {
  return part.acted ** 2 * part.a2[i] + part.left ** 2 * part.b2[i] - 2 * part.acted * part.left * part.ab[i];
}

function momentsOf(total, squares, rows) {
  const n = Math.max(1, rows), mean = total / n;
  return { mean, variance: Math.max(squares / n - mean * mean, 0) };
}

function valueMoments(part, i) {
  const total = part.acted * part.a[i] + part.left * (part.b[0] - part.b[i]);
  const squares = part.acted ** 2 * part.a2[i] + part.left ** 2 * (part.b2[0] - part.b2[i]);
  return momentsOf(total, squares, part.rows[0]);
}

function sampleOf(sums, assumed) {
  const positives = sums.positive.rows[0], rows = positives + sums.negative.rows[0];
  const share = positives / rows;
  return { rows, share, assumed: share > 0 && share < 1 ? assumed.prevalence : share };
}

function together(sample, one, zero) {
  const p = sample.share, q = sample.assumed;
  const known = (p > 0 ? ((q * q) / p) * one.variance : 0) + (p < 1 ? ((1 - q) ** 2 / (1 - p)) * zero.variance : 0);
  const spread = Math.sqrt((known + q * (1 - q) * (one.mean - zero.mean) ** 2) / sample.rows);
  return { mean: q * one.mean + (1 - q) * zero.mean, spread };
}

function bothClasses(sums, assumed) {
  return [classColumns(sums.positive, assumed.tp, assumed.fn), classColumns(sums.negative, assumed.fp, assumed.tn)];
}

function treatedShares(sums, i) {
  return [sums.positive.rows[i] / Math.max(1, sums.positive.rows[0]), sums.negative.rows[i] / Math.max(1, sums.negative.rows[0])];
}

function curveUnder(sums, assumed) {
  const sample = sampleOf(sums, assumed), [one, zero] = bothClasses(sums, assumed), size = sums.positive.rows.length;
  const curve = { value: new Float64Array(size), low: new Float64Array(size), high: new Float64Array(size), actions: new Float64Array(size) };
  for (let i = 0; i < size; i++) {
    const { mean, spread } = together(sample, valueMoments(one, i), valueMoments(zero, i));
    const value = mean * assumed.cases, half = Z * spread * assumed.cases;
    curve.value[i] = value;
    curve.low[i] = value - half;
    curve.high[i] = value + half;
    curve.actions[i] = mixed(sums, assumed, sums.positive.rows[i], sums.negative.rows[i]);
  }
  return curve;
}

// Two classes' sums over treated rows, as a period of the assumed cases has them.
function mixed(sums, assumed, positive, negative) {
  const q = sampleOf(sums, assumed).assumed;
  return ((q * positive) / Math.max(1, sums.positive.rows[0]) + ((1 - q) * negative) / Math.max(1, sums.negative.rows[0])) * assumed.cases;
}

function isAllowed(table, assumed, actions, i) {
  const { test, validation: known } = table, slack = 1 + 1e-12;
  if (i === actions.length - 1) return true;
  if (assumed.capacity !== null && actions[i] > assumed.capacity * slack + 1e-9) return false;
  if (assumed.budget !== null && test.positive.spent && spentAt(test, assumed, i) > assumed.budget * slack + 1e-9) return false;
  if (assumed.precision === null) return true;
  const hits = mixed(known, assumed, known.positive.rows[i], 0);
  return hits >= assumed.precision * mixed(known, assumed, known.positive.rows[i], known.negative.rows[i]) - 1e-9;
}

function spentAt(sums, assumed, i) {
  return mixed(sums, assumed, sums.positive.spent[i], sums.negative.spent[i]);
}

function bestUnder(table, assumed, actions, agreed) {
  const own = table.recommended;
  if (agreed) return own;
  const { value } = curveUnder(table.validation, assumed), last = value.length - 1;
  const told = (i) => (isAllowed(table, assumed, actions, i) ? value[i] : -Infinity);
  let best = last;
  for (let i = last - 1; i >= 0; i--) if (told(i) > told(best)) best = i;
  return told(own) >= told(best) - 1e-9 * Math.max(1, Math.abs(told(best))) ? own : best;
}

function difference(part, rule, i, against) {
  const here = gained(part, i), squares = gainedSquares(part, i), n = part.rows[0];
  if (against === "everybody") return momentsOf(here - gained(part, 0), gainedSquares(part, 0) - squares, n);
  if (against === "rule" && rule) return momentsOf(here - gained(rule, 0), squares + gainedSquares(rule, 0) - 2 * gainedSquares(rule, i), n);
  return momentsOf(here, squares, n);
}

function gainUnder(table, assumed, i, against) {
  const [one, zero] = bothClasses(table.test, assumed), rules = table.rule ? bothClasses(table.rule, assumed) : [null, null];
  const { mean, spread } = together(sampleOf(table.test, assumed), difference(one, rules[0], i, against), difference(zero, rules[1], i, against));
  const half = Z * spread * assumed.cases, value = mean * assumed.cases;
  return { value, low: value - half, high: value + half };
}

function referenceUnder(table, assumed) {
  const kinds = ["nothing", "everybody", ...(table.rule ? ["rule"] : [])];
  const gains = kinds.map((kind) => gainUnder(table, assumed, 0, kind).value);
  return kinds[gains.indexOf(Math.min(...gains))];
}

// The four cells of so many cases, whole numbers that add up: largest remainders.
function cellsOf(table, assumed, i, total) {
  const q = sampleOf(table.test, assumed).assumed, [hit, vain] = treatedShares(table.test, i);
  const exact = [q * hit, (1 - q) * vain, q * (1 - hit), (1 - q) * (1 - vain)].map((share) => share * total);
  const whole = exact.map(Math.floor);
  const order = [0, 1, 2, 3].sort((a, b) => whole[a] - exact[a] - (whole[b] - exact[b]) || a - b);
  const missing = total - whole.reduce((sum, part) => sum + part, 0);
  for (const k of order.slice(0, missing)) whole[k] += 1;
  return whole;
}
