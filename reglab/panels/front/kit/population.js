// What the browser knows of a population: the newest frame of its session.

import { examples } from "./format.js";
import { say } from "./words.js";

/** @typedef {import("./wire.js").Shaped<Float32Array>} Floats */
/** @typedef {import("./wire.js").Shaped<Int32Array>} Integers */
/** @typedef {import("./wire.js").Shaped<Uint8Array>} Bytes */

/**
 * @typedef {object} Frequency
 * @property {Floats} values of what varies
 * @property {Floats} share of runs that overfit
 * @property {Floats} low @property {Floats} high @property {Integers} num_runs
 * @property {Integers} num_overfit @property {Integers} num_undecided @property {string} unit
 * @property {string} varies @property {number} at_least
 */

/** @typedef {"train_low" | "train_median" | "train_high" | "true_low" | "true_median" | "true_high"} Column */
/** @typedef {{ step: Integers } & Record<Column, Floats>} Bands */

/**
 * The last hypothesis of each run; none of them where there is a density.
 * @typedef {object} Ends
 * @property {Integers} run
 * @property {Integers} group index of the value of what varies
 * @property {Floats} train_error @property {Floats} true_error @property {Bytes} code
 * @property {Bytes} counts @property {import("./wire.js").Shaped<Uint32Array>} draw
 * @property {number | null} bayes_error @property {number | null} num_train @property {string} over
 * @property {[left: number, right: number, low: number, high: number]} region
 * @property {Bytes | null} density
 */

/**
 * One run that is looked at.
 * @typedef {object} Brushed
 * @property {number} run @property {string} name @property {string} code @property {string} sentence
 * @property {string} experiment @property {Integers} step @property {Floats} train_error
 * @property {Floats} true_error @property {import("./wire.js").Tuple | null} picture
 */

/**
 * @typedef {object} Population
 * @property {number} number
 * @property {{ state: string, text: string, progress: { done: number, total: number } }} status
 * @property {{ word: string, sentence: string, figure: string, interval: string, code: string }} headline
 * @property {string[]} settings each value of what varies, in words
 * @property {number} chosen @property {string} scope @property {Frequency} frequency
 * @property {Bands[]} bands one a value; but for the chosen one step and true_median alone
 * @property {Ends} plane @property {Brushed | null} brushed
 * @property {Record<string, any>} pictures views by name
 */

/**
 * What pictures of all runs are drawn of.
 * @typedef {Pick<Population, "frequency" | "bands" | "plane" | "settings" | "chosen" | "brushed">} Runs
 */

/** @param {Pick<Runs, "plane">} population */
export function trainedWords({ plane }) {
  return plane.num_train ? examples(plane.num_train) : say("training examples");
}

/** @param {Pick<Runs, "frequency">} population @returns {number} runs that have an end in the plane */
export function endsOf({ frequency }) {
  return frequency.num_runs.reduce((sum, count) => sum + count, 0);
}
