// A card: a heading, a note, a picture, and a key under it.

import { make } from "./dom.js";

/**
 * @param {Element} parent @param {string} name @param {string} title
 * @param {string} sub a note
 * @param {boolean} inline whether the note stands beside the title
 */
export function card(parent, name, title, sub, inline = false) {
  const section = make("section", `rl-card rl-${name}`, parent);
  const head = make("header", "rl-head", section);
  const heading = make("div", "rl-title", head, title);
  heading.setAttribute("role", "heading");
  heading.setAttribute("aria-level", "3");
  const note = make("div", "rl-sub", inline ? head : section, sub);
  return { section, head, title: heading, sub: note };
}

/**
 * Returns what shows a key of marks and words.
 * @param {Element} parent
 */
export function keyOf(parent) {
  const key = make("div", "rl-key", parent);
  key.setAttribute("aria-hidden", "true");
  let shown = "";
  return (/** @type {[mark: string, words: string][]} */ entries) => {
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
