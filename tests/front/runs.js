// Runs made of a few numbers.

import { emptyStore } from "../../reglab/panels/front/kit/store.js";

export function runOf(step, train, whole = train) {
  const [steps, trains, wholes] = [step, train, whole].map((values) => Float32Array.from(values));
  return { n: step.length, version: 0, step: steps, train: trains, whole: wholes, low: wholes, high: wholes };
}

export function storeOf(...runs) {
  const labels = runs.map((_, i) => ({ name: `run ${i}`, in_pool: true, changes: [] }));
  return { ...emptyStore(), runs, labels, num_train: 60, seq: 1 };
}
