// Numbers as people read them: the same table as that of tests/test_formats.py.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import * as format from "../../reglab/panels/front/kit/format.js";
import { TONES } from "../../reglab/panels/front/kit/headline.js";
import { runShape } from "../../reglab/panels/front/kit/marks.js";
import { niceStep, steadyDomain } from "../../reglab/panels/front/kit/scale.js";
import { kindOf, kindWords } from "../../reglab/panels/front/pictures/ends.js";
import { answerText } from "../../reglab/panels/front/pictures/images.js";

const TABLE = JSON.parse(readFileSync(new URL("../formats.json", import.meta.url), "utf8"));
const WRITE = {
  grouped: format.grouped,
  percent: format.percent,
  interval: (whole, low, high) => format.plusMinus(whole, format.halfWidth({ true_error: whole, true_low: low, true_high: high })),
  points: format.points,
  tick: format.tickPercent,
  plain: (value, unit) => format.plain(value, unit === "%"),
  over: format.short,
  answers: answerText,
  tones: (code) => TONES[code],
  runs: runShape,
  ends: (code, counts) => kindWords()[kindOf({ code: [code], counts: [counts] }, 0)],
};

for (const [name, write] of Object.entries(WRITE)) {
  test(`${name}: as the table says`, () => {
    assert.ok(TABLE[name].length > 1);
    for (const row of TABLE[name]) {
      assert.equal(write(...row.slice(0, -1)).replaceAll(format.TIE, " "), row.at(-1), `${row}`);
    }
  });
}

test("a number and its unit stay together", () => {
  for (const text of TABLE.tied) {
    assert.equal(format.tied(text).replaceAll(format.TIE, " "), text);
    assert.doesNotMatch(format.tied(text), / %| ±|± /);
  }
  for (const [share, text] of TABLE.percent) assert.equal(format.percent(share), format.tied(text));
  for (const [whole, low, high, text] of TABLE.interval) {
    assert.equal(WRITE.interval(whole, low, high), format.tied(text));
  }
});

test("axes have the steps and ends of the table", () => {
  for (const [raw, step] of TABLE.nice) assert.ok(Math.abs(niceStep(raw, 1) - step) < 1e-9, `${raw}`);
  for (const [errors, least, zero, ends] of TABLE.domains) {
    steadyDomain(errors, { least, zero }).forEach((end, i) => {
      assert.ok(Math.abs(end - ends[i]) < 1e-9, `${errors}: ${end}, expected ${ends[i]}`);
    });
  }
});
