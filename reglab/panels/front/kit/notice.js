// Words in place of a picture.

import { Labels } from "./labels.js";
import { say } from "./words.js";

/** @typedef {{ text: string, onGround: boolean }} View */

/** Of a hypothesis that is there. */
export function noPicture() {
  return say("These inputs have no picture. The errors beside and below judge h all the same.");
}

/** Says why there is no picture; on a ground of its own where the card has none else. */
export class Notice {
  /**
   * @param {import("./surface.js").Sheet} sheet @param {View} view
   * @param {import("./theme.js").Theme} theme
   */
  paint(sheet, { text, onGround }, theme) {
    const { context, width, height } = sheet;
    if (onGround) {
      context.fillStyle = theme.neutral;
      context.beginPath();
      context.roundRect(0, 0, width, height, 4);
      context.fill();
    }
    const room = onGround ? width - 32 : 0.7 * width;
    new Labels(sheet, theme).center(text, width / 2, height / 2, room, { halo: !onGround });
  }

  /** @param {View} view */
  describe({ text }) {
    return text;
  }

  /** @returns {[mark: string, words: string][]} */
  key() {
    return [];
  }
}
