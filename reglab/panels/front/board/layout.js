// The skeleton of the view: banner, verdict, cards, the switch of the map.

import { card } from "../kit/cards.js";
import { make, makeButton, setAttribute } from "../kit/dom.js";
import { Banner } from "../kit/headline.js";
import { say } from "../kit/words.js";
import { VerdictCard } from "./verdict.js";

/** @typedef {(content: object) => void} Send */

/** @param {Element} parent @param {Send} send */
export function mapSwitch(parent, send) {
  const group = make("div", "rl-switch", parent);
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", say("What the picture shows"));
  /** @type {Record<string, string>} */
  const tips = {
    h: say("What h decides"),
    witness: say("What the witness h′ decides"),
    disagreement: say("Where h and h′ disagree"),
  };
  const buttons = [["h", "h"], ["witness", "h′"], ["disagreement", "h ≠ h′"]].map(([what, text]) => {
    return { what, button: makeButton("", group, text, () => send({ kind: "map", what })) };
  });
  return (/** @type {string} */ shown, /** @type {boolean} */ hasWitness) => {
    for (const { what, button } of buttons) {
      setAttribute(button, "aria-pressed", what === shown);
      const off = what !== "h" && !hasWitness && what !== shown;
      if (button.disabled !== off) button.disabled = off;
      const tip = off ? say("There is no witness h′ at the moment") : tips[what];
      setAttribute(button, "title", tip);
      setAttribute(button, "aria-label", tip);
    }
  };
}

/** @param {Element} parent @param {Send} send */
export function followChip(parent, send) {
  const chip = makeButton("rl-chip", parent, say("follow newest"), () => send({ kind: "follow" }));
  chip.title = say("Make the newest hypothesis h again");
  return chip;
}

/**
 * @param {Element} el @param {Send} send
 * @param {(view: Element) => void} addCards
 */
export function buildLayout(el, send, addCards) {
  const view = make("div", "rl-view", el);
  const banner = new Banner(view);
  const verdict = new VerdictCard(view, send);
  addCards(view);
  const board = card(view, "board", say("Runs"), say("errors of the newest hypothesis of each"), true);
  return { view, banner, verdict, board };
}
