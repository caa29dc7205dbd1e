// What the headline says of a run: the verdict on h.

import { make, makeButton, setAttribute, setText } from "../kit/dom.js";
import { grouped, isNumber, points } from "../kit/format.js";
import { Headline, TONES } from "../kit/headline.js";
import { rowOf } from "../kit/store.js";
import { WORDS } from "../kit/words.js";

/** @typedef {import("../kit/store.js").Store} Store */
/** @typedef {import("../kit/headline.js").Content} Content */

/** The headline of a board, with a button that proves it. */
export class VerdictCard {
  /** @param {Element} parent @param {(content: object) => void} send */
  constructor(parent, send) {
    this.headline = new Headline(parent, "Verdict");
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
    setText(this.proof, WORDS.proof[certify] ?? "");
    setAttribute(this.proof, "title", why || WORDS.proofTip);
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
      tone: "alarm", shape: "DIVERGED", word: WORDS.divergedHead, scope: `at step ${grouped(status.step)}`,
      sentence: [status.text || WORDS.diverged, undoHint(status)].filter(Boolean).join(" "),
    };
  }
  if (status.state === "closed") {
    return { tone: "plain", shape: "NO_WITNESS", word: WORDS.closedHead, sentence: status.text || WORDS.closed };
  }
  if (!judged) return invitation(status, verdict, busy);
  const state = { finished: WORDS.finished, paused: WORDS.paused, compiling: "compiling" }[status.state];
  const notes = [verdict.scope, state, busy ? "" : status.text].filter(Boolean);
  return {
    tone: TONES[verdict.code] ?? "plain", shape: verdict.code, word: verdict.word,
    scope: notes.join(" · "), sentence: verdict.sentence, busy, ...figureOf(store),
  };
}

/** @param {Store["status"]} status */
function undoHint(status) {
  return status.can_undo && !/undo/i.test(status.text) ? WORDS.divergedHint : "";
}

/** @param {Store["status"]} status @param {Store["verdict"]} verdict @param {boolean} busy @returns {Content} */
function invitation(status, verdict, busy) {
  if (busy) {
    return {
      tone: "invite", shape: "NO_WITNESS", word: WORDS.compilingHead, busy,
      scope: WORDS.inviteScope, sentence: status.text || WORDS.compiling,
    };
  }
  if (status.text) {
    return { tone: "alarm", shape: "DIVERGED", word: WORDS.stoppedHead, scope: WORDS.inviteScope, sentence: status.text };
  }
  const fresh = status.state === "idle" || !status.step;
  const word = fresh ? WORDS.invite : verdict.word || WORDS.training;
  return {
    tone: "invite", shape: fresh ? "NONE" : "NO_WITNESS", word,
    scope: verdict.scope || (word === verdict.word ? "" : WORDS.inviteScope),
    sentence: verdict.sentence || WORDS.inviteText,
  };
}

/** @param {Store} store @returns {{ number?: string, unit?: string }} */
function figureOf(store) {
  const { verdict } = store;
  if (verdict.code === "OVERFITS") {
    return { number: `${points(verdict.severity)} ${WORDS.points}`, unit: WORDS.severity };
  }
  const h = rowOf(store, store.h);
  if (!h || !isNumber(store.bayes_error)) return {};
  const excess = Math.max(0, h.whole - store.bayes_error);
  return { number: `${points(excess)} ${WORDS.points}`, unit: WORDS.aboveBayes };
}
