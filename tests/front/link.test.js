// The line to a kernel: frames in their order, and what is asked for where one is lost.

import assert from "node:assert/strict";
import { after, before, mock, test } from "node:test";
import { deflateSync } from "node:zlib";

import { Line, sendTo } from "../../reglab/panels/front/kit/link.js";

/** @type {Line[]} */
const lines = [];

before(() => {
  globalThis.document = { addEventListener() {}, removeEventListener() {}, visibilityState: "visible" };
});

after(() => {
  for (const line of lines) line.dispose();
  delete globalThis.document;
});

function lineOf() {
  const model = { sent: [], send: (content) => model.sent.push(content.kind), on() {}, off() {} };
  const seen = { frames: [], silence: [] };
  const line = new Line(model, {
    onFrame: ({ a }, { seq }) => seen.frames.push([seq, a[0]]), onSilence: (kind) => seen.silence.push(kind),
  });
  lines.push(line);
  const hear = (seq, number, { reset = seq === 1, isDeflated = false } = {}) => {
    const bytes = new Uint8Array(Float32Array.of(number).buffer);
    const arrays = [["f4", [1], 0, "a"]];
    const content = { kind: "frame", reset, seq, names: {}, fields: { a: { $: "a" } }, arrays, zipped: isDeflated };
    line.listen(content, [isDeflated ? deflateSync(bytes) : bytes]);
  };
  return { line, model, seen, hear };
}

test("frames are taken in their order, also where one takes longer to inflate", async () => {
  const { line, model, seen, hear } = lineOf();
  hear(1, 5, { isDeflated: true });
  hear(2, 6);
  hear(3, 7, { isDeflated: true });
  await line.order;
  assert.deepEqual(seen.frames, [[1, 5], [2, 6], [3, 7]]);
  assert.deepEqual(model.sent, ["hello"]);
  line.heart.ping(0);
  assert.deepEqual(model.sent, ["hello", "ping"]);
  assert.deepEqual(seen.silence, [null, null, null]);
});

test("where a frame is lost the view says hello once, and goes on from a whole one", async () => {
  const { line, model, seen, hear } = lineOf();
  hear(1, 5);
  hear(3, 7);
  hear(4, 8);
  await line.order;
  assert.deepEqual([seen.frames, model.sent], [[[1, 5]], ["hello", "hello"]]);
  line.heart.ping(0); // still without a frame
  assert.equal(model.sent.at(-1), "hello");
  hear(5, 9, { reset: true });
  hear(6, 10);
  await line.order;
  assert.deepEqual(seen.frames, [[1, 5], [5, 9], [6, 10]]);
});

test("a frame that nobody can read is told, and the next whole one is shown", async () => {
  const { line, seen, hear } = lineOf();
  const told = mock.method(console, "error", () => {});
  line.listen({ kind: "frame", reset: true, seq: 1 }, []);
  hear(2, 6, { reset: true });
  await line.order;
  assert.equal(told.mock.callCount(), 1);
  told.mock.restore();
  assert.deepEqual(seen.frames, [[2, 6]]);
});

test("where no kernel is, nothing is lost", () => {
  const told = mock.method(console, "debug", () => {});
  sendTo({ send() { throw new Error("no comm"); } }, { kind: "ping" });
  assert.equal(told.mock.callCount(), 1);
  told.mock.restore();
});
