// Runs made of a few numbers.

import { emptyStore } from "../../reglab/panels/front/kit/store.js";

export function runOf(step, train, whole = train) {
  const [steps, trains, wholes] = [step, train, whole].map((values) => Float32Array.from(values));
  const errors = { train_error: trains, true_error: wholes, true_low: wholes, true_high: wholes };
  return { name: "run", in_pool: true, changes: [], step: steps, ...errors };
}

export function storeOf(...runs) {
  return { ...emptyStore(), runs: runs.map((run, i) => ({ ...run, name: `run ${i}` })), num_train: 60 };
}
