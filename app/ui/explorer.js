// The card: what the reader does with its parts. Every sentence comes from the catalogue with open places; none is made here.

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
