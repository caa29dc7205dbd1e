// Small pictures of the distributions, painted as the ground of their buttons.

import { tracePath } from "./marks.js";
import { drawSprite, drawSprites } from "./sprites.js";
import { layerCanvas } from "./surface.js";

const THUMB = 44;
/** @type {WeakMap<HTMLElement, { content: unknown, theme: string }>} */
const PAINTED = new WeakMap();

/** @typedef {import("./theme.js").Theme} Theme */
/** @typedef {[x: number, y: number, kind: number][]} Dots both coordinates from 0 to 1, y upwards */
/** @typedef {{ size: number, images: number[][] }} Glyphs square images of values from 0 to 1 */

/**
 * @param {Element} root @param {Record<string, Dots | Glyphs> | undefined} thumbnails
 * @param {Theme} theme
 */
export function paintThumbs(root, thumbnails, theme) {
  for (const [name, content] of Object.entries(thumbnails ?? {})) {
    /** @type {NodeListOf<HTMLElement>} */
    const buttons = root.querySelectorAll(`.${CSS.escape(`reglab-thumb-${name}`)}`);
    if (!buttons.length) continue;
    const stale = [...buttons].filter((button) => {
      const known = PAINTED.get(button);
      return known?.content !== content || known.theme !== theme.id;
    });
    if (!stale.length) continue;
    const picture = Array.isArray(content) ? dotThumb(content, theme) : glyphThumb(content, theme);
    const ground = `url(${picture.toDataURL()})`;
    for (const button of stale) {
      button.style.backgroundImage = ground;
      PAINTED.set(button, { content, theme: theme.id });
    }
  }
}

function thumbCanvas() {
  const canvas = layerCanvas(3 * THUMB, 3 * THUMB);
  const context = canvas.getContext("2d");
  context.scale(3, 3);
  return { canvas, context };
}

/** @param {Dots} points @param {Theme} theme */
function dotThumb(points, theme) {
  const { canvas, context } = thumbCanvas();
  const inner = THUMB - 10;
  for (const [x, y, kind] of points) {
    context.beginPath();
    tracePath(context, kind ? "disc" : "square", 5 + inner * x, 5 + inner * (1 - y), 1.35);
    context.fillStyle = kind ? theme.class1 : theme.class0;
    context.fill();
  }
  return canvas;
}

/** @param {Glyphs} glyphs @param {Theme} theme */
function glyphThumb({ size, images }, theme) {
  const { canvas, context } = thumbCanvas();
  const side = Math.max(1, Math.ceil(Math.sqrt(Math.min(images.length, 9))));
  const cell = (THUMB - 8) / side;
  images.slice(0, side * side).forEach((image, i) => {
    const bytes = Uint8Array.from(image, (value) => Math.max(0, Math.min(255, 255 * value)));
    const [x, y] = [4 + (i % side) * cell, 4 + Math.floor(i / side) * cell];
    context.imageSmoothingEnabled = false;
    drawSprite(context, drawSprites(bytes, 1, size, size, theme), 0, x + 0.5, y + 0.5, cell - 1);
  });
  return canvas;
}
