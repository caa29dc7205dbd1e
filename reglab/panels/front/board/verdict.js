// What the headline says of a run: the verdict on h.

import { make, makeButton, setAttribute, setText } from "../kit/dom.js";
import { grouped, isNumber, points } from "../kit/format.js";
import { Headline, TONES } from "../kit/headline.js";
import { rowOf } from "../kit/store.js";
import { say, sentences } from "../kit/words.js";

/** @typedef {import("../kit/store.js").Store} Store */
/** @typedef {import("../kit/headline.js").Content} Content */

/** The headline of a board, with a button that proves it. */
export class VerdictCard {
  /** @param {Element} parent @param {(content: object) => void} send */
  constructor(parent, send) {
    this.headline = new Headline(parent, say("Verdict"));
    this.proof = makeButton("rl-proof", this.headline.figure, undefined, () => send({ kind: "certify" }));
    this.bar = make("div", "rl-bar", this.headline.card);
    this.bar.setAttribute("aria-hidden", "true");
  }

  /** @param {Store} store */
  update(store) {
    const content = verdictContent(store);
    this.headline.card.dataset.code = store.verdict.code;
    this.headline.show(content);
    this.offer(content.number ? store.verdict : {});
    this.bar.hidden = !content.busy;
  }

  /**
   * Whether it can be proved, is being proved, or is.
   * @param {{ certify?: string, why?: string }} verdict
   */
  offer({ certify, why }) {
    setText(this.proof, proofWords(certify));
    setAttribute(this.proof, "title", why || say("Proves the verdict: bounds of both true errors that hold for certain"));
    this.proof.hidden = !certify;
    const off = certify !== "ready";
    if (this.proof.disabled !== off) this.proof.disabled = off;
  }
}

/** @param {Store} store @returns {Content} */
export function verdictContent(store) {
  const { status, verdict } = store;
  const judged = verdict.code !== "NONE";
  const busy = status.state === "compiling";
  if (status.state === "diverged") {
    return {
      tone: "alarm", shape: "DIVERGED", word: say("DIVERGED"), scope: say("at step {step}", { step: grouped(status.step) }),
      sentence: sentences(
        status.text || say("Training diverged: the numbers are no longer finite."), undoHint(status),
      ),
    };
  }
  if (status.state === "closed") {
    const sentence = status.text || say("This panel is closed. Run its cell again to go on.");
    return { tone: "plain", shape: "NO_WITNESS", word: say("CLOSED"), sentence };
  }
  if (!judged) return invitation(status, verdict, busy);
  const states = { finished: say("finished"), paused: say("paused"), compiling: say("compiling") };
  const state = states[/** @type {keyof typeof states} */ (status.state)];
  const notes = [verdict.scope, state, busy ? "" : status.text].filter(Boolean);
  return {
    tone: TONES[verdict.code] ?? "plain", shape: verdict.code, word: verdict.word,
    scope: notes.join(" · "), sentence: verdict.sentence, busy, ...figureOf(store),
  };
}

/** @param {string | undefined} certify */
function proofWords(certify) {
  const words = {
    off: say("Certify"), ready: say("Certify"), working: say("Certifying…"),
    done: say("Certified"), open: say("Not certified"),
  };
  return words[/** @type {keyof typeof words} */ (certify)] ?? "";
}

/** @param {Store["status"]} status */
function undoHint(status) {
  const isSaid = status.text.includes(say("Undo")); // by that name, as the button has it
  return status.can_undo && !isSaid ? say("Undo goes back to before the last change.") : "";
}

/** @param {Store["status"]} status @param {Store["verdict"]} verdict @param {boolean} busy @returns {Content} */
function invitation(status, verdict, busy) {
  const unjudged = say("nothing judged yet");
  if (busy) {
    return {
      tone: "invite", shape: "NO_WITNESS", word: say("Getting ready"), busy, scope: unjudged,
      sentence: status.text ||
        say("Compiling: a few seconds, or up to a minute for a large network on images."),
    };
  }
  if (status.text) {
    return { tone: "alarm", shape: "DIVERGED", word: say("STOPPED"), scope: unjudged, sentence: status.text };
  }
  const fresh = status.state === "idle" || !status.step;
  const word = fresh ? say("Press Play") : verdict.word || say("Training");
  return {
    tone: "invite", shape: fresh ? "NONE" : "NO_WITNESS", word,
    scope: verdict.scope || (word === verdict.word ? "" : unjudged),
    sentence: verdict.sentence || say(
      "Training starts, and with every step the view looks for an h′ that errs more on the training " +
      "examples but less over the whole distribution. If there is one, h overfits.",
    ),
  };
}

/** @param {Store} store @returns {{ number?: string, unit?: string }} */
function figureOf(store) {
  const { verdict } = store;
  if (verdict.code === "OVERFITS") {
    return { number: say("{points} points", { points: points(verdict.severity) }), unit: say("severity") };
  }
  const h = rowOf(store, store.h);
  if (!h || !isNumber(store.bayes_error)) return {};
  const excess = Math.max(0, h.true_error - store.bayes_error);
  return { number: say("{points} points", { points: points(excess) }), unit: say("above the Bayes error") };
}
