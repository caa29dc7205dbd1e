// ipywidgets leaves sliders without a name and rounds their value: the panel's own labels help.

import { setAttribute } from "./dom.js";

const CONTROLS = ".noUi-handle, input, select, textarea, button.jupyter-button";
const WIDGET = ".widget-inline-hbox, .jupyter-widgets, .lm-Widget";

/** @param {Element} node */
function controlName(node) {
  const widget = node.closest(WIDGET);
  const label = widget?.querySelector(".widget-label, .widget-label-basic")?.textContent?.trim();
  const group = node.closest(".widget-toggle-buttons")?.getAttribute("title");
  return label || node.getAttribute("title") || widget?.getAttribute("title") || group || "";
}

/** @param {HTMLInputElement} node or a handle, a button, a choice */
function labelControl(node) {
  if (node.classList.contains("noUi-handle")) {
    const widget = node.closest(WIDGET);
    const name = controlName(node);
    if (name) setAttribute(node, "aria-label", name);
    fillTrack(node);
    const readout = widget?.querySelector(".widget-readout")?.textContent?.trim();
    if (readout) setAttribute(node, "aria-valuetext", readout);
  } else if (node.tagName === "BUTTON") {
    if (!node.textContent.trim() && controlName(node)) setAttribute(node, "aria-label", controlName(node));
    const pressed = node.classList.contains("mod-active") || node.classList.contains("reglab-chosen");
    const toggles = node.matches(".widget-toggle-button, .reglab-thumb");
    if (toggles) setAttribute(node, "aria-pressed", pressed);
  } else if (!node.labels?.length && !node.hasAttribute("aria-label")) {
    const name = controlName(node);
    if (name) setAttribute(node, "aria-label", name);
  }
}

/**
 * The track is filled up to the handle, also where the widget draws no bar of its own.
 * @param {Element} handle
 */
function fillTrack(handle) {
  const [low, high, now] = ["min", "max", "now"].map((end) => Number(handle.getAttribute(`aria-value${end}`)));
  const share = high > low ? (100 * (now - low)) / (high - low) : 0;
  const target = /** @type {HTMLElement | null} */ (handle.closest(".noUi-target"));
  target?.style.setProperty("--rl-fill", `${share.toFixed(2)}%`);
}

/**
 * Keeps the controls round the view named; returns what ends it. The view itself is left out.
 * @param {Element} root @param {Element} own @param {() => void} onChange
 */
export function nameControls(root, own, onChange) {
  if (root === own) return () => {};
  let waiting = 0;
  const run = () => {
    waiting = 0;
    /** @type {NodeListOf<HTMLInputElement>} */
    const nodes = root.querySelectorAll(CONTROLS);
    for (const node of nodes) if (!own.contains(node)) labelControl(node);
    // So ipywidgets tells that a control has no tooltip.
    for (const node of root.querySelectorAll('label[title="null"]')) node.removeAttribute("title");
    onChange();
  };
  const observer = new MutationObserver((records) => {
    if (waiting || records.every((record) => own.contains(record.target))) return;
    waiting = requestAnimationFrame(run);
  });
  observer.observe(root, {
    subtree: true, childList: true, characterData: true, attributes: true,
    attributeFilter: ["class", "aria-valuetext", "aria-valuenow", "title"],
  });
  run();
  return () => {
    cancelAnimationFrame(waiting);
    observer.disconnect();
  };
}
