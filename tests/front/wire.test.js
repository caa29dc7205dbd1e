// What the kernel sent, read by the browser: the same messages that a reader in Python reads.

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { env } from "node:process";
import { test } from "node:test";

import { Mirror, bodyOf, bytesOf, isSame, unpackWhole } from "../../reglab/panels/front/kit/wire.js";

const FOLDER = env.REGLAB_FRAME; // with what Python packed, and what is to be seen of it
const CASES = JSON.parse(readFileSync(`${FOLDER}/wire.json`, "utf8"));

/** As the reader in Python shows it; what is not finite as null. */
function shown(value) {
  if (ArrayBuffer.isView(value)) {
    const values = Array.from(value, (number) => (Number.isFinite(number) ? number : null));
    return { type: value.constructor.name, shape: value.shape, values };
  }
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value === "boolean") return Number(value);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shown(one)]));
}

function buffersOf(texts) {
  return texts.map((text) => Buffer.from(text, "base64"));
}

for (const [name, messages] of Object.entries(CASES)) {
  test(`what is sent adds up: ${name}`, async () => {
    const mirror = new Mirror();
    let seq = 0;
    for (const { content, buffers, expected } of messages) {
      seq += 1;
      const frame = mirror.take({ ...content, seq }, await bodyOf(content, buffersOf(buffers)));
      assert.deepEqual(shown(frame), expected);
    }
  });
}

test("a frame saved in one piece is read", async () => {
  const { content, buffers } = unpackWhole(readFileSync(`${FOLDER}/frame.bin`));
  const frame = new Mirror().take(content, await bodyOf(content, buffers));
  assert.deepEqual(shown(frame), JSON.parse(readFileSync(`${FOLDER}/frame.json`, "utf8")));
  assert.equal(frame.pictures.map.kind, "BoundaryView");
  assert.deepEqual(frame.pictures.map.shade.shape, [60, 80]);
  assert.equal(frame.pictures.plane.runs, frame.runs); // what stands twice was sent once
  assert.ok(frame.runs[0].train_error instanceof Float32Array);
});

/** A message about one array of numbers. */
function message(seq, length, kept, ...numbers) {
  const arrays = [["f4", [length], kept, "a"]];
  const content = { reset: seq === 1, seq, names: {}, fields: { a: { $: "a" } }, arrays, zipped: false };
  return [content, new Uint8Array(Float32Array.from(numbers).buffer)];
}

test("an array that holds what it held is the same; one that grew lies in the same buffer", () => {
  const mirror = new Mirror();
  const first = mirror.take(...message(1, 2, 0, 5, 6)).a;
  const grown = mirror.take(...message(2, 3, 2, 7)).a;
  assert.notEqual(grown.buffer, first.buffer); // there was no room
  assert.equal(grown.buffer.byteLength, 4 * 6); // now there is, for as many more
  const same = mirror.take({ ...message(3)[0], arrays: [] }, new Uint8Array(0)).a;
  assert.equal(same, grown);
  const more = mirror.take(...message(4, 6, 3, 8, 9, 10)).a;
  assert.equal(more.buffer, grown.buffer);
  assert.deepEqual([Array.from(more), Array.from(same)], [[5, 6, 7, 8, 9, 10], [5, 6, 7]]);
  const back = mirror.take(...message(5, 3, 2, 70)).a;
  assert.notEqual(back.buffer, more.buffer); // rows were taken back: what was drawn of them is void
  assert.deepEqual([Array.from(back), Array.from(more)], [[5, 6, 70], [5, 6, 7, 8, 9, 10]]);
});

test("a message that is missing is noticed, and a whole one makes it good", () => {
  const mirror = new Mirror();
  assert.equal(mirror.take(...message(2, 1, 0, 5)), null); // nothing is known as yet
  assert.ok(mirror.take(...message(1, 1, 0, 5)));
  assert.equal(mirror.take(...message(3, 2, 1, 6)), null);
  assert.deepEqual(Array.from(mirror.take(...message(2, 2, 1, 6)).a), [5, 6]);
  assert.equal(mirror.take(...message(3, 4, 3, 6)), null); // keeps rows that are not there
  assert.equal(mirror.take(...message(4, 1, 0, 6)), null);
  assert.ok(mirror.take(...message(1, 1, 0, 5)));
});

test("an array that is gone is forgotten", () => {
  const mirror = new Mirror();
  mirror.take(...message(1, 1, 0, 5));
  const content = { reset: false, seq: 2, names: {}, fields: { a: null }, arrays: [], zipped: false };
  assert.deepEqual(mirror.take(content, new Uint8Array(0)), { a: null });
  assert.equal(mirror.arrays.size, 0);
});

test("bytes are read at any place in their buffer", () => {
  const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6);
  assert.deepEqual(bytesOf(new DataView(bytes.buffer, 2, 3)), bytes.subarray(2, 5));
  assert.deepEqual(bytesOf(bytes.buffer), bytes);
});

test("what was drawn holds as long as its parts are the same", () => {
  const array = Float32Array.of(1);
  assert.ok(isSame([array, "h", 1], [array, "h", 1]));
  assert.ok(!isSame([array], [Float32Array.of(1)]));
  assert.ok(!isSame([], [array]));
});
