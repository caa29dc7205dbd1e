// The step counter above the pictures, written with each frame.

import { setText } from "./dom.js";
import { grouped } from "./format.js";
import { say } from "./words.js";

/** @param {Element} root @param {{ step: number, num_steps: number }} status */
export function countSteps(root, status) {
  const place = /** @type {HTMLElement | null} */ (root.querySelector(".reglab-counter .widget-html-content"));
  if (!place) return;
  const [now, end] = [grouped(status.step), grouped(status.num_steps)];
  // As wide as it will get: the buttons beside it must not move.
  place.style.minWidth = `${widthOf(say("step {now} of {end}", { now: end, end }))}ch`;
  setText(place, say("step {now} of {end}", { now, end }));
}

/**
 * About so many digits; a Chinese character is as wide as two.
 * @param {string} text
 */
function widthOf(text) {
  return text.length + (text.match(/[\p{Script=Han}，]/gu) ?? []).length - 2;
}
