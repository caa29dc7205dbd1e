// One meaning, one mark: classes, runs, the Bayes error, arrows.

import { font } from "./labels.js";
import { fade } from "./theme.js";

/** @typedef {"disc" | "square" | "diamond" | "wedge" | "cross"} Shape */
/** @typedef {import("./theme.js").Theme} Theme */

/** @type {Shape[]} */
const RUN_SHAPES = ["disc", "diamond", "wedge", "cross"];

/**
 * @param {CanvasPath} path @param {Shape} shape @param {number} x @param {number} y @param {number} r
 */
export function tracePath(path, shape, x, y, r) {
  if (shape === "disc") {
    path.moveTo(x + r, y);
    path.arc(x, y, r, 0, 2 * Math.PI);
  } else if (shape === "square") {
    path.rect(x - 0.88 * r, y - 0.88 * r, 1.76 * r, 1.76 * r);
  } else {
    const points = SHAPE_POINTS[shape];
    points.forEach(([a, b], i) => {
      path[i ? "lineTo" : "moveTo"](x + a * r, y + b * r);
    });
    path.closePath();
  }
}

const SHAPE_POINTS = {
  diamond: [[0, -1.25], [1.15, 0], [0, 1.25], [-1.15, 0]],
  wedge: [[-1.1, -0.85], [1.1, -0.85], [0, 1.15]],
  cross: [
    [-0.4, -1.15], [0.4, -1.15], [0.4, -0.4], [1.15, -0.4], [1.15, 0.4], [0.4, 0.4],
    [0.4, 1.15], [-0.4, 1.15], [-0.4, 0.4], [-1.15, 0.4], [-1.15, -0.4], [-0.4, -0.4],
  ],
};

/** @param {number} run */
export function runShape(run) {
  return RUN_SHAPES[run % RUN_SHAPES.length];
}

/** @param {Theme} theme @param {number} run */
export function runColor(theme, run) {
  return theme.runs[run % theme.runs.length];
}

/**
 * Runs after the fourth repeat colour and shape, hollow.
 * @param {CanvasRenderingContext2D} context @param {Theme} theme @param {number} run @param {number} x
 * @param {number} y @param {number} r
 */
export function drawRunMark(context, theme, run, x, y, r) {
  context.beginPath();
  tracePath(context, runShape(run), x, y, r);
  const hollow = Math.floor(run / RUN_SHAPES.length) % 2 === 1;
  context.lineJoin = "round";
  context.strokeStyle = hollow ? runColor(theme, run) : theme.surface;
  context.fillStyle = hollow ? theme.surface : runColor(theme, run);
  context.lineWidth = 1.5;
  if (!hollow) context.stroke();
  context.fill();
  if (hollow) context.stroke();
}

/**
 * @param {CanvasRenderingContext2D} context @param {Theme} theme @param {number} x0 @param {number} x1
 * @param {number} y
 */
export function dashBayes(context, theme, x0, x1, y) {
  context.setLineDash([theme.numbers.dash, theme.numbers.dash_gap]);
  context.lineWidth = 1;
  context.strokeStyle = theme.bayes;
  context.beginPath();
  context.moveTo(x0, Math.round(y) + 0.5);
  context.lineTo(x1, Math.round(y) + 0.5);
  context.stroke();
  context.setLineDash([]);
}

/**
 * @param {CanvasRenderingContext2D} context @param {string} color @param {number} x0 @param {number} y0
 * @param {number} x1 @param {number} y1
 */
export function drawArrow(context, color, x0, y0, x1, y1, { start = 8, end = 9 } = {}) {
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (length < start + end + 4) return;
  const [ux, uy] = [(x1 - x0) / length, (y1 - y0) / length];
  const [ax, ay] = [x0 + ux * start, y0 + uy * start];
  const [bx, by] = [x1 - ux * end, y1 - uy * end];
  context.strokeStyle = color;
  context.fillStyle = color;
  context.lineWidth = 1.75;
  context.beginPath();
  context.moveTo(ax, ay);
  context.lineTo(bx - 5 * ux, by - 5 * uy);
  context.stroke();
  context.beginPath();
  context.moveTo(bx, by);
  context.lineTo(bx - 8 * ux + 4 * uy, by - 8 * uy - 4 * ux);
  context.lineTo(bx - 8 * ux - 4 * uy, by - 8 * uy + 4 * ux);
  context.closePath();
  context.fill();
}

/**
 * @param {CanvasRenderingContext2D} context @param {string} color @param {number} x @param {number} y
 * @param {number} r @param {number} width
 */
export function drawCircle(context, color, x, y, r, width) {
  context.beginPath();
  context.arc(x, y, r, 0, 2 * Math.PI);
  context.strokeStyle = color;
  context.lineWidth = width;
  context.stroke();
}

/**
 * A circle on a ground of its own.
 * @param {CanvasRenderingContext2D} context @param {Theme} theme @param {string} color
 * @param {number} x @param {number} y @param {number} r
 */
export function drawRing(context, theme, color, x, y, r) {
  drawCircle(context, theme.surface, x, y, r, 4.5);
  drawCircle(context, color, x, y, r, 2);
}

/**
 * A line down to a handle with a letter on it.
 * @param {CanvasRenderingContext2D} context @param {Theme} theme @param {string} letter
 * @param {number} x @param {number} top @param {number} bottom
 */
export function drawHandle(context, theme, letter, x, top, bottom) {
  context.fillStyle = fade(theme, "ink", theme.numbers.handle);
  context.fillRect(x, top, 1, bottom - top);
  context.beginPath();
  context.roundRect(x - 9, bottom - 8, 19, 16, 8);
  context.fillStyle = theme.ink;
  context.fill();
  context.strokeStyle = theme.surface;
  context.lineWidth = 1.5;
  context.stroke();
  context.font = font(theme, 11, 700);
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = theme.surface;
  context.fillText(letter, x + 0.5, bottom + 0.5);
}
