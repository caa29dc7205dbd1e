// Scales, formats and places: what pictures compute before they paint.

import assert from "node:assert/strict";
import { test } from "node:test";

import * as format from "../../reglab/panels/front/kit/format.js";
import { overlap, spread } from "../../reglab/panels/front/kit/labels.js";
import { columnsOf, firstRowAt, lowestRow, nearestRowAt } from "../../reglab/panels/front/kit/rows.js";
import { linear, niceStep, quantileOf, steadyDomain, ticksBetween } from "../../reglab/panels/front/kit/scale.js";
import { places } from "../../reglab/panels/front/pictures/frequency.js";
import { fitTiles } from "../../reglab/panels/front/pictures/images.js";
import { fitRegion } from "../../reglab/panels/front/pictures/map.js";
import { runOf } from "./runs.js";

const T = format.TIE;

test("ticks are 1, 2 or 5 times a power of ten, and hold the ends", () => {
  assert.deepEqual([0.9, 1, 1.7, 4, 6, 80].map((span) => niceStep(span, 1)), [1, 1, 2, 5, 10, 100]);
  assert.deepEqual(ticksBetween(0.1, 0.4, 4), { ticks: [0.1, 0.2, 0.3, 0.4], step: 0.1 });
  assert.deepEqual(ticksBetween(-1, 1, 2).ticks, [-1, 0, 1]);
});

test("a scale goes there and back", () => {
  const scale = linear(2, 4, 100, 0);
  assert.equal(scale(3), 50);
  assert.equal(scale.invert(25), 3.5);
  assert.equal(linear(1, 1, 0, 10)(1), 0);
});

test("a domain grows at once and shrinks late", () => {
  const domain = steadyDomain([0.1, 0.5], { zero: true });
  assert.equal(domain[0], 0);
  assert.ok(domain[1] >= 0.5);
  assert.equal(steadyDomain([0.1, 0.45], { zero: true }, domain), domain);
  assert.ok(steadyDomain([0.1, 0.9], { zero: true }, domain)[1] >= 0.9);
  assert.ok(steadyDomain([0.1, 0.2], { zero: true }, domain)[1] < domain[1]);
  assert.deepEqual(steadyDomain([NaN], {}).map(Number.isFinite), [true, true]);
});

test("a quantile leaves out what is not finite", () => {
  const run = runOf([0, 1, 2, 3, 4], [0.5, 0.4, NaN, 0.2, 0.1]);
  assert.ok(Math.abs(quantileOf([run], "train_error", 1) - 0.5) < 1e-6);
  assert.ok(Math.abs(quantileOf([run], "train_error", 0) - 0.1) < 1e-6);
  assert.ok(Number.isNaN(quantileOf([], "train_error", 0.5)));
});

test("numbers are written with their unit, and what is not known as a dash", () => {
  assert.equal(format.percent(0.2534), `25.3${T}%`);
  assert.equal(format.percent(-0.0001), `0.0${T}%`);
  assert.equal(format.percent(undefined), "–");
  assert.equal(format.grouped(1234567), `1${T}234${T}567`);
  assert.equal(format.examples(1), "1 training example");
  assert.equal(format.epochs(2.25), "2.3");
  assert.equal(format.tickPercent(0.005, 0.005), `0.5${T}%`);
  assert.equal(format.short("the whole distribution"), "whole distribution");
});

test("a difference has as many decimals as tell it from 0", () => {
  assert.deepEqual([0.0891, 0.0004, 0.000004, 0, -0.0891].map(format.points), ["8.9", "0.04", "0.0004", "0.0", "−8.9"]);
  assert.equal(format.points(1e-12), "0.000000");
  assert.equal(format.points(NaN), "–");
});

test("the interval shown holds the interval known", () => {
  assert.equal(format.plusMinus(0.25, 0.0011), `25.0${T}±${T}0.2${T}%`);
  assert.equal(format.plusMinus(0.25, 0), `25.0${T}%`);
  assert.ok(Math.abs(format.halfWidth({ true_error: 0.3, true_low: 0.1, true_high: 0.35 }) - 0.2) < 1e-12);
});

test("text keeps a number and its unit together, and its length", () => {
  assert.equal(format.tied("25.3 ± 0.1 %"), `25.3${T}±${T}0.1${T}%`);
  assert.equal(format.shorten("overfits", 5), "over…");
  assert.equal(format.shorten("h′", 5), "h′");
});

test("boxes of one column are moved apart and stay inside", () => {
  const boxes = [0, 2, 4].map((y) => ({ x: 0, y, w: 10, h: 14 }));
  spread(boxes, 0, 100);
  const pairs = boxes.flatMap((a, i) => boxes.slice(i + 1).map((b) => overlap(a, b)));
  assert.deepEqual(pairs, [0, 0, 0]);
  assert.ok(boxes.every((box) => box.y >= 0 && box.y + box.h <= 100));
  assert.equal(overlap({ x: 0, y: 0, w: 4, h: 4 }, { x: 2, y: 3, w: 4, h: 4 }), 2);
});

test("rows are found by their step", () => {
  const run = runOf([0, 6, 12, 18], [0.5, 0.3, 0.2, 0.25]);
  assert.deepEqual([-1, 6, 7, 99].map((step) => firstRowAt(run, step)), [0, 1, 2, 4]);
  assert.deepEqual([-1, 8, 10, 99].map((step) => nearestRowAt(run, step)), [0, 1, 2, 3]);
  assert.equal(lowestRow(run), 2);
});

test("a long run has a column for each pixel, a short one for each row", () => {
  const steps = Array.from({ length: 1000 }, (_, i) => i);
  const run = runOf(steps, steps.map((i) => i / 1000));
  const columns = columnsOf(run, "train_error", linear(0, 999, 0, 100));
  assert.ok(columns.length <= 82);
  assert.equal(columns.reduce((sum, column) => sum + column.count, 0), 1001); // the pen stands at the last
  assert.equal(columnsOf(run, "train_error", linear(0, 999, 0, 1000)).length, 1000);
});

test("values of a chart stand apart", () => {
  assert.deepEqual(places([0, 0.25, 0.5]), [0, 0.25, 0.5]);
  assert.deepEqual(places([0, 0.001, 1]), [0, 1, 2]);
});

test("tiles and regions fit where they are put", () => {
  assert.deepEqual(fitRegion([0, 4, 0, 1], 100, 100), { x: 0, y: 37.5, w: 100, h: 25 });
  assert.deepEqual(fitRegion([0, 1.1, 0, 1], 100, 100), { x: 0, y: 0, w: 100, h: 100 });
  const all = fitTiles(60, 300, 200, { gap: 4, least: 13, most: 40 });
  assert.equal(all.shown, 60);
  assert.ok(all.columns * (all.size + 4) <= 302);
  assert.equal(fitTiles(5000, 300, 200, { gap: 4, least: 13, most: 40 }).size, 13);
});
