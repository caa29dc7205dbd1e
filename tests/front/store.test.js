// What the kernel sent, read by the browser; what a person chose, before the kernel has answered.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { env } from "node:process";
import { test } from "node:test";

import { bytesOf, readBlobs, unpackWhole, unpacked } from "../../reglab/panels/front/kit/packing.js";
import { brushedPicture, populationOf } from "../../reglab/panels/front/kit/population.js";
import { applyFrame, emptyStore, nameOf, pictureOf, rowOf } from "../../reglab/panels/front/kit/store.js";
import { Chooser, rowAfter } from "../../reglab/panels/front/mitchell/pointer.js";
import { verdictContent } from "../../reglab/panels/front/mitchell/verdict.js";
import { runOf, storeOf } from "./runs.js";

const FRAME = env.REGLAB_FRAME; // a folder with a frame that Python packed, and its numbers

test("a frame of the kernel is read number by number", async () => {
  const { content, buffers } = unpackWhole(readFileSync(`${FRAME}/frame.bin`));
  const expected = JSON.parse(readFileSync(`${FRAME}/frame.json`, "utf8"));
  const store = emptyStore();
  assert.ok(applyFrame(store, content, await readBlobs(content, buffers)));
  const [run] = store.runs;
  assert.deepEqual(Array.from(run.step.subarray(0, run.n)), expected.step);
  assert.deepEqual(Array.from(run.whole.subarray(0, run.n), Math.fround), expected.true_error.map(Math.fround));
  assert.deepEqual(Array.from(store.blobs.get("shade").bytes), expected.shade);
  assert.deepEqual([store.h, store.bayes_error, nameOf(store, 0)], [expected.h, expected.bayes_error, expected.name]);
  const picture = pictureOf(store);
  assert.equal(picture.kind, "boundary");
  assert.equal(picture.layers.get("shade").bytes.length, picture.rows * picture.cols);
});

function rows(...values) {
  return new Uint8Array(Float32Array.from(values.flat()).buffer);
}

test("later frames bring new rows, and one that is missing is noticed", () => {
  const store = emptyStore();
  const first = { reset: true, seq: 1, runs: [[0, 2]], fields: { h: [0, 1] } };
  assert.ok(applyFrame(store, first, [["run0", rows([0, 0.5, 0.4, 0.3, 0.5], [6, 0.4, 0.3, 0.2, 0.4])]]));
  const version = store.version;
  const next = { seq: 2, runs: [[2, 3]], fields: {} };
  assert.ok(applyFrame(store, next, [["run0", rows([12, 0.25, 0.5, 0.5, 0.5])], ["shade", new Uint8Array(4)]]));
  assert.equal(store.version, version + 1);
  assert.deepEqual(rowOf(store, [0, 2]), { run: 0, row: 2, step: 12, train: 0.25, whole: 0.5, low: 0.5, high: 0.5 });
  assert.equal(rowOf(store, [0, 3]), null);
  assert.equal(rowOf(store, null), null);
  assert.equal(applyFrame(store, { seq: 4, runs: [[3, 3]], fields: {} }, []), false);
  assert.equal(applyFrame(store, { seq: 3, runs: [[3, 5]], fields: {} }, []), false);
  const back = { seq: 3, runs: [[1, 1]], fields: {} };
  assert.ok(applyFrame(store, back, []));
  assert.deepEqual([store.runs[0].n, store.runs[0].version], [1, 1]);
});

test("a run keeps its rows where it outgrows its arrays", () => {
  const store = emptyStore();
  const many = Array.from({ length: 300 }, (_, i) => [i, 0.5, 0.5, 0.5, 0.5]);
  applyFrame(store, { reset: true, seq: 1, runs: [[0, 300]], fields: {} }, [["run0", rows(...many)]]);
  applyFrame(store, { seq: 2, runs: [[300, 600]], fields: {} }, [["run0", rows(...many)]]);
  assert.deepEqual([0, 299, 300, 599].map((row) => store.runs[0].step[row]), [0, 299, 0, 299]);
});

test("arrays inside of JSON are read at any place in their buffer", () => {
  const bytes = new Uint8Array(12);
  bytes.set(new Uint8Array(Float32Array.of(0.5, 2).buffer), 4);
  const data = new DataView(bytes.buffer, 4, 8);
  const content = unpacked({ a: [{ kind: "f4", data }], kind: "boundary", none: null });
  assert.deepEqual(content, { a: [Float32Array.of(0.5, 2)], kind: "boundary", none: null });
  assert.deepEqual(bytesOf(data), bytes.subarray(4));
});

test("a population brings what its pictures take", () => {
  const u1 = (...values) => ({ kind: "u1", data: Uint8Array.from(values) });
  const f4 = (...values) => ({ kind: "f4", data: Float32Array.from(values) });
  const picture = { kind: "boundary", rows: 1, cols: 2, arrays: { shade: u1(0, 255), x: f4(1, 2), y: u1(1) } };
  const content = {
    number: 3, chosen: 1, band: { step: f4(0) }, others: [{ step: f4(0) }, { step: f4(1) }],
    plane: { num_train: 60, over: "the whole distribution" }, brushed: { run: 2, experiment: "{}", picture },
  };
  const population = populationOf(content);
  assert.equal(population.overShort, "whole distribution");
  assert.deepEqual(population.others.map((one) => one === null), [false, true]);
  const seen = brushedPicture(population);
  assert.deepEqual(Array.from(seen.layers.get("shade").bytes), [0, 255]);
  assert.equal(seen.layers.get("x").bytes.length, 8);
  assert.deepEqual([seen.num_train, seen.rows, seen.layers.get("y").version], [1, 1, "{}"]);
  assert.equal(brushedPicture({ ...population, brushed: null }), null);
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
