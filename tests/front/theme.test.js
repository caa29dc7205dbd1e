// What pictures are drawn by, as the style sheet tells it.

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { env } from "node:process";
import { test } from "node:test";

import { classTable } from "../../reglab/panels/front/kit/field.js";
import { numbersOf } from "../../reglab/panels/front/kit/theme.js";

const { light, dark, numbers, colours } = JSON.parse(
  readFileSync(`${env.REGLAB_FRAME}/theme.json`, "utf-8"),
);

test("numbers come through the style sheet, on light ground and on dark", () => {
  const { region_witness: _, ...known } = numbers;
  assert.deepEqual(numbersOf((property) => light[property]), known);
  const { map_strength: strength } = numbersOf((property) => dark[property]);
  assert.ok(strength > known.map_strength);
});

test("the colours of a map are those of a figure", () => {
  const rgb = Object.fromEntries(["neutral", "class0", "class1"].map((name) => {
    const bytes = Buffer.from(light[`--rl-${name}`].slice(1), "hex");
    return [name, [...bytes]];
  }));
  const theme = /** @type {any} */ ({ rgb, numbers });
  const table = Array.from(classTable(theme), (word) => [word & 255, (word >> 8) & 255, (word >> 16) & 255]);
  const apart = table.flatMap((color, i) => color.map((value, j) => Math.abs(value - colours[i][j])));
  assert.equal(table.length, colours.length);
  assert.ok(Math.max(...apart) <= 1, String(Math.max(...apart)));
});
