// Amounts, numbers and shares as core/words writes them, digit for digit: decimal arithmetic on the shortest text of a number.
// A test runs both over many amounts and compares.

function decimal(value) {
  const [digits, power] = String(Math.abs(value)).toLowerCase().split("e");
  const [whole, rest = ""] = digits.split(".");
  const scale = rest.length - Number(power || 0);
  const found = BigInt(whole + rest);
  return scale < 0 ? { digits: found * 10n ** BigInt(-scale), scale: 0 } : { digits: found, scale };
}

function shifted(number, powers) {
  const scale = number.scale + powers;
  return scale < 0 ? { digits: number.digits * 10n ** BigInt(-scale), scale: 0 } : { digits: number.digits, scale };
}

function roundedTo(number, decimals) {
  const drop = number.scale - decimals;
  if (drop <= 0) return { digits: number.digits * 10n ** BigInt(-drop), scale: decimals };
  const unit = 10n ** BigInt(drop);
  const more = (number.digits % unit) * 2n >= unit ? 1n : 0n;
  return { digits: number.digits / unit + more, scale: decimals };
}

function isAtLeast(number, whole) {
  return number.digits >= BigInt(whole) * 10n ** BigInt(number.scale);
}

function grouped(number) {
  const text = number.digits.toString().padStart(number.scale + 1, "0");
  const whole = text.slice(0, text.length - number.scale).replace(/\B(?=(\d{3})+$)/g, ",");
  return number.scale ? `${whole}.${text.slice(-number.scale)}` : whole;
}

function isWhole(number) {
  return number.digits % 10n ** BigInt(number.scale) === 0n;
}

function smallAmount(size, marks) {
  const found = roundedTo(size, isAtLeast(size, 100) ? 0 : marks.decimals);
  return grouped(isWhole(found) ? roundedTo(found, 0) : found);
}

const UNITS_EN = [[12, "T"], [9, "B"], [6, "M"], [3, "K"]];

function decimalsInUnit(scaled, suffix, marks) {
  if (suffix === "K") return isAtLeast(scaled, 100) ? 0 : 1;
  return !isAtLeast(scaled, 10) && marks.decimals ? 2 : 1;
}

function inUnit(size, place, marks) {
  const [power, suffix] = UNITS_EN[place];
  const scaled = shifted(size, power);
  const first = decimalsInUnit(scaled, suffix, marks);
  return roundedTo(scaled, decimalsInUnit(roundedTo(scaled, first), suffix, marks));
}

function compactEnglish(size, marks) {
  if (!isAtLeast(roundedTo(size, 0), 10000)) return smallAmount(size, marks);
  let place = UNITS_EN.findIndex(([power]) => isAtLeast(size, 10 ** power));
  if (place < 0) place = UNITS_EN.length - 1;
  if (place && isAtLeast(inUnit(size, place, marks), 1000)) place -= 1;
  return grouped(inUnit(size, place, marks)) + UNITS_EN[place][1];
}

function compactJapanese(size, marks) {
  if (!isAtLeast(roundedTo(size, 0), 100000)) return smallAmount(size, marks);
  const [step, big, bigName, smallName] = !isAtLeast(size, 1000000) ? [3, 4, "万", ""] : !isAtLeast(size, 10 ** 10) ? [4, 8, "億", "万"] : [8, 12, "兆", "億"];
  const whole = roundedTo(shifted(size, step), 0).digits * 10n ** BigInt(step);
  const unit = 10n ** BigInt(big);
  const high = whole / unit, low = whole % unit;
  const rest = smallName ? low / 10n ** BigInt(step) : low;
  const told = (digits, name) => (digits ? grouped({ digits, scale: 0 }) + name : "");
  return told(high, bigName) + told(rest, smallName);
}

function withMarks(value, digits, marks, signed) {
  const sign = !/[1-9]/.test(digits) ? (signed ? "±" : "") : value < 0 ? "−" : signed ? "+" : "";
  return sign + marks.before + digits + marks.after;
}

function money(value, marks, signed = false) {
  const size = decimal(value);
  return withMarks(value, marks.japanese ? compactJapanese(size, marks) : compactEnglish(size, marks), marks, signed);
}

function moneyExact(value, marks, signed = false) {
  return withMarks(value, grouped(roundedTo(decimal(value), marks.decimals)), marks, signed);
}

const TICK_UNITS = { true: [[12, "兆"], [8, "億"], [4, "万"]], false: UNITS_EN };

function moneyTick(value, marks) {
  if (!value) return "0";
  const size = decimal(value);
  const [power, suffix] = TICK_UNITS[Boolean(marks.japanese)].find(([p]) => isAtLeast(size, 10 ** p)) || [0, ""];
  const digits = grouped(roundedTo(shifted(size, power), 3)).replace(/\.?0+$/, "");
  return (value < 0 ? "−" : "") + marks.before + digits + suffix + marks.after;
}

function number(value, decimals = 0, signed = false) {
  const found = roundedTo(decimal(value), decimals);
  const sign = found.digits === 0n ? (signed ? "±" : "") : value < 0 ? "−" : signed ? "+" : "";
  return sign + grouped(found);
}

function percent(share, decimals = 0) {
  const found = roundedTo(shifted(decimal(share), -2), decimals);
  return (share < 0 && found.digits ? "−" : "") + grouped(found) + "%";
}

// As people type amounts: 1,200; ¥1.2M; 120万; 1億5,000万. Not a number, or a comma that parts no thousands: null.
function readAmount(text) {
  let plain = text.normalize("NFKC").replace(/−/g, "-").trim().replace(/^[¥$€円% ]+|[¥$€円% ]+$/g, "").replace(/ /g, "");
  if (/\d{4},|,(?!\d{3}(?!\d))|^,/.test(plain)) return null; // 12,50 would become 1250
  plain = plain.replace(/,/g, "");
  const sign = plain.startsWith("-") ? -1 : 1;
  plain = plain.replace(/^[-+]/, "").replace(/^[¥$€ ]+/, "");
  let total = 0, seen = false;
  for (const [unit, size] of [["兆", 1e12], ["億", 1e8], ["万", 1e4]]) {
    const at = plain.indexOf(unit);
    if (at < 0) continue;
    if (!/^\d+(\.\d+)?$/.test(plain.slice(0, at))) return null;
    total += Number(plain.slice(0, at)) * size;
    plain = plain.slice(at + 1);
    seen = true;
  }
  if (plain) {
    const scale = { K: 1e3, M: 1e6, B: 1e9 }[plain.slice(-1).toUpperCase()];
    const digits = scale ? plain.slice(0, -1) : plain;
    if (!/^\d+(\.\d+)?$/.test(digits)) return null;
    total += Number(digits) * (scale || 1);
    seen = true;
  }
  return seen ? sign * total : null;
}

function fill(template, places) {
  return template.replace(/\{(\w+)\}/g, (all, name) => (name in places ? places[name] : all));
}
