// The skeleton of the view: cards, headings, the switch of the map, keys under the pictures.

import { Banner } from "../kit/headline.js";
import { make, setAttribute } from "../kit/surface.js";
import { WORDS } from "../kit/words.js";
import { VerdictCard } from "./verdict.js";

export function card(parent, name, title, sub, inline = false) {
  const section = make("section", `rl-card rl-${name}`, parent);
  const head = make("header", "rl-head", section);
  const heading = make("div", "rl-title", head, title);
  heading.setAttribute("role", "heading");
  heading.setAttribute("aria-level", "3");
  const note = make("div", "rl-sub", inline ? head : section, sub);
  return { section, head, title: heading, sub: note };
}

function mapSwitch(parent, send) {
  const group = make("div", "rl-switch", parent);
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", "What the picture shows");
  const buttons = {};
  for (const [what, text] of [["h", "h"], ["witness", "h′"], ["disagreement", "h ≠ h′"]]) {
    const button = make("button", "", group, text);
    button.type = "button";
    button.addEventListener("click", () => send({ kind: "map", what }));
    buttons[what] = button;
  }
  return (what, hasWitness) => {
    for (const [name, button] of Object.entries(buttons)) {
      setAttribute(button, "aria-pressed", name === what);
      const off = name !== "h" && !hasWitness && name !== what;
      if (button.disabled !== off) button.disabled = off;
      const tip = off ? WORDS.noWitnessTip : WORDS.mapTips[name];
      setAttribute(button, "title", tip);
      setAttribute(button, "aria-label", tip);
    }
  };
}

export function keyOf(parent) {
  const key = make("div", "rl-key", parent);
  key.setAttribute("aria-hidden", "true");
  let shown = "";
  return (entries) => {
    const text = JSON.stringify(entries);
    if (text === shown) return;
    shown = text;
    key.replaceChildren();
    for (const [mark, words] of entries) {
      const item = make("span", "rl-key-item", key);
      make("i", `rl-key-mark rl-key-${mark}`, item);
      item.append(words);
    }
  };
}

// A pair that is in the picture says what the arrows mean.
function pairKey(store) {
  const [truth, called] = ["error_labels", "error_predicted"].map((name) => store.blobs.get(name)?.bytes?.[0]);
  if (truth === undefined || called === undefined) return [];
  return [["pair", `${truth}→${called}: a ${truth} taken for a ${called}`]];
}

export function mapKey(picture, hasBayes, hasH, store) {
  if (!picture) return [];
  if (picture.kind === "images") {
    return [["frame", "label flipped"], ["wrong", "h is wrong"], ...pairKey(store)];
  }
  const line = { h: ["line", "h"], witness: ["line", "h′"], disagreement: ["hatch", "they differ"] }[picture.what];
  const entries = [["square", "class 0"], ["disc", "class 1"]];
  if (hasH) entries.push(line ?? ["line", "h"]);
  if (hasBayes) entries.push(["bayes", "Bayes"]);
  return entries;
}

export function buildLayout(el, send) {
  const view = make("div", "rl-view", el);
  const banner = new Banner(view);
  const verdict = new VerdictCard(view, send);
  const map = card(view, "map", WORDS.mapTitle.h, "");
  map.setSwitch = mapSwitch(map.head, send);
  const plane = card(view, "plane", WORDS.planeTitle, WORDS.planeSub);
  const curves = card(view, "curves", "Errors", "", true);
  const chip = make("button", "rl-chip", curves.head, WORDS.follow);
  chip.type = "button";
  chip.title = WORDS.followTip;
  chip.addEventListener("click", () => send({ kind: "follow" }));
  const board = card(view, "board", WORDS.boardTitle, WORDS.boardSub, true);
  return { view, banner, verdict, map, plane, curves, chip, board };
}
