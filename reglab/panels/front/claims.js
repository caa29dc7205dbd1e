// A claim: its heading, the figure in the colours of the theme, and every number in a table.

import { readTheme, watchTheme } from "./kit/theme.js";

function row(cells, tag = "td") {
  const line = document.createElement("tr");
  for (const [text, kind] of cells) {
    const cell = document.createElement(tag);
    cell.textContent = text;
    if (kind) cell.className = `rl-claim-${kind}`;
    line.append(cell);
  }
  return line;
}

function tableOf(rows) {
  const table = document.createElement("table");
  const head = document.createElement("thead");
  head.append(row([["", ""], ["what", ""], ["measured", ""], ["", ""], ["predicted", ""], ["kind", ""]], "th"));
  const body = document.createElement("tbody");
  for (const one of rows) {
    const line = row([
      [one.mark, "mark"], [one.name, ""], [one.measured, "number"],
      [one.relation, "relation"], [one.predicted, "number"], [one.kind, "kind"],
    ]);
    line.dataset.passed = one.passed;
    body.append(line);
  }
  table.append(head, body);
  return table;
}

// Drawn by the kernel; every word in it is an outline.
function drawingOf(svg) {
  const drawing = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  drawing.setAttribute("aria-hidden", "true");
  return document.adoptNode(drawing);
}

function draw(el, content) {
  el.replaceChildren();
  el.dataset.state = content.state ?? "empty";
  const status = document.createElement("p");
  status.className = "rl-claim-status";
  status.setAttribute("role", "status");
  status.setAttribute("aria-live", "polite");
  status.textContent = content.status ?? "";
  el.append(status);
  if (content.state === "busy") {
    const bar = document.createElement("div");
    bar.className = "rl-claim-bar";
    el.append(bar);
  }
  if (!content.svg) return;
  const figure = document.createElement("div");
  figure.className = "rl-claim-figure";
  figure.setAttribute("role", "img");
  figure.setAttribute("aria-label", content.alt);
  figure.append(drawingOf(content.svg));
  el.append(figure, tableOf(content.rows));
}

export default {
  render({ model, el }) {
    el.classList.add("reglab-claim");
    const theme = () => readTheme(el, [el, ...[el.closest(".reglab")].filter(Boolean)]);
    const show = () => draw(el, model.get("content"));
    model.on("change:content", show);
    show();
    requestAnimationFrame(theme);
    const stop = watchTheme(theme);
    return () => {
      stop();
      model.off("change:content", show);
    };
  },
};
