// The step counter above the pictures, written with each frame.

import { grouped } from "./format.js";
import { setText } from "./surface.js";

export function countSteps(root, status) {
  const place = root.querySelector(".reglab-counter .widget-html-content");
  if (!place) return;
  const [now, end] = [grouped(status.step), grouped(status.num_steps)];
  // As wide as it will get: the buttons beside it must not move.
  place.style.minWidth = `${end.length * 2 + 7}ch`;
  setText(place, `step ${now} of ${end}`);
}
