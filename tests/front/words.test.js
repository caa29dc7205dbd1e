// What the browser says by itself, in the language of the panel.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { env } from "node:process";
import { afterEach, test } from "node:test";

import * as format from "../../reglab/panels/front/kit/format.js";
import { unitsOf } from "../../reglab/panels/front/kit/labels.js";
import { commas, counted, say, sayAs, sentences, speak } from "../../reglab/panels/front/kit/words.js";
import { verdictContent } from "../../reglab/panels/front/board/verdict.js";
import { storeOf } from "./runs.js";

const WORDS = JSON.parse(readFileSync(`${env.REGLAB_FRAME}/words.json`, "utf8")); // as Python sends them

afterEach(() => speak());

function runs(number) {
  return counted(number, "{count} run", "{count} runs", { count: number });
}

test("English is what stands in the code", () => {
  assert.equal(say("Runs"), "Runs");
  assert.equal(say("run {number}", { number: 3 }), "run 3");
  assert.equal(sayAs("column", "what"), "what");
  assert.deepEqual([0, 1, 2].map(runs), ["0 runs", "1 run", "2 runs"]);
  assert.equal(sentences("One.", "", "Two."), "One. Two.");
  assert.equal(commas(["a", "b", "c"]), "a, b, c");
});

test("the browser speaks the Chinese of the catalogue", () => {
  speak(WORDS.zh);
  assert.equal(say("error on the {examples}", { examples: format.examples(60) }), "60 个训练样例上的错误率");
  assert.equal(sayAs("column", "what"), "量");
  assert.equal(sentences("一。", "二。"), "一。二。");
  assert.equal(verdictContent(storeOf()).word, "请按“播放”");
  assert.equal(say("nobody {did} this", { did: "said" }), "nobody said this"); // as long as it is missing
});

test("a value is filled in as it stands, also where it looks like a template", () => {
  assert.equal(say("run {number}", { number: "{number} $& {x}" }), "run {number} $& {x}");
});

test("the pseudo-language has brackets round every message", () => {
  speak(WORDS.qps);
  assert.equal(say("error on the {examples}", { examples: format.examples(1) }), "⟦error on the ⟦1 training example⟧⟧");
});

test("the form follows the number by the rule of the language", () => {
  speak(WORDS.pl);
  const forms = [1, 2, 5, 12, 22, 102, 112, 1022, 1012, 100000].map(runs);
  const expected = ["1 bieg", "2 biegi", "5 biegów", "12 biegów", "22 biegi", "102 biegi"];
  assert.deepEqual(forms, [...expected, "112 biegów", "1022 biegi", "1012 biegów", "100000 biegów"]);
});

test("a language that is taken back leaves English", () => {
  speak(WORDS.zh);
  speak(WORDS.en);
  assert.equal(format.examples(2), "2 training examples");
});

test("lines break at blanks, and beside Chinese characters, but not before a comma", () => {
  assert.deepEqual(unitsOf("a dot (h′), here"), ["a", " dot", " (h′),", " here"]);
  assert.deepEqual(unitsOf("针对 h（第 3 步）的点，它"), ["针", "对", " h", "（第", " 3", " 步）", "的", "点，", "它"]);
  assert.deepEqual(unitsOf(""), [""]);
  for (const text of ["⟦a ⟦b⟧⟧", "错误率 25.0 %", "“播放”。"]) assert.equal(unitsOf(text).join(""), text);
});
