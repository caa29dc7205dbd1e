// The step counter above the pictures, written with each frame.

import { setText } from "./dom.js";
import { grouped } from "./format.js";

/** @param {Element} root @param {{ step: number, num_steps: number }} status */
export function countSteps(root, status) {
  const place = /** @type {HTMLElement | null} */ (root.querySelector(".reglab-counter .widget-html-content"));
  if (!place) return;
  const [now, end] = [grouped(status.step), grouped(status.num_steps)];
  // As wide as it will get: the buttons beside it must not move.
  place.style.minWidth = `${end.length * 2 + 7}ch`;
  setText(place, `step ${now} of ${end}`);
}
