// The one plane of both errors: training error across, true error up, the Bayes line, a region.

import { paintAcross, paintUp, percentTicks } from "./axes.js";
import { bayesInWords } from "./describe.js";
import { isNumber } from "./format.js";
import { LINE, spotsAround } from "./labels.js";
import { dashBayes, drawCircle } from "./marks.js";
import { linear, steadyDomain } from "./scale.js";
import { say } from "./words.js";

/** @typedef {import("./labels.js").Labels} Labels */
/** @typedef {import("./labels.js").Box} Box */

/** What the planes of a board and of a population share. */
export class ErrorPlane {
  constructor() {
    /** @type {[number, number] | undefined} */
    this.domainX = undefined;
    /** @type {[number, number] | undefined} */
    this.domainY = undefined;
    /** @type {import("./axes.js").Frame | undefined} */
    this.frame = undefined;
    this.x = linear(0, 1, 0, 1);
    this.y = linear(0, 1, 1, 0);
  }

  title() {
    return say("Witness plane");
  }

  /**
   * Sets the scales so that they hold both rows of errors, and paints the axes.
   * @param {Labels} labels @param {import("./axes.js").Frame} frame @param {object} content
   * @param {number[]} content.across @param {number[]} content.up
   * @param {[across: number, up: number]} content.counts of ticks, about
   * @param {[across: string, up: string]} content.titles
   * @param {number} [content.end] right end of the title below
   */
  begin(labels, frame, { across, up, counts, titles, end }) {
    this.frame = frame;
    const { least_across: wide, least_up: high } = labels.theme.numbers;
    this.domainX = steadyDomain(across, { zero: true, least: wide }, this.domainX);
    this.domainY = steadyDomain(up, { least: high }, this.domainY);
    this.x = linear(...this.domainX, frame.x, frame.right);
    this.y = linear(...this.domainY, frame.bottom, frame.y);
    const { ticks, write } = percentTicks(this.domainX, counts[0]);
    paintUp(labels, frame, { scale: this.y, ...percentTicks(this.domainY, counts[1]), title: titles[1] });
    paintAcross(labels, frame, { scale: this.x, ticks, rows: [{ write }], title: titles[0], end });
  }

  /**
   * Where a hypothesis is; those beyond the axes stay visible at the edge.
   * @param {number} train_error @param {number} true_error @returns {[x: number, y: number]}
   */
  at(train_error, true_error) {
    return [Math.min(this.x(train_error), this.x.to + 3), Math.max(this.y(true_error), this.y.to - 3)];
  }

  /**
   * @param {Labels} labels @param {number | null} error
   * @param {(box: Box) => number} [crowding] what a label would cover
   */
  paintBayes(labels, error, crowding) {
    if (!isNumber(error)) return;
    const { frame } = this;
    const y = this.y(error);
    dashBayes(labels.context, labels.theme, frame.x, frame.right, y);
    /** @type {import("./labels.js").Spot[]} */
    const spots = [
      { x: frame.right - 2, y: y + 2, align: "right" },
      { x: frame.right - 2, y: y - LINE - 1, align: "right" },
      { x: frame.x + 4, y: y + 2 },
      { x: frame.x + 4, y: y - LINE - 1 },
    ];
    const above = y + LINE + 2 > frame.bottom;
    const text = [bayesInWords(error)];
    labels.place(text, above ? [spots[1], spots[3]] : spots, { color: labels.theme.muted, crowding });
    labels.block(frame.x, y - 3, frame.right - frame.x, 6);
  }

  /**
   * Where a witness against a hypothesis would be.
   * @param {import("./store.js").Row} row @returns {Box}
   */
  regionOf(row) {
    const { frame } = this;
    const x = this.x(row.train_error);
    const y = Math.max(frame.y, this.y(Math.min(row.true_low, row.true_error)));
    return { x, y, w: frame.right - x, h: frame.bottom - y };
  }

  /** @param {Labels} labels @param {import("./store.js").Row} row @param {boolean} holdsWitness */
  paintRegion({ context, theme }, row, holdsWitness) {
    const box = this.regionOf(row);
    if (box.w <= 0 || box.h <= 0) return;
    context.fillStyle = holdsWitness ? theme["red-soft"] : theme.region;
    context.fillRect(box.x, box.y, box.w, box.h);
  }

  /**
   * Words go into the region where they cover least; where there is no room they are left out.
   * @param {Labels} labels @param {import("./store.js").Row} row @param {string} text
   * @param {string} color @param {(box: Box) => number} crowding
   */
  paintRegionWords(labels, row, text, color, crowding) {
    const region = this.regionOf(row);
    const spots = [];
    for (const width of [210, 130, 90]) {
      const lines = labels.wrap(text, width);
      const size = labels.boxOf(lines, 0, 0);
      const [roomX, roomY] = [region.w - 10 - size.w, region.h - 6 - size.h];
      if (roomX < 0 || roomY < 0) continue;
      for (const down of [0, 0.2, 0.4, 0.6, 0.8, 1]) {
        for (const across of [1, 0.75, 0.5, 0.25, 0]) {
          spots.push({ lines, x: region.x + 6 + across * roomX, y: region.y + 3 + down * roomY });
        }
      }
    }
    labels.place([text], spots, { color, strict: true, crowding });
  }

  /**
   * A ring round the hypothesis under the pointer, and two lines about it.
   * @param {Labels} labels @param {[x: number, y: number]} place @param {number} radius
   * @param {string[]} lines
   */
  paintHover(labels, [x, y], radius, lines) {
    drawCircle(labels.context, labels.theme.ink, x, y, radius, 1.5);
    labels.taken = [];
    labels.place(lines, spotsAround(x, y, 12, 2), { color: labels.theme.ink });
  }

  /** @param {Labels} labels @param {string} text @param {number} width */
  invite(labels, text, width) {
    const { x, right, y, bottom } = this.frame;
    labels.center(text, (x + right) / 2, (y + bottom) / 2, width);
  }
}
