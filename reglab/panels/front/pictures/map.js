// What does h decide: class colours, h's boundary in ink, the Bayes boundary in grey, examples.

import { classTable, contour, paintField, smoothField, soften, tintTable } from "../kit/field.js";
import { examples } from "../kit/format.js";
import { tracePath } from "../kit/marks.js";
import { layerCanvas } from "../kit/surface.js";
import { fade } from "../kit/theme.js";
import { WORDS } from "../kit/words.js";

export class DecisionMap {
  constructor() {
    this.cache = {};
  }

  // Recomputes only what has arrived or changed its colours since the last picture.
  fresh(name, key, compute) {
    const entry = this.cache[name];
    if (entry && entry.key === key) return entry.value;
    const value = compute();
    this.cache[name] = { key, value };
    return value;
  }

  field(store, name) {
    const blob = store.blobs.get(name);
    const { rows, cols } = store.picture;
    if (!blob || rows < 2 || cols < 2 || blob.bytes.length !== rows * cols) return null;
    return this.fresh(name, `${blob.version}|${store.picture.what}`, () => {
      const soft = name === "shade" && store.picture.what === "disagreement";
      const field = smoothField(soften(blob.bytes, rows, cols, soft ? 256 : 16), rows, cols);
      return { ...field, version: blob.version, path: contour(field) };
    });
  }

  paint(context, width, height, ratio, store, theme) {
    const frame = fitRegion(store.picture.region, width, height);
    const shade = this.field(store, "shade");
    const bayes = this.field(store, "bayes");
    context.save();
    context.beginPath();
    context.roundRect(frame.x, frame.y, frame.w, frame.h, 4);
    context.clip();
    context.fillStyle = theme.neutral;
    context.fillRect(frame.x, frame.y, frame.w, frame.h);
    if (shade) this.paintShade(context, frame, ratio, shade, store.picture.what, theme);
    if (bayes) strokeContour(context, frame, bayes.path, theme.bayes, 1.25);
    if (shade) {
      const thin = store.picture.what === "disagreement";
      strokeContour(context, frame, shade.path, theme.ink, thin ? 1 : 2);
    }
    this.paintExamples(context, frame, store, theme);
    context.restore();
  }

  paintShade(context, frame, ratio, shade, what, theme) {
    const key = `${shade.version}|${what}|${theme.id}`;
    if (what !== "disagreement") {
      const table = this.fresh("table", theme.id, () => classTable(theme));
      const picture = this.fresh("picture", key, () => paintField(shade, table));
      stretch(context, picture, frame);
      return;
    }
    const mask = this.fresh("mask", key, () => paintField(shade, tintTable(theme, 1)));
    const layer = layerCanvas(frame.w * ratio, frame.h * ratio);
    const paint = layer.getContext("2d");
    paint.fillStyle = fade(theme, "ink", 0.1);
    paint.fillRect(0, 0, layer.width, layer.height);
    hatch(paint, layer.width, layer.height, 6 * ratio, ratio, fade(theme, "ink", 0.5));
    paint.globalCompositeOperation = "destination-in";
    stretch(paint, mask, { x: 0, y: 0, w: layer.width, h: layer.height });
    context.drawImage(layer, frame.x, frame.y, frame.w, frame.h);
  }

  paintExamples(context, frame, store, theme) {
    const points = store.blobs.get("x");
    const classes = store.blobs.get("y");
    if (!points || !classes) return;
    const x = new Float32Array(points.bytes.buffer, points.bytes.byteOffset, points.bytes.length / 4);
    const [x1, x2, y1, y2] = store.picture.region;
    const count = Math.min(classes.bytes.length, x.length / 2);
    const r = Math.max(2.2, Math.min(4.6, frame.w / 88)) * (count > 300 ? 0.7 : 1);
    for (const kind of [0, 1]) {
      const path = new Path2D();
      for (let i = 0; i < count; i += 1) {
        if (classes.bytes[i] !== kind) continue;
        const px = frame.x + (frame.w * (x[2 * i] - x1)) / (x2 - x1);
        const py = frame.y + frame.h - (frame.h * (x[2 * i + 1] - y1)) / (y2 - y1);
        tracePath(path, kind ? "disc" : "square", px, py, r);
      }
      context.lineWidth = count > 300 ? 1.4 : 2.4;
      context.strokeStyle = theme.dark ? "#14171b" : "#ffffff";
      context.stroke(path);
      context.fillStyle = kind ? theme.class1 : theme.class0;
      context.fill(path);
    }
  }

  describe(store) {
    const { what } = store.picture;
    const title = WORDS.mapTitle[what] ?? WORDS.mapTitle.h;
    const bayes = store.blobs.has("bayes") ? ", and the Bayes boundary as a grey line" : "";
    const line = what === "disagreement" ? "hatched where they differ" : "boundary as a solid line";
    return `${title} over the plane: ${line}${bayes}; ${examples(store.num_train)}, ` +
      "class 0 as orange squares and class 1 as blue discs.";
  }
}

// The region keeps its shape, but for a small stretch that nobody sees.
function fitRegion([x1, x2, y1, y2], width, height) {
  const own = (x2 - x1) / (y2 - y1);
  const given = width / height;
  if (!(own > 0) || Math.abs(Math.log(own / given)) < 0.2) return { x: 0, y: 0, w: width, h: height };
  const w = own < given ? height * own : width;
  const h = own < given ? height : width / own;
  return { x: (width - w) / 2, y: (height - h) / 2, w, h };
}

function stretch(context, picture, frame) {
  // Grid nodes lie on the frame's edges, pixel centres half a pixel inside.
  const dx = frame.w / (picture.width - 1);
  const dy = frame.h / (picture.height - 1);
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "medium";
  context.drawImage(picture, frame.x - dx / 2, frame.y - dy / 2, frame.w + dx, frame.h + dy);
}

function strokeContour(context, frame, path, color, width) {
  const placed = new Path2D();
  placed.addPath(path, new DOMMatrix([frame.w, 0, 0, frame.h, frame.x, frame.y]));
  context.strokeStyle = color;
  context.lineWidth = width;
  context.lineCap = "round";
  context.stroke(placed);
  context.lineCap = "butt";
}

function hatch(context, width, height, gap, line, color) {
  context.beginPath();
  for (let x = -height; x < width; x += gap) {
    context.moveTo(x, height);
    context.lineTo(x + height, 0);
  }
  context.strokeStyle = color;
  context.lineWidth = line;
  context.stroke();
}
