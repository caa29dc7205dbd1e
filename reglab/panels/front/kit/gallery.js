// A card for each picture that a room lists, drawn by its painter.

import { card, keyOf } from "./cards.js";
import { setText } from "./dom.js";
import { Notice } from "./notice.js";
import { Surface } from "./surface.js";

/**
 * What a module of a picture exports as Painter. A frame is the newest of the session; views, one
 * or null of each picture, are in its pictures.
 * @typedef {object} PicturePainter
 * @property {(sheet: import("./surface.js").Sheet, view: any, theme: import("./theme.js").Theme) => void} paint
 * @property {(view: any, frame: any) => string} describe the picture to those who do not see it
 * @property {(view: any, frame: any) => string} title of the card; the view may be null, and before
 *   the first frame that too
 * @property {(view: any, frame: any) => string} note beside or under the title; the view may be null
 * @property {(view: any, frame: any) => [mark: string, words: string][]} [key] what marks mean
 */

/**
 * Pictures that share a card: the first that has a view is shown.
 * @typedef {[name: string, Painter: new () => PicturePainter][]} Pictures
 */

/** A card of one picture, or of some of which one is there at a time. */
export class PictureCard {
  /**
   * @param {Element} parent @param {Pictures} pictures
   * @param {boolean} inline whether the note stands beside the title
   * @param {() => void} onResize
   */
  constructor(parent, pictures, inline, onResize) {
    this.painters = Object.fromEntries(pictures.map(([name, Painter]) => [name, new Painter()]));
    this.names = Object.keys(this.painters);
    this.name = this.names[0];
    this.parts = card(parent, this.name, this.painters[this.name].title(null, null), "", inline);
    this.surface = new Surface(this.parts.section, `rl-canvas-${this.name}`, onResize);
    const hasKey = Object.values(this.painters).some((painter) => painter.key);
    this.setKey = hasKey ? keyOf(this.parts.section) : () => {};
    this.notice = new Notice();
  }

  /** @param {any} frame @returns {any} the view that is shown, or null */
  view({ pictures }) {
    return pictures[this.shown({ pictures })] ?? null;
  }

  /** @param {any} frame @returns {string} the name of the picture that is shown */
  shown({ pictures }) {
    return this.names.find((name) => pictures[name]) ?? this.name;
  }

  /** @param {any} frame @returns {PicturePainter} */
  painter(frame) {
    return this.painters[this.shown(frame)];
  }

  /** @param {any} frame @param {import("./theme.js").Theme} theme @param {string} absent words without a view */
  paint(frame, theme, absent) {
    const view = this.view(frame);
    this.surface.paint((sheet) => {
      if (view) this.painter(frame).paint(sheet, view, theme);
      else this.notice.paint(sheet, { text: absent, onGround: true }, theme);
    });
  }

  /** @param {any} frame */
  caption(frame) {
    const [view, painter] = [this.view(frame), this.painter(frame)];
    setText(this.parts.title, painter.title(view, frame));
    setText(this.parts.sub, painter.note(view, frame));
    this.setKey(view ? painter.key?.(view, frame) ?? [] : []);
  }

  /** @param {any} frame @param {string} absent words without a view */
  tell(frame, absent) {
    const view = this.view(frame);
    this.surface.tell(view ? this.painter(frame).describe(view, frame) : absent);
  }
}
