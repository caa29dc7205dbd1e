// The pictures in words, for screen readers and for pictures that are still empty.

import { examples, grouped, halfWidth, isNumber, percent, plusMinus, trainAxis } from "../kit/format.js";
import { LINE, Labels } from "../kit/labels.js";
import { lowestRow } from "../kit/rows.js";
import { nameOf, rowOf } from "../kit/store.js";
import { WORDS } from "../kit/words.js";

function hypothesisWords(store, address) {
  const row = rowOf(store, address);
  const trained = store.runs.some((run) => run.n > 0);
  if (!row) return trained || !store.num_train ? "" : `${examples(store.num_train)}, nothing trained yet`;
  const name = store.runs.length > 1 ? `“${nameOf(store, row.run)}”, ` : "";
  return `${name}step ${grouped(row.step)}`;
}

export function mapWords(store, what) {
  if (what === "disagreement" && store.witness) {
    return `h: ${hypothesisWords(store, store.h)} · h′: ${hypothesisWords(store, store.witness)}`;
  }
  const words = hypothesisWords(store, what === "witness" ? store.witness : store.h);
  const unseen = store.picture?.unseen;
  return isNumber(unseen) ? `${words} · ${percent(unseen)} wrong on images not trained on` : words;
}

function errorsInWords(store, row) {
  const whole = plusMinus(row.whole, halfWidth(row));
  return `${percent(row.train)} ${trainAxis(store.num_train)}, ${whole} over ${store.over}`;
}

const KEYS = " Left and right arrow keys choose another hypothesis as h.";

export function planeWords(store) {
  const h = rowOf(store, store.h);
  const total = store.runs.reduce((sum, run) => sum + run.n, 0);
  if (!h) return `Witness plane, still empty: training error across, error over ${store.over} up.`;
  const witness = rowOf(store, store.witness);
  const found = witness
    ? ` An arrow points to the witness h′ (${hypothesisWords(store, store.witness)}): ${errorsInWords(store, witness)}.`
    : " No witness is shown.";
  const bayes = isNumber(store.bayes_error) ? ` Bayes error ${percent(store.bayes_error)}.` : "";
  return `Witness plane of ${grouped(total)} ${total === 1 ? "hypothesis" : "hypotheses"}. ` +
    `h (${hypothesisWords(store, store.h)}): ${errorsInWords(store, h)}.${found}${bayes}${KEYS}`;
}

export function curvesWords(store) {
  const run = store.runs[store.h[0]];
  if (!run?.n) return "Errors against steps, still empty.";
  const end = rowOf(store, [store.h[0], run.n - 1]);
  const best = rowOf(store, [store.h[0], lowestRow(run)]);
  const moved = (store.labels[store.h[0]]?.changes ?? []).slice(-3)
    .map(([step, words]) => `${words} at step ${grouped(step)}`);
  const changes = moved.length ? ` Latest changes: ${moved.join("; ")}.` : "";
  return `Errors of run “${nameOf(store, store.h[0])}” against steps. At step ${grouped(end.step)}: ` +
    `${errorsInWords(store, end)}. Lowest over ${store.over}: ${percent(best.whole)} at step ` +
    `${grouped(best.step)}.${changes}${KEYS}`;
}

export function noPictureWords(store) {
  return rowOf(store, store.h) ? WORDS.noPicture : WORDS.waiting;
}

export function paintWaiting(context, width, height, store, theme) {
  const labels = new Labels(context, theme, { x: 0, y: 0, w: width, h: height });
  context.fillStyle = theme.neutral;
  context.beginPath();
  context.roundRect(0, 0, width, height, 4);
  context.fill();
  const lines = labels.wrap(noPictureWords(store), width - 32);
  const box = labels.boxOf(lines, width / 2, height / 2 - (LINE * lines.length) / 2, { align: "center" });
  labels.draw(lines, box, { align: "center", halo: false });
}
