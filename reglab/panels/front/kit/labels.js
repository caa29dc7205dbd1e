// Words in pictures: measured, kept inside, kept apart.

/** @typedef {{ x: number, y: number, w: number, h: number }} Box */

/**
 * @typedef {object} Style
 * @property {number} [size] @property {number} [weight]
 * @property {number[]} [weights] of each line
 * @property {CanvasTextAlign} [align] @property {string} [color] @property {boolean} [halo]
 */

/** @typedef {{ x: number, y: number, align?: CanvasTextAlign, lines?: string[] }} Spot */

// Lines break at blanks, and beside Chinese characters, but for signs that go with one of them.
const UNITS =
  / *(?:[“（《⟦]*\p{Script=Han}[，。；：、！？）”》…⟧]*|[^ \p{Script=Han}]+?(?=[“（《⟦]*\p{Script=Han}| |$))/gu;

/**
 * What a line may end after, each with the blanks before it.
 * @param {string} text
 */
export function unitsOf(text) {
  return text.match(UNITS) ?? [text];
}

/** Height of a line in CSS pixels. */
export const LINE = 14;

/** @param {import("./theme.js").Theme} theme */
export function font(theme, size = 11, weight = 400) {
  return `${weight} ${size}px ${theme.font}`;
}

/** @param {Box} a @param {Box} b @returns {number} area that two boxes share */
export function overlap(a, b) {
  const width = Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y);
  return width > 0 && height > 0 ? width * height : 0;
}

/** @param {Box} outer @param {Box} box */
function contains(outer, box) {
  return (
    box.x >= outer.x - 0.5 && box.y >= outer.y - 0.5 &&
    box.x + box.w <= outer.x + outer.w + 0.5 && box.y + box.h <= outer.y + outer.h + 0.5
  );
}

/** The words of one picture, which know of each other. */
export class Labels {
  /**
   * @param {import("./surface.js").Sheet} sheet @param {import("./theme.js").Theme} theme
   * @param {number} inset of the bounds in CSS pixels
   */
  constructor({ context, width, height }, theme, inset = 0) {
    this.context = context;
    this.theme = theme;
    /** @type {Box} */
    this.bounds = { x: inset, y: inset, w: width - 2 * inset, h: height - 2 * inset };
    /** @type {Box[]} */
    this.taken = [];
  }

  /** @param {number} x @param {number} y @param {number} w @param {number} h */
  block(x, y, w, h) {
    this.taken.push({ x, y, w, h });
  }

  /** @param {string} text @param {Style} style */
  width(text, style = {}) {
    this.context.font = font(this.theme, style.size, style.weight);
    return this.context.measureText(text).width;
  }

  /**
   * Breaks the words into lines no wider than asked.
   * @param {string} text @param {number} width @param {Style} [style]
   */
  wrap(text, width, style) {
    /** @type {string[]} */
    const lines = [];
    for (const unit of unitsOf(text)) {
      const longer = (lines[lines.length - 1] ?? "") + unit;
      if (lines.length && this.width(longer, style) <= width) lines[lines.length - 1] = longer;
      else lines.push(unit.trimStart());
    }
    return lines;
  }

  /** @param {string[]} lines @param {number} x @param {number} y @param {Style} style @returns {Box} */
  boxOf(lines, x, y, style = {}) {
    const w = Math.max(...lines.map((line) => this.width(line, style)));
    const h = LINE * lines.length;
    const left = style.align === "right" ? x - w : style.align === "center" ? x - w / 2 : x;
    return { x: left, y, w, h };
  }

  /** @param {string[]} lines @param {Box} box @param {Style} style */
  draw(lines, box, style = {}) {
    const { context, theme } = this;
    const { align = "left", color = theme.muted, halo = true } = style;
    const x = align === "right" ? box.x + box.w : align === "center" ? box.x + box.w / 2 : box.x;
    context.textAlign = align;
    context.textBaseline = "middle";
    lines.forEach((line, i) => {
      const weight = style.weights?.[i] ?? style.weight;
      context.font = font(theme, style.size, weight);
      const y = box.y + LINE * (i + 0.5);
      if (halo) {
        context.strokeStyle = theme.surface;
        context.lineWidth = 3;
        context.lineJoin = "round";
        context.strokeText(line, x, y);
      }
      context.fillStyle = color;
      context.fillText(line, x, y);
    });
    this.taken.push(box);
  }

  /**
   * Draws at a place, whatever is there.
   * @param {string[]} lines @param {number} x @param {number} y @param {Style} style
   */
  write(lines, x, y, style = {}) {
    this.draw(lines, this.boxOf(lines, x, y, style), style);
  }

  /**
   * Draws in the middle of a place, in lines no wider than asked.
   * @param {string} text @param {number} x @param {number} y @param {number} width @param {Style} style
   */
  center(text, x, y, width, style = {}) {
    const lines = this.wrap(text, width);
    this.write(lines, x, y - (LINE * lines.length) / 2, { ...style, align: "center" });
  }

  /**
   * Draws at the first spot that is inside and free, or else at the least crowded one.
   * @param {string[]} lines @param {Spot[]} spots
   * @param {Style & { strict?: boolean, crowding?: (box: Box) => number }} options
   * @returns {Box | null} where it is drawn
   */
  place(lines, spots, options = {}) {
    let best = null;
    for (const [index, spot] of spots.entries()) {
      const box = this.boxOf(spot.lines ?? lines, spot.x, spot.y, { ...options, align: spot.align });
      if (!contains(this.bounds, box)) continue;
      const crowd = this.taken.reduce((sum, other) => sum + overlap(box, other), 0);
      const cost = 10 * crowd + (options.crowding?.(box) ?? 0) + index * 0.01;
      if (!best || cost < best.cost) best = { box, spot, cost, crowd };
      if (cost < 0.5) break;
    }
    if (!best || (options.strict && best.crowd > 0)) return null;
    this.draw(best.spot.lines ?? lines, best.box, { ...options, align: best.spot.align });
    return best.box;
  }
}

/**
 * Eight spots round a point, the nearest and rightmost first.
 * @param {number} x @param {number} y @param {number} gap @returns {Spot[]}
 */
export function spotsAround(x, y, gap, lines = 1) {
  const h = LINE * lines;
  return [
    { x: x + gap, y: y - h / 2, align: "left" },
    { x: x - gap, y: y - h / 2, align: "right" },
    { x: x + 0.7 * gap, y: y - 0.7 * gap - h, align: "left" },
    { x: x + 0.7 * gap, y: y + 0.7 * gap, align: "left" },
    { x: x - 0.7 * gap, y: y - 0.7 * gap - h, align: "right" },
    { x: x - 0.7 * gap, y: y + 0.7 * gap, align: "right" },
    { x, y: y - gap - h, align: "center" },
    { x, y: y + gap, align: "center" },
  ];
}

/**
 * Moves boxes of one column apart vertically, each as little as can be, inside low..high.
 * @param {Box[]} boxes @param {number} low @param {number} high
 */
export function spread(boxes, low, high, gap = 2) {
  const order = boxes.toSorted((a, b) => a.y - b.y);
  for (let round = 0; round < 24; round += 1) {
    order.forEach((box, i) => {
      const next = order[i + 1];
      const excess = next ? box.y + box.h + gap - next.y : 0;
      if (excess > 0) [box.y, next.y] = [box.y - excess / 2, next.y + excess / 2];
      box.y = Math.max(low, Math.min(box.y, high - box.h));
    });
  }
}
