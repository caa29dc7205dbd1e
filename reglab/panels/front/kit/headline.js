// The headline of a view: a badge of shape, word and colour, one sentence, one figure.

import { tied } from "./format.js";
import { make, setAttribute, setText, svgIcon } from "./surface.js";
import { VERDICT_SHAPES, WORDS } from "./words.js";

export const TONES = { OVERFITS: "red", OPTIMAL: "green", NO_WITNESS: "plain", UNDECIDED: "plain", NONE: "invite" };

export class Headline {
  constructor(parent, label) {
    this.card = make("section", "rl-verdict", parent);
    this.card.setAttribute("aria-label", label);
    const live = make("div", "rl-live", this.card);
    live.setAttribute("aria-live", "polite");
    live.setAttribute("aria-atomic", "true");
    const head = make("div", "rl-verdict-head", live);
    const badge = make("div", "rl-badge", head);
    this.icon = svgIcon(VERDICT_SHAPES.NONE, badge, "rl-shape");
    this.word = make("strong", "", badge);
    this.scope = make("div", "rl-scope", head);
    this.sentence = make("p", "rl-sentence", live);
    this.figure = make("div", "rl-figure", live);
    this.number = make("div", "rl-number", this.figure);
    this.unit = make("div", "rl-scope", this.figure);
  }

  // content: tone, shape and word; as there are: scope, sentence, number, unit.
  show(content) {
    this.card.dataset.tone = content.tone;
    this.card.dataset.shape = content.shape;
    setAttribute(this.icon, "d", VERDICT_SHAPES[content.shape] ?? VERDICT_SHAPES.NONE);
    for (const part of ["word", "scope", "number", "unit"]) setText(this[part], content[part] ?? "");
    setSentence(this.sentence, tied(content.sentence ?? ""));
    this.scope.hidden = !content.scope;
  }
}

// h and h′ stand out; everything else is plain text.
export function setSentence(node, text) {
  if (node.textContent === text) return;
  node.replaceChildren();
  for (const part of text.split(/(?<![\p{L}\p{N}])(h′?)(?![\p{L}\p{N}′'’])/u)) {
    if (part === "h" || part === "h′") make("b", "", node, part);
    else node.append(part);
  }
}

// What is wrong with the line to the kernel, above everything else.
export class Banner {
  constructor(parent) {
    this.node = make("div", "rl-banner", parent);
    this.node.setAttribute("role", "status");
    this.node.hidden = true;
  }

  // kind: null, "kernel" or "saved"; returns the words.
  say(kind) {
    const text = { kernel: WORDS.noAnswer, saved: WORDS.saved }[kind] ?? "";
    if (this.node.hidden !== !text) {
      setText(this.node, text);
      this.node.hidden = !text;
    }
    return text;
  }
}
