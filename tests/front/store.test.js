// What pictures and headlines take from a frame; what a person chose, before the kernel has answered.

import assert from "node:assert/strict";
import { test } from "node:test";

import { endsOf, trainedWords } from "../../reglab/panels/front/kit/population.js";
import { nameOf, rowOf } from "../../reglab/panels/front/kit/store.js";
import { Chooser, rowAfter } from "../../reglab/panels/front/board/pointer.js";
import { verdictContent } from "../../reglab/panels/front/board/verdict.js";
import { runOf, storeOf } from "./runs.js";

test("a hypothesis is a row of a run, if there is one", () => {
  const store = storeOf(runOf([0, 6, 12], [0.5, 0.375, 0.25], [0.5, 0.25, 0.5]));
  const errors = { train_error: 0.25, true_error: 0.5, true_low: 0.5, true_high: 0.5 };
  assert.deepEqual(rowOf(store, [0, 2]), { run: 0, row: 2, step: 12, ...errors });
  assert.deepEqual([[0, 3], [0, -1], [1, 0], null].map((address) => rowOf(store, address)), [null, null, null, null]);
  assert.deepEqual([nameOf(store, 0), nameOf(store, 1)], ["run 0", "run 2"]);
});

test("a population says how many runs it is of, and what they were trained on", () => {
  assert.equal(endsOf({ frequency: { num_runs: Int32Array.of(3, 0, 4) } }), 7);
  assert.equal(trainedWords({ plane: { num_train: 60 } }), "60 training examples");
  assert.equal(trainedWords({ plane: { num_train: null } }), "training examples");
});

test("keys lead to rows that are there", () => {
  const keys = [["ArrowLeft"], ["ArrowRight"], ["ArrowLeft", true], ["ArrowRight", true], ["Home"], ["End"], ["a"]];
  const reached = keys.map(([key, shiftKey = false]) => rowAfter({ key, shiftKey }, 5, 12));
  assert.deepEqual(reached, [4, 6, 0, 11, 0, 11, undefined]);
  assert.equal(rowAfter({ key: "End" }, 0, 0), undefined);
  assert.equal(rowAfter({ key: "End", ctrlKey: true }, 0, 5), undefined);
});

test("a choice is shown before the answer, and a witness only where it holds", () => {
  const store = storeOf(runOf([0, 6, 12], [0.5, 0.3, 0.1], [0.4, 0.2, 0.3]));
  Object.assign(store, { h: [0, 2], witness: [0, 1] });
  const sent = [];
  const view = { store, repaint() {}, send: (content) => sent.push(content) };
  view.chooser = new Chooser(view);
  view.chooser.choose(0, 9);
  assert.equal(view.chooser.wish, null);
  view.chooser.choose(0, 0);
  assert.deepEqual([store.h, store.witness], [[0, 0], null]);
  Object.assign(store, { h: [0, 2], witness: [0, 1] });
  view.chooser.apply(store); // a frame that does not know of it yet
  assert.deepEqual(store.h, [0, 0]);
  view.chooser.apply(store); // one that does
  assert.equal(view.chooser.wish, null);
  view.chooser.flush(0, 0);
  assert.deepEqual(sent, [{ kind: "select", run: 0, row: 0 }]);
  view.chooser.forget();
});

test("the headline says where a session stands", () => {
  const store = storeOf(runOf([0], [0.1], [0.25]));
  assert.equal(verdictContent(store).word, "Press Play");
  const judged = { ...store, bayes_error: 0.2, verdict: { ...store.verdict, code: "NO_WITNESS", word: "NO WITNESS" } };
  assert.equal(verdictContent(judged).number, "5.0 points");
  const status = { ...store.status, state: "diverged", can_undo: true, text: "" };
  const { tone, sentence } = verdictContent({ ...store, status });
  assert.deepEqual([tone, /Undo goes back/.test(sentence)], ["alarm", true]);
});
