// Colours and numbers come from reglab/look.py by way of the style sheet; pictures read them here
// whenever the theme changes.

const TOKENS = /** @type {const} */ ([
  "surface", "ink", "muted", "grid", "class0", "class1", "neutral", "rim", "train", "whole",
  "run0", "run1", "run2", "run3", "red", "red-soft", "green", "region", "bayes",
]);

/** What pictures are drawn by, as figures on paper are. */
export const NUMBERS = /** @type {const} */ ([
  "map_strength", "map_gain", "map_power", "map_few", "dots_few", "dots_some", "dot_few", "dot_some",
  "dot_many", "out_of_pool", "path", "path_window", "plane_across", "plane_up", "plane_room", "curves_up",
  "least_across", "least_up", "empty", "interval", "change", "handle", "others", "share_line",
  "share_pad", "dash", "dash_gap",
]);

/** @typedef {typeof TOKENS[number]} Token */
/** @typedef {Record<typeof NUMBERS[number], number>} Numbers */
/** @typedef {[red: number, green: number, blue: number]} Rgb */

/**
 * The colours that hold where a view is, as CSS writes them and as numbers, its font and numbers.
 * @typedef {Record<Token, string> & { dark: boolean, font: string, id: string, runs: string[],
 *   rgb: Record<Token, Rgb>, numbers: Numbers }} Theme
 */

/** @param {CanvasRenderingContext2D} context @param {string} color */
function toRgb(context, color) {
  context.clearRect(0, 0, 1, 1);
  context.fillStyle = color;
  context.fillRect(0, 0, 1, 1);
  return Array.from(context.getImageData(0, 0, 1, 1).data);
}

/** @param {number[]} color */
function luminance([r, g, b]) {
  return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
}

/**
 * The numbers of custom properties.
 * @param {(property: string) => string} read @returns {Numbers}
 */
export function numbersOf(read) {
  const property = (/** @type {string} */ name) => `--rl-${name.replaceAll("_", "-")}`;
  return /** @type {Numbers} */ (Object.fromEntries(NUMBERS.map((name) => [name, Number(read(property(name)))])));
}

/**
 * Sets data-scheme on the given elements and returns the colours that hold there.
 * @param {HTMLElement} el @param {Iterable<HTMLElement>} marked @returns {Theme}
 */
export function readTheme(el, marked) {
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const probe = document.createElement("span");
  probe.style.display = "none";
  el.append(probe);
  const resolve = (/** @type {string} */ value) => {
    probe.style.color = value;
    return toRgb(context, getComputedStyle(probe).color);
  };
  const dark = luminance(resolve("var(--jp-layout-color0, #fff)")) < 0.5;
  for (const node of marked) node.dataset.scheme = dark ? "dark" : "light";
  const style = getComputedStyle(el);
  const numbers = numbersOf((property) => style.getPropertyValue(property));
  const theme = /** @type {Theme} */ ({ dark, font: style.fontFamily, rgb: {}, numbers });
  for (const token of TOKENS) {
    const [r, g, b, a] = resolve(`var(--rl-${token})`);
    theme.rgb[token] = [r, g, b];
    theme[token] = `rgba(${r},${g},${b},${+(a / 255).toFixed(3)})`;
  }
  probe.remove();
  theme.runs = [theme.run0, theme.run1, theme.run2, theme.run3];
  theme.id = `${dark}|${TOKENS.map((token) => theme[token]).join()}|${theme.font}`;
  return theme;
}

/** @param {Theme} theme @param {Token} token @param {number} alpha */
export function fade(theme, token, alpha) {
  return `rgba(${theme.rgb[token].join()},${alpha})`;
}

/**
 * Calls back when JupyterLab, Voila or the system changes the theme; returns what ends it.
 * @param {() => void} callback
 */
export function watchTheme(callback) {
  const observer = new MutationObserver(callback);
  const options = { attributes: true, attributeFilter: ["class", "data-jp-theme-light", "data-jp-theme-name", "style"] };
  observer.observe(document.body, options);
  observer.observe(document.documentElement, options);
  const media = matchMedia("(prefers-color-scheme: dark)");
  media.addEventListener("change", callback);
  return () => {
    observer.disconnect();
    media.removeEventListener("change", callback);
  };
}
