// A claim: its heading, the figure in the colours of the theme, and every number in a table.

import { make } from "./kit/dom.js";
import { hello } from "./kit/link.js";
import { Room, render } from "./kit/room.js";
import { say, sayAs } from "./kit/words.js";

/**
 * One measurement beside what was predicted.
 * @typedef {{ mark: string, name: string, measured: string, relation: string, predicted: string,
 *   kind: string, passed: boolean }} Measurement
 */

/** @typedef {{ state?: string, status?: string, svg?: string, alt?: string, rows?: Measurement[] }} Content */

/** @param {Element} parent @param {[text: string, kind: string][]} cells @param {"td" | "th"} tag */
function addRow(parent, cells, tag) {
  const line = make("tr", "", parent);
  for (const [text, kind] of cells) make(tag, kind && `rl-claim-${kind}`, line, text);
  return line;
}

/** @param {Measurement[]} rows */
function tableOf(rows) {
  const table = make("table");
  /** @type {[string, string][]} */
  const heads = [
    ["", ""], [sayAs("column", "what"), ""], [say("measured"), ""],
    ["", ""], [say("predicted"), ""], [say("kind"), ""],
  ];
  addRow(make("thead", "", table), heads, "th");
  const body = make("tbody", "", table);
  for (const one of rows) {
    const line = addRow(body, [
      [one.mark, "mark"], [one.name, ""], [one.measured, "number"],
      [one.relation, "relation"], [one.predicted, "number"], [one.kind, "kind"],
    ], "td");
    line.dataset.passed = String(one.passed);
  }
  return table;
}

/**
 * Drawn by the kernel; every word in it is an outline.
 * @param {string} svg
 */
function drawingOf(svg) {
  const drawing = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  drawing.setAttribute("aria-hidden", "true");
  return document.adoptNode(drawing);
}

class Claim extends Room {
  /** @param {import("./kit/link.js").Model} model @param {HTMLElement} el */
  constructor(model, el) {
    super(model, el, "claims", { painted: 0 });
    el.classList.add("reglab-claim");
    const changed = () => this.fill(model.get("content"));
    model.on("change:content", changed);
    this.stops.push(() => model.off("change:content", changed));
    changed();
    this.send(hello());
  }

  /** @param {Content} content */
  fill({ state = "empty", status = "", svg, alt = "", rows = [] }) {
    const { el } = this;
    el.replaceChildren();
    el.dataset.state = state;
    const said = make("p", "rl-claim-status", el, status);
    said.setAttribute("role", "status");
    said.setAttribute("aria-live", "polite");
    if (state === "busy") make("div", "rl-claim-bar", el);
    if (!svg) return;
    const figure = make("div", "rl-claim-figure", el);
    figure.setAttribute("role", "img");
    figure.setAttribute("aria-label", alt);
    figure.append(drawingOf(svg));
    el.append(tableOf(rows));
  }
}

export default {
  /** @param {{ model: import("./kit/link.js").Model, el: HTMLElement }} place */
  render: (place) => render(Claim, place),
};
