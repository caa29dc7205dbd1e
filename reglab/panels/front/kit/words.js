// What a person reads: English in the code, and said in the language of the panel. See words.py.

/**
 * A language: its templates under the keys of messages. Neither in English.
 * @typedef {object} Language
 * @property {string} [code] as pages name it
 * @property {Record<string, string[]>} [texts] the forms of each message
 * @property {number[]} [forms] which of them the numbers from 0 to 199 take
 * @property {boolean} [pseudo] whether each message is in English, and in brackets
 */

/**
 * Names of the values that fill a template.
 * @template {string} T
 * @typedef {T extends `${string}{${infer N}}${infer R}` ? N | Fields<R> : never} Fields
 */

/** @typedef {string | number} Value */

/**
 * All values of a template, and no others.
 * @template {string} T
 * @typedef {[Fields<T>] extends [never] ? [] : [values: Record<Fields<T>, Value>]} Values
 */

/** @type {Language} */
let language = {};

/**
 * From now on each message is said in a language.
 * @param {Language} [words] English where there are none
 */
export function speak(words) {
  language = words ?? {};
}

/** The code of the language, for readers and fonts; empty in English. */
export function languageCode() {
  return language.code ?? "";
}

/**
 * A message: a template in English, a literal, and what its {names} are filled with.
 * @template {string} T
 * @param {T} template @param {Values<T>} values
 */
export function say(template, ...values) {
  return said(template, "", "", 1, values[0]);
}

/**
 * A message whose words another message has in another sense.
 * @template {string} T
 * @param {string} context tells them apart
 * @param {T} template @param {Values<T>} values
 */
export function sayAs(context, template, ...values) {
  return said(template, "", context, 1, values[0]);
}

/**
 * A message about a number of things; {count} is that number as it is shown.
 * @template {string} T
 * @param {number | null} number @param {string} singular @param {T} plural
 * @param {Record<Fields<T>, Value>} values
 */
export function counted(number, singular, plural, values) {
  return said(singular, plural, "", number ?? 0, values);
}

/**
 * Sentences one after the other; what is empty is left out.
 * @param {string[]} parts
 */
export function sentences(...parts) {
  return parts.filter(Boolean).reduce((one, other) => say("{one} {other}", { one, other }));
}

/**
 * Parts of one sentence; at least one.
 * @param {string[]} parts
 */
export function semicolons(parts) {
  return parts.reduce((one, more) => say("{one}; {more}", { one, more }));
}

/**
 * Names in a sentence; at least one.
 * @param {string[]} parts
 */
export function commas(parts) {
  return parts.reduce((names, last) => say("{names}, {last}", { names, last }));
}

/**
 * @param {string} singular @param {string} plural @param {string} context @param {number} number
 * @param {Record<string, Value>} [values]
 */
function said(singular, plural, context, number, values = {}) {
  const { texts, pseudo } = language;
  const english = plural && number !== 1 ? plural : singular;
  const known = texts?.[`${singular}\u0004${plural}\u0004${context}`];
  const template = known ? known[known.length > 1 ? formOf(number) : 0] : english;
  const text = template.replace(/\{(\w+)\}/g, (field, name) => String(values[name] ?? field));
  return pseudo ? `⟦${text}⟧` : text;
}

/**
 * No rule of a language looks beyond the last two digits of a number of three or more.
 * @param {number} number
 */
function formOf(number) {
  return language.forms[number < 200 ? number : 100 + (number % 100)];
}
