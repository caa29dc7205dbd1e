// Draws the view in the browser.

import { percent } from "../kit/format.js";
import { linear } from "../kit/scale.js";

/** The gap against steps, a line. */
export class Painter {
  paint({ context, width, height }, { step, gap }, theme) {
    const x = linear(0, Math.max(1, step.at(-1)), 8, width - 8);
    const y = linear(Math.min(0, ...gap), Math.max(0.1, ...gap), height - 8, 8);
    context.strokeStyle = theme.ink;
    context.beginPath();
    step.forEach((at, i) => context.lineTo(x(at), y(gap[i])));
    context.stroke();
  }

  title(view) {
    return view ? `Gap of ${view.name}` : "Gap";
  }

  note() {
    return "true error less training error";
  }

  describe({ step, gap }) {
    return `A gap of ${percent(gap.at(-1))} at step ${step.at(-1)}`;
  }
}
