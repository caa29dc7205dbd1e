// A canvas that is sharp on every screen, keeps its reserved size, and says what it shows.

import { make, setAttribute } from "./dom.js";

/**
 * What a painter paints on: a context whose unit is a CSS pixel, and the size in such pixels.
 * @typedef {{ context: CanvasRenderingContext2D, width: number, height: number, ratio: number }} Sheet
 */

/**
 * A picture: paints a view onto a sheet in the colours of a theme, and says it in words.
 * @template V
 * @typedef {object} Painter
 * @property {(sheet: Sheet, view: V, theme: import("./theme.js").Theme) => void} paint
 * @property {(view: V) => string} describe
 */

/** A canvas in a box of its own. */
export class Surface {
  /** @param {Element} parent @param {string} className @param {() => void} onResize */
  constructor(parent, className, onResize) {
    this.box = make("div", `rl-canvas ${className}`, parent);
    this.canvas = make("canvas", "", this.box);
    this.canvas.setAttribute("role", "img");
    this.canvas.tabIndex = 0;
    // JupyterLab must not take the arrow keys.
    this.canvas.dataset.lmSuppressShortcuts = "true";
    this.context = this.canvas.getContext("2d");
    this.width = 0;
    this.height = 0;
    this.ratio = 0;
    this.observer = new ResizeObserver(() => {
      if (this.fit()) onResize();
    });
    this.observer.observe(this.box);
    this.fit();
  }

  // Returns whether the size has changed.
  fit() {
    const width = this.box.clientWidth;
    const height = this.box.clientHeight;
    const ratio = Math.min(window.devicePixelRatio || 1, 3);
    if (width === this.width && height === this.height && ratio === this.ratio) return false;
    Object.assign(this, { width, height, ratio });
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    return true;
  }

  /** @param {(sheet: Sheet) => void} draw */
  paint(draw) {
    if (this.width < 40 || this.height < 40) return;
    if (this.ratio !== Math.min(window.devicePixelRatio || 1, 3)) this.fit();
    const { context, width, height, ratio } = this;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    context.globalAlpha = 1;
    context.setLineDash([]);
    draw({ context, width, height, ratio });
  }

  /** @param {string} text */
  tell(text) {
    setAttribute(this.canvas, "aria-label", text);
  }

  dispose() {
    this.observer.disconnect();
  }
}

/**
 * A canvas beside the page, in device pixels.
 * @param {number} width @param {number} height
 */
export function layerCanvas(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width));
  canvas.height = Math.max(1, Math.round(height));
  return canvas;
}

/**
 * A canvas of cols x rows pixels, whose colours a function writes as RGBA words.
 * @param {number} cols @param {number} rows @param {(pixels: Uint32Array) => void} write
 */
export function pixelCanvas(cols, rows, write) {
  const canvas = layerCanvas(cols, rows);
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  write(new Uint32Array(image.data.buffer));
  context.putImageData(image, 0, 0);
  return canvas;
}
