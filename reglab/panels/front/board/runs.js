// The board of runs: a real table, sortable, with a mark for each run and a box for the pool.

import { make, makeButton, setAttribute, setText } from "../kit/dom.js";
import { examples, grouped, isNumber, percent, plusMinus, points } from "../kit/format.js";
import { TONES } from "../kit/headline.js";
import { drawRunMark } from "../kit/marks.js";
import { say } from "../kit/words.js";

/** @typedef {import("../kit/store.js").Store} Store */
/** @typedef {import("../kit/theme.js").Theme} Theme */

/**
 * @typedef {object} Column
 * @property {string} key @property {(store: Store) => string} title @property {() => string} [short]
 * @property {(row: any, store: Store) => string} [write]
 */

/** @type {Column[]} */
const COLUMNS = [
  { key: "pool", title: () => say("pool") },
  { key: "name", title: () => say("run") },
  { key: "step", title: () => say("step"), write: (row) => grouped(row.step) },
  {
    key: "train_error", title: (store) => say("on the {examples}", { examples: examples(store.num_train) }),
    short: () => say("training"),
    write: (row) => percent(row.train_error),
  },
  {
    key: "true_error", title: (store) => say("over {over}", { over: store.over }),
    short: () => say("whole"),
    write: (row) => plusMinus(row.true_error, row.half_width),
  },
  {
    key: "excess", title: () => say("above Bayes"),
    write: (row, store) => (isNumber(store.bayes_error) ? points(row.true_error - store.bayes_error) : "–"),
  },
  {
    key: "severity", title: () => say("severity"),
    write: (row) => (row.code === "OVERFITS" ? points(row.severity) : "–"),
  },
  { key: "word", title: () => say("verdict") },
];

/** The errors of the newest hypothesis of each run. */
export class RunTable {
  /** @param {Element} parent @param {(content: object) => void} send */
  constructor(parent, send) {
    this.send = send;
    /** @type {Store} */
    this.store = undefined;
    /** @type {Theme} */
    this.theme = undefined;
    this.sort = { key: "index", down: false };
    /** @type {ReturnType<RunTable["addRow"]>[]} */
    this.rows = [];
    this.table = make("table", "rl-table", parent);
    this.table.setAttribute("role", "table");
    this.table.setAttribute("aria-label", say("Runs: errors of the newest hypothesis of each"));
    const head = make("tr", "", make("thead", "", this.table));
    head.setAttribute("role", "row");
    this.heads = COLUMNS.map((column) => this.heading(column, head));
    this.body = make("tbody", "", this.table);
    this.empty = make("p", "rl-empty", parent, say("The first run appears here when training starts."));
  }

  /** @param {Column} column @param {Element} head */
  heading(column, head) {
    const cell = make("th", `rl-col-${column.key}`, head);
    cell.setAttribute("role", "columnheader");
    cell.setAttribute("scope", "col");
    const button = makeButton("rl-sort", cell, undefined, () => this.sortBy(column.key));
    return { column, cell, button };
  }

  /**
   * First by that column, then the other way round, then as the runs came.
   * @param {string} key
   */
  sortBy(key) {
    if (this.sort.key !== key) this.sort = { key, down: false };
    else if (!this.sort.down) this.sort = { key, down: true };
    else this.sort = { key: "index", down: false };
    this.update(this.store, this.theme);
  }

  /** @param {Store} store @param {Theme} theme */
  update(store, theme) {
    this.store = store;
    this.theme = theme;
    this.table.hidden = store.board.length === 0;
    this.empty.hidden = !this.table.hidden;
    for (const { column, cell, button } of this.heads) {
      setText(button, column.title(store));
      const order = this.sort.key !== column.key ? "none" : this.sort.down ? "descending" : "ascending";
      setAttribute(cell, "aria-sort", order);
    }
    while (this.rows.length > store.board.length) this.rows.pop().tr.remove();
    while (this.rows.length < store.board.length) this.rows.push(this.addRow(this.rows.length));
    store.board.forEach((row, i) => this.fill(this.rows[i], row, i));
    const order = this.order(store);
    const shown = Array.from(this.body.children);
    const wanted = order.map((i) => this.rows[i].tr);
    if (wanted.some((tr, i) => tr !== shown[i])) this.body.append(...wanted);
  }

  /** @param {Store} store */
  order({ board }) {
    const { key, down } = this.sort;
    const value = (/** @type {number} */ i) => {
      if (key === "pool") return board[i].in_pool ? 0 : 1;
      return key === "index" ? i : board[i][key === "excess" ? "true_error" : key];
    };
    const compare = (/** @type {number} */ a, /** @type {number} */ b) => {
      const [u, v] = [value(a), value(b)];
      const sign = typeof u === "string" ? u.localeCompare(v) : (u ?? Infinity) - (v ?? Infinity);
      return (down ? -sign : sign) || a - b;
    };
    return board.map((_, i) => i).toSorted(compare);
  }

  /** @param {number} index */
  addRow(index) {
    const tr = make("tr", "", this.body);
    tr.setAttribute("role", "row");
    /** @type {Record<string, HTMLTableCellElement>} */
    const cells = {};
    for (const { key, title, short = () => title(this.store) } of COLUMNS) {
      const cell = make("td", `rl-col-${key}`, tr);
      cell.setAttribute("role", "cell");
      cell.dataset.label = short();
      cells[key] = cell;
    }
    const box = make("input", "", cells.pool);
    box.type = "checkbox";
    box.addEventListener("change", () => this.send({ kind: "pool", run: index, include: box.checked }));
    const chosen = () => this.send({ kind: "pick_run", run: index });
    const pick = makeButton("rl-pick", cells.name, undefined, chosen);
    const mark = make("canvas", "rl-mark", pick);
    mark.setAttribute("aria-hidden", "true");
    const name = make("span", "", pick);
    tr.addEventListener("click", (event) => {
      const { target } = event;
      if (target instanceof Element && !target.closest("button, input")) chosen();
    });
    return { tr, cells, box, pick, mark, name, themeId: "" };
  }

  /** @param {ReturnType<RunTable["addRow"]>} entry @param {any} row @param {number} index */
  fill(entry, row, index) {
    const { tr, cells, box, pick, mark, name } = entry;
    for (const { key, write } of COLUMNS) if (write) setText(cells[key], write(row, this.store));
    setText(name, row.name);
    setAttribute(pick, "title", say("Judge run “{name}”", { name: row.name }));
    setText(cells.word, row.word);
    cells.word.dataset.tone = TONES[row.code] ?? "plain";
    if (document.activeElement !== box || box.checked !== row.in_pool) box.checked = row.in_pool;
    setAttribute(box, "aria-label", say("Search this run for witnesses: {name}", { name: row.name }));
    const current = index === this.store.h[0];
    if (current) setAttribute(tr, "aria-current", "true");
    else tr.removeAttribute("aria-current");
    if (entry.themeId !== this.theme.id) {
      entry.themeId = this.theme.id;
      paintMark(mark, this.theme, index);
    }
  }
}

/** @param {HTMLCanvasElement} canvas @param {Theme} theme @param {number} run */
function paintMark(canvas, theme, run) {
  const ratio = Math.max(2, window.devicePixelRatio || 1);
  canvas.width = 14 * ratio;
  canvas.height = 14 * ratio;
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  drawRunMark(context, theme, run, 7, 7, 4.5);
}
