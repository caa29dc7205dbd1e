// Numbers as people read them: percent with one decimal, narrow spaces, the unit always.

export const TIE = "\u202f";

export function isNumber(value) {
  return typeof value === "number" && Number.isFinite(value);
}

export function grouped(value) {
  return isNumber(value) ? Math.round(value).toString().replace(/\B(?=(\d{3})+$)/g, TIE) : "–";
}

function decimal(share) {
  return (100 * share).toFixed(1).replace(/^-0\.0$/, "0.0");
}

// A difference in points: one decimal, or as many as it takes to tell it from 0.
export function points(share) {
  if (!isNumber(share)) return "–";
  let digits = 1;
  while (share && digits < 6 && !Number((100 * share).toFixed(digits))) digits += 1;
  return (100 * share).toFixed(digits).replace("-", "−");
}

export function percent(share) {
  return isNumber(share) ? `${decimal(share)}${TIE}%` : "–";
}

// Of an interval that need not be symmetric: the wider side.
export function halfWidth({ whole, low, high }) {
  return Math.max(high - whole, whole - low);
}

// The half-width is rounded up, so that the interval shown holds the interval known.
export function plusMinus(share, halfWidth) {
  if (!isNumber(share)) return "–";
  if (!isNumber(halfWidth) || halfWidth < 1e-9) return percent(share);
  const half = Math.max(0.1, Math.ceil(1000 * halfWidth - 0.02) / 10);
  return `${decimal(share)}${TIE}±${TIE}${half.toFixed(1)}${TIE}%`;
}

export function tickPercent(share, step) {
  const digits = step < 0.00999 ? 1 : 0;
  return `${(100 * share).toFixed(digits)}${TIE}%`;
}

export function epochs(value) {
  if (!isNumber(value)) return "–";
  return value >= 100 || Number.isInteger(value) ? grouped(value) : value.toFixed(1);
}

export function examples(count, word = "training example") {
  return `${grouped(count)} ${word}${count === 1 ? "" : "s"}`;
}

export function trainAxis(count) {
  return `error on the ${examples(count)}`;
}

// Text in which a number, its interval and its unit stay on one line.
export function tied(text) {
  return text.replace(/(\d)\s?±\s?(?=\d)/g, `$1${TIE}±${TIE}`).replace(/(\d)\s%/g, `$1${TIE}%`);
}

export function shorten(text, length) {
  const characters = Array.from(String(text));
  return characters.length > length ? `${characters.slice(0, length - 1).join("")}…` : String(text);
}
