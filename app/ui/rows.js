const SVG = "http://www.w3.org/2000/svg";

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function chip(cell) {
  const made = element("span", `k-chip k-${cell.tone}`);
  if (cell.sign) {
    const sign = element("span", "", cell.sign);
    sign.setAttribute("aria-hidden", "true");
    made.append(sign);
  }
  made.append(element("span", "", cell.text));
  return made;
}

function spark(cell) {
  const values = cell.values;
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", `k-spark k-${cell.direction}`);
  svg.setAttribute("viewBox", "0 0 100 26");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", cell.alt);
  const low = Math.min(...values), span = Math.max(...values) - low;
  const points = values.map((v, i) => {
    const x = values.length > 1 ? (i * 100) / (values.length - 1) : 50;
    const y = span > 0 ? 23 - (20 * (v - low)) / span : 13;
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  });
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", `M${points.join("L")}`);
  svg.append(path);
  return svg;
}

function fill(cell, holder) {
  if (cell.kind === "main") {
    holder.append(element("b", "", cell.title));
    if (cell.sub) holder.append(element("span", "", cell.sub));
  } else if (cell.kind === "chip") {
    holder.append(chip(cell));
  } else if (cell.kind === "spark") {
    if (cell.values.length > 1) holder.append(spark(cell));
  } else {
    holder.append(cell.text);
  }
}

function cellOf(cell, column, opens) {
  const holder = element("div", `k-cell k-is-${column.kind} ${column.right ? "k-right" : ""}`);
  holder.dataset.phone = column.phone;
  holder.dataset.label = column.label;
  if (!opens) holder.setAttribute("role", "cell");
  else if (column.kind !== "main") holder.append(element("span", "k-said", `${column.label}: `)); // the heading, for who can't see it
  fill(cell, holder);
  return holder;
}

// A row that opens is one button, named by all of its cells; rows that don't are a table.
function lineOf(row, data, open) {
  const line = element(data.opens ? "button" : "div", data.opens ? "k-line" : "k-line k-plain");
  if (row.cells.every((cell) => cell.kind !== "main" || !cell.sub)) line.classList.add("k-slim");
  if (data.opens) {
    line.type = "button";
    line.onclick = () => open(row.id);
  } else {
    line.setAttribute("role", "row");
  }
  row.cells.forEach((cell, i) => line.append(cellOf(cell, data.columns[i], data.opens)));
  if (data.columns.some((column) => column.phone === "second" || column.phone === "end")) {
    const between = element("span", "k-break");
    between.setAttribute("aria-hidden", "true");
    line.append(between);
  }
  if (data.opens) {
    const chevron = element("span", "k-chevron");
    chevron.setAttribute("aria-hidden", "true");
    line.append(chevron);
  }
  return line;
}

function headerOf(data) {
  const header = element("div", "k-line k-header");
  if (data.opens) header.setAttribute("aria-hidden", "true");
  else header.setAttribute("role", "row");
  for (const column of data.columns) {
    const cell = element("div", `k-cell ${column.right ? "k-right" : ""}`, column.label);
    if (!data.opens) cell.setAttribute("role", "columnheader");
    header.append(cell);
  }
  return header;
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".k-rows");
  root.replaceChildren();
  root.style.setProperty("--k-columns", data.template);
  root.setAttribute("role", data.opens ? "group" : "table");
  root.setAttribute("aria-label", data.label);
  root.append(headerOf(data));
  for (const row of data.rows) root.append(lineOf(row, data, (id) => setTriggerValue("opened", id)));
}
