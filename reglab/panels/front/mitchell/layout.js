// The skeleton of the view: banner, verdict, cards, the switch of the map.

import { card } from "../kit/cards.js";
import { make, makeButton, setAttribute } from "../kit/dom.js";
import { Banner } from "../kit/headline.js";
import { WORDS } from "../kit/words.js";
import { VerdictCard } from "./verdict.js";

/** @typedef {(content: object) => void} Send */

/** @param {Element} parent @param {Send} send */
function mapSwitch(parent, send) {
  const group = make("div", "rl-switch", parent);
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", "What the picture shows");
  const buttons = [["h", "h"], ["witness", "h′"], ["disagreement", "h ≠ h′"]].map(([what, text]) => {
    return { what, button: makeButton("", group, text, () => send({ kind: "map", what })) };
  });
  return (/** @type {string} */ shown, /** @type {boolean} */ hasWitness) => {
    for (const { what, button } of buttons) {
      setAttribute(button, "aria-pressed", what === shown);
      const off = what !== "h" && !hasWitness && what !== shown;
      if (button.disabled !== off) button.disabled = off;
      const tip = off ? WORDS.noWitnessTip : WORDS.mapTips[what];
      setAttribute(button, "title", tip);
      setAttribute(button, "aria-label", tip);
    }
  };
}

/** @param {Element} el @param {Send} send */
export function buildLayout(el, send) {
  const view = make("div", "rl-view", el);
  const banner = new Banner(view);
  const verdict = new VerdictCard(view, send);
  const map = card(view, "map", WORDS.mapTitle.h, "");
  const setSwitch = mapSwitch(map.head, send);
  const plane = card(view, "plane", WORDS.planeTitle, WORDS.planeSub);
  const curves = card(view, "curves", "Errors", "", true);
  const chip = makeButton("rl-chip", curves.head, WORDS.follow, () => send({ kind: "follow" }));
  chip.title = WORDS.followTip;
  const board = card(view, "board", WORDS.boardTitle, WORDS.boardSub, true);
  return { view, banner, verdict, map: { ...map, setSwitch }, plane, curves, chip, board };
}
