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
    holder.textContent = cell.text;
  }
}

function said(cell, label) {
  const text = cell.kind === "main" ? [cell.title, cell.sub].filter(Boolean).join(", ") : cell.kind === "spark" ? cell.alt : cell.text;
  return cell.kind === "main" || !label ? text : `${label}: ${text}`;
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".k-rows");
  root.replaceChildren();
  root.style.setProperty("--k-columns", data.template);
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", data.label);

  const header = element("div", "k-line k-header");
  header.setAttribute("aria-hidden", "true");
  for (const column of data.columns) header.append(element("div", `k-cell ${column.right ? "k-right" : ""}`, column.label));
  root.append(header);

  for (const row of data.rows) {
    const line = element(data.opens ? "button" : "div", data.opens ? "k-line" : "k-line k-plain");
    if (data.opens) {
      line.type = "button";
      line.setAttribute("aria-label", row.cells.map((cell, i) => said(cell, data.columns[i].label)).join("; "));
      line.onclick = () => setTriggerValue("opened", row.id);
    }
    row.cells.forEach((cell, i) => {
      const column = data.columns[i];
      const holder = element("div", `k-cell k-is-${column.kind} ${column.right ? "k-right" : ""}`);
      holder.dataset.phone = column.phone;
      holder.dataset.label = column.label;
      fill(cell, holder);
      line.append(holder);
    });
    if (data.opens) {
      const chevron = element("span", "k-chevron");
      chevron.setAttribute("aria-hidden", "true");
      line.append(chevron);
    }
    root.append(line);
  }
}
