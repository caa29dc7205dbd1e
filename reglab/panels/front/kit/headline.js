// The headline of a view: a badge of shape, word and colour, one sentence, one figure.

import { make, setAttribute, setText, svgIcon } from "./dom.js";
import { tied } from "./format.js";
import { say } from "./words.js";

/** @type {Record<string, string>} */
const SHAPES = {
  OVERFITS: "M8 2 15 14H1Z",
  OPTIMAL: "M1.5 8.5 6 13 14.5 3.5",
  NO_WITNESS: "M8 2.2a5.8 5.8 0 1 0 .01 0Z",
  UNDECIDED: "M8 1.5 14.5 8 8 14.5 1.5 8Z",
  NONE: "M4 2 14 8 4 14Z",
  DIVERGED: "M5 1.5h6L14.5 5v6L11 14.5H5L1.5 11V5Z",
};

/** @type {Record<string, string>} */
export const TONES = { OVERFITS: "red", OPTIMAL: "green", NO_WITNESS: "plain", UNDECIDED: "plain", NONE: "invite" };

/**
 * @typedef {object} Content
 * @property {string} tone @property {string} shape @property {string} word @property {string} [scope]
 * @property {string} [sentence] @property {string} [number] @property {string} [unit]
 * @property {boolean} [busy]
 */

/** A card with the verdict. */
export class Headline {
  /** @param {Element} parent @param {string} label */
  constructor(parent, label) {
    this.card = make("section", "rl-verdict", parent);
    this.card.setAttribute("aria-label", label);
    const live = make("div", "rl-live", this.card);
    live.setAttribute("aria-live", "polite");
    live.setAttribute("aria-atomic", "true");
    const head = make("div", "rl-verdict-head", live);
    const badge = make("div", "rl-badge", head);
    this.icon = svgIcon(SHAPES.NONE, badge, "rl-shape");
    this.word = make("strong", "", badge);
    this.scope = make("div", "rl-scope", head);
    this.sentence = make("p", "rl-sentence", live);
    this.figure = make("div", "rl-figure", live);
    this.number = make("div", "rl-number", this.figure);
    this.unit = make("div", "rl-scope", this.figure);
  }

  /** @param {Content} content */
  show(content) {
    this.card.dataset.tone = content.tone;
    this.card.dataset.shape = content.shape;
    setAttribute(this.icon, "d", SHAPES[content.shape] ?? SHAPES.NONE);
    for (const part of /** @type {const} */ (["word", "scope", "number", "unit"])) setText(this[part], content[part] ?? "");
    setSentence(this.sentence, tied(content.sentence ?? ""));
    this.scope.hidden = !content.scope;
  }
}

/**
 * h and h′ stand out; everything else is plain text.
 * @param {Element} node @param {string} text
 */
export function setSentence(node, text) {
  if (node.textContent === text) return;
  node.replaceChildren();
  for (const part of text.split(/(?<![\p{L}\p{N}])(h′?)(?![\p{L}\p{N}′'’])/u)) {
    if (part === "h" || part === "h′") make("b", "", node, part);
    else node.append(part);
  }
}

/** What is wrong with the line to the kernel, above everything else. */
export class Banner {
  /** @param {Element} parent */
  constructor(parent) {
    this.node = make("div", "rl-banner", parent);
    this.node.setAttribute("role", "status");
    this.node.hidden = true;
  }

  /**
   * Returns the words.
   * @param {string | null} kind null, "kernel" or "saved"
   */
  tell(kind) {
    const text = {
      kernel: say("The kernel does not answer. If it was restarted, run this cell again."),
      saved: say("This is the last picture, saved with the notebook. To go on, run this cell again."),
    }[kind] ?? "";
    if (this.node.hidden !== !text) {
      setText(this.node, text);
      this.node.hidden = !text;
    }
    return text;
  }
}
