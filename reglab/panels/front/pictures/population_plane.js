// The witness plane of a population: the last hypothesis of each run, a mark for its verdict.

import { packColor } from "../kit/field.js";
import { grouped, isNumber, percent, tickPercent } from "../kit/format.js";
import { LINE, Labels, spotsAround } from "../kit/labels.js";
import { dashBayes, drawRing, tracePath } from "../kit/marks.js";
import { steadyDomain, ticksBetween } from "../kit/scale.js";
import { layerCanvas, make, setAttribute, setText } from "../kit/surface.js";
import { paintFrame } from "./charts.js";

export const KINDS = ["overfits", "overfits by less", "optimal", "no witness", "undecided"];
const DOT = 4.2;

function kindOf(plane, i) {
  const code = plane.code[i];
  return code === 0 ? (plane.counts[i] ? 0 : 1) : code + 1;
}

function traceKind(context, kind, x, y, r) {
  context.beginPath();
  if (kind < 2) {
    context.moveTo(x, y - 1.15 * r);
    context.lineTo(x + 1.1 * r, y + 0.85 * r);
    context.lineTo(x - 1.1 * r, y + 0.85 * r);
    context.closePath();
  } else {
    tracePath(context, ["cross", "disc", "diamond"][kind - 2], x, y, kind === 4 ? 0.85 * r : r);
  }
}

function drawKind(context, theme, kind, x, y, r) {
  traceKind(context, kind, x, y, r);
  const color = kind < 2 ? theme.red : kind === 2 ? theme.green : theme.ink;
  const filled = kind === 0 || kind === 2;
  context.fillStyle = filled ? color : theme.surface;
  context.strokeStyle = filled ? theme.surface : color;
  context.lineWidth = filled ? 1 : 1.4;
  context.lineJoin = "round";
  context.fill();
  context.stroke();
}

export class PopulationPlane {
  constructor() {
    this.hovered = null;
  }

  paint(context, width, height, store, theme) {
    const { plane } = store;
    const labels = new Labels(context, theme, { x: 0, y: 0, w: width, h: height });
    this.scales(plane);
    const across = ticksBetween(this.x[0], this.x[1], 5);
    const frame = paintFrame(context, labels, theme, {
      width, height, upTitle: `error over ${store.over}`, acrossTitle: `error on the ${store.trained}`,
      up: { low: this.y[0], high: this.y[1] },
      across: { low: this.x[0], high: this.x[1], ticks: across.ticks.map((at) => ({ at, text: tickPercent(at, across.step) })) },
    });
    this.frame = frame;
    if (plane.density) this.paintDensity(context, store, theme, frame);
    this.order = [...plane.run.keys()].sort((a, b) =>
      plane.group[a] - plane.group[b] || plane.true_error[a] - plane.true_error[b] || a - b);
    this.at = Array.from(plane.run, (_, i) => [frame.px(plane.train_error[i]), frame.py(plane.true_error[i])]);
    if (!plane.density) this.paintDots(context, plane, store, theme, labels);
    this.paintBayes(context, labels, theme, plane, frame);
    this.paintChosen(context, labels, store, theme);
    if (!plane.run.length && !plane.density) {
      const lines = labels.wrap("the last hypothesis of every run becomes a mark in here", 0.7 * width);
      labels.draw(lines, labels.boxOf(lines, (frame.x + frame.right) / 2, (frame.y + frame.bottom) / 2 - 14, { align: "center" }), { align: "center" });
    }
  }

  scales(plane) {
    const [left, right, low, high] = plane.region;
    const dense = Boolean(plane.density);
    const across = dense ? [left, right] : Array.from(plane.train_error);
    const up = dense ? [low, high] : Array.from(plane.true_error);
    if (isNumber(plane.bayes_error)) up.push(plane.bayes_error);
    this.x = steadyDomain(across, { zero: true, least: 0.1 }, this.x);
    this.y = steadyDomain(up, { least: 0.06 }, this.y);
  }

  paintDensity(context, store, theme, frame) {
    const { density, region, rows, cols } = store.plane;
    const canvas = layerCanvas(cols, rows);
    const image = canvas.getContext("2d").createImageData(cols, rows);
    const pixels = new Uint32Array(image.data.buffer);
    for (let r = 0; r < rows; r += 1) {
      for (let c = 0; c < cols; c += 1) {
        pixels[(rows - 1 - r) * cols + c] = packColor(theme.rgb.ink, (0.9 * density[r * cols + c]) / 255);
      }
    }
    canvas.getContext("2d").putImageData(image, 0, 0);
    const [x0, x1] = [frame.px(region[0]), frame.px(region[1])];
    const [y0, y1] = [frame.py(region[3]), frame.py(region[2])];
    context.save();
    context.beginPath();
    context.rect(frame.x, frame.y, frame.right - frame.x, frame.bottom - frame.y);
    context.clip();
    context.imageSmoothingEnabled = false;
    context.drawImage(canvas, x0, y0, x1 - x0, y1 - y0);
    context.restore();
  }

  paintDots(context, plane, store, theme, labels) {
    const strong = [];
    this.order.forEach((i) => {
      if (plane.group[i] === store.chosen) strong.push(i);
      else this.dot(context, theme, plane, i, 0.26, DOT - 0.7);
    });
    for (const i of strong) this.dot(context, theme, plane, i, 1, DOT);
    if (plane.run.length <= 200) for (const [x, y] of this.at) labels.block(x - 3, y - 3, 6, 6);
  }

  dot(context, theme, plane, i, alpha, r) {
    const [x, y] = this.at[i];
    context.globalAlpha = alpha;
    drawKind(context, theme, kindOf(plane, i), x, y, r);
    context.globalAlpha = 1;
  }

  paintBayes(context, labels, theme, plane, frame) {
    if (!isNumber(plane.bayes_error)) return;
    const y = frame.py(plane.bayes_error);
    dashBayes(context, theme, frame.x, frame.right, y);
    const text = [`Bayes error ${percent(plane.bayes_error)}`];
    const spots = [y + 2, y - LINE - 1].flatMap((at) => [
      { x: frame.right - 2, y: at, align: "right" }, { x: frame.x + 4, y: at },
    ]);
    const inside = spots.filter((spot) => spot.y + LINE < frame.bottom);
    labels.place(text, inside.length ? inside : spots, { color: theme.muted });
  }

  paintChosen(context, labels, store, theme) {
    const { plane, brushed } = store;
    const chosen = brushed ? plane.run.indexOf(brushed.run) : -1;
    if (brushed && chosen < 0 && plane.density) {
      drawRing(context, theme, theme.ink, this.frame.px(brushed.train_error.at(-1)), this.frame.py(brushed.true_error.at(-1)), 7);
    }
    if (chosen >= 0) {
      drawRing(context, theme, theme.ink, ...this.at[chosen], 7.5);
      this.dot(context, theme, plane, chosen, 1, DOT);
    }
    const told = this.hovered ?? null;
    if (told === null || !this.at[told]) return;
    const [x, y] = this.at[told];
    context.beginPath();
    context.arc(x, y, 7, 0, 2 * Math.PI);
    context.strokeStyle = theme.ink;
    context.lineWidth = 1.5;
    context.stroke();
    const lines = [
      `${store.settings[plane.group[told]]}, draw ${plane.draw[told]}`,
      `${percent(plane.train_error[told])} · ${percent(plane.true_error[told])}`,
    ];
    labels.taken = [];
    labels.place(lines, spotsAround(x, y, 12, 2), { color: theme.ink });
  }

  // The dot within reach of a place, or null.
  nearest(x, y, reach) {
    let [best, found] = [reach, null];
    this.at?.forEach(([dx, dy], i) => {
      const away = Math.hypot(dx - x, dy - y);
      if (away < best) [best, found] = [away, i];
    });
    return found;
  }

  kinds(store) {
    const { plane } = store;
    if (plane.density) return [];
    const there = new Set(Array.from(plane.run, (_, i) => kindOf(plane, i)));
    return [...there].sort();
  }

  optionWords(store, i) {
    const { plane } = store;
    return `${store.settings[plane.group[i]]}, draw ${plane.draw[i]}: ${KINDS[kindOf(plane, i)]}, ` +
      `${percent(plane.train_error[i])} on the training examples, ${percent(plane.true_error[i])} over ${store.over}`;
  }

  describe(store) {
    const { plane } = store;
    if (plane.density) return `Witness plane: the ends of ${grouped(plane.count)} runs as a density. A click chooses the nearest.`;
    const count = new Array(KINDS.length).fill(0);
    for (let i = 0; i < plane.run.length; i += 1) count[kindOf(plane, i)] += 1;
    const said = KINDS.flatMap((word, i) => (count[i] ? [`${count[i]} ${word}`] : []));
    return `Witness plane: the ends of ${grouped(plane.run.length)} runs${said.length ? `, ${said.join(", ")}` : ""}. ` +
      "Arrow keys choose a run.";
  }
}

// The canvas is a list box: one option, the run that is chosen, stands for all of them.
export class DotList {
  constructor(surface, plane, view) {
    Object.assign(this, { surface, plane, view });
    const { canvas } = surface;
    canvas.setAttribute("role", "listbox");
    this.option = make("div", "", canvas);
    this.option.id = `rl-option-${Math.random().toString(36).slice(2)}`;
    this.option.setAttribute("role", "option");
    this.option.setAttribute("aria-selected", "false");
    canvas.addEventListener("keydown", (event) => this.key(event));
    canvas.addEventListener("click", (event) => this.click(event));
    canvas.addEventListener("pointermove", (event) => this.hover(event));
    canvas.addEventListener("pointerleave", () => this.setHovered(null));
  }

  key(event) {
    const { order } = this.plane;
    if (!order?.length || event.altKey || event.ctrlKey || event.metaKey) return;
    const now = order.indexOf(this.chosen());
    const step = event.shiftKey ? 10 : 1;
    const last = order.length - 1;
    const target = {
      ArrowRight: Math.min(last, now + step), ArrowDown: Math.min(last, now + step),
      ArrowLeft: Math.max(0, now - step), ArrowUp: Math.max(0, now - step), Home: 0, End: last,
    }[event.key];
    if (event.key === "Escape") this.view.send({ kind: "forget" });
    else if (target === undefined) return;
    else this.pick(order[target]);
    event.preventDefault();
    event.stopPropagation();
  }

  chosen() {
    const { brushed, plane } = this.view.store;
    return this.wish ?? (brushed ? plane.run.indexOf(brushed.run) : -1);
  }

  pick(i) {
    this.wish = i;
    this.view.send({ kind: "pick", run: this.view.store.plane.run[i] });
    this.say();
  }

  click(event) {
    const [x, y] = [event.offsetX, event.offsetY];
    const { frame } = this.plane;
    if (this.view.store.plane.density && frame) {
      this.view.send({ kind: "near", train_error: frame.px.invert(x), true_error: frame.py.invert(y) });
      return;
    }
    const found = this.plane.nearest(x, y, event.pointerType === "touch" ? 24 : 14);
    if (found !== null) this.pick(found);
  }

  hover(event) {
    if (event.pointerType === "touch") return;
    this.setHovered(this.plane.nearest(event.offsetX, event.offsetY, 14));
  }

  setHovered(found) {
    this.surface.canvas.style.cursor = found === null && !this.view.store.plane.density ? "" : "pointer";
    if (found === this.plane.hovered) return;
    this.plane.hovered = found;
    this.view.repaint();
  }

  arrived() {
    this.wish = undefined;
    this.say();
  }

  say() {
    const { canvas } = this.surface;
    const { store } = this.view;
    const chosen = this.chosen();
    if (chosen < 0 || chosen >= store.plane.run.length) {
      canvas.removeAttribute("aria-activedescendant");
      setText(this.option, "");
      return;
    }
    setAttribute(canvas, "aria-activedescendant", this.option.id);
    setAttribute(this.option, "aria-selected", "true");
    setAttribute(this.option, "aria-posinset", this.plane.order ? this.plane.order.indexOf(chosen) + 1 : 1);
    setAttribute(this.option, "aria-setsize", store.plane.run.length);
    setText(this.option, this.plane.optionWords(store, chosen));
  }
}
