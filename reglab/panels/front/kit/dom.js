// Elements: made, filled and named, as text and never as markup.

/**
 * A new element, the last child of its parent where one is given.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag @param {string} [className] @param {Element | null} [parent] @param {string} [text]
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, className, parent, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  if (parent) parent.append(node);
  return node;
}

/**
 * A new button that calls back when it is pressed.
 * @param {string} className @param {Element} parent @param {string | undefined} text
 * @param {() => void} onClick
 */
export function makeButton(className, parent, text, onClick) {
  const button = make("button", className, parent, text);
  button.type = "button";
  button.addEventListener("click", onClick);
  return button;
}

/** @param {Element} node @param {string} text */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** @param {Element} node @param {string} name @param {string | number | boolean} value */
export function setAttribute(node, name, value) {
  if (node.getAttribute(name) !== String(value)) node.setAttribute(name, String(value));
}

/**
 * A drawing of one path, 16 units wide and high; returns the path.
 * @param {string} path @param {Element} parent @param {string} className
 */
export function svgIcon(path, parent, className) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS(space, "path");
  shape.setAttribute("d", path);
  svg.append(shape);
  parent.append(svg);
  return shape;
}
