// The line to the kernel: questions and answers, frames in order, downloads.

import { Heartbeat } from "./heartbeat.js";
import { Mirror, bodyOf, bytesOf } from "./wire.js";

/**
 * The model of anywidget, as far as it is used here.
 * @typedef {object} Model
 * @property {(name: string) => any} get @property {(content: object) => void} send
 * @property {(event: string, call: (...values: any[]) => void) => void} on
 * @property {(event: string, call: (...values: any[]) => void) => void} off
 */

/** Asks whether the kernel is there, saves its downloads, and takes its frames one by one. */
export class Line {
  /**
   * @param {Model} model @param {object} calls
   * @param {(frame: any, content: import("./wire.js").Content) => void} calls.onFrame
   * @param {(kind: string | null) => void} calls.onSilence
   */
  constructor(model, { onFrame, onSilence }) {
    this.model = model;
    this.onFrame = onFrame;
    this.mirror = new Mirror();
    this.isFed = false; // whether the view knows what the kernel knows
    this.order = Promise.resolve();
    this.listen = (/** @type {any} */ content, /** @type {any[]} */ buffers) => {
      this.heart.heard();
      if (content.kind === "download") saveFile(content, buffers[0]);
      else if (content.kind === "frame") this.receive(content, buffers ?? []);
    };
    model.on("msg:custom", this.listen);
    const ask = () => sendTo(model, this.isFed ? { kind: "ping" } : hello());
    this.heart = new Heartbeat(ask, onSilence);
  }

  /** @param {any} content @param {import("./wire.js").Buffer[]} buffers */
  receive(content, buffers) {
    this.order = this.order.then(() => this.take(content, buffers)).catch((error) => {
      console.error("reglab: unreadable frame", error);
    });
  }

  /**
   * A frame that does not fit is followed by a whole one.
   * @param {any} content @param {import("./wire.js").Buffer[]} buffers
   */
  async take(content, buffers) {
    const frame = this.mirror.take(content, await bodyOf(content, buffers));
    if (frame) {
      this.isFed = true;
      this.onFrame(frame, content);
    } else if (this.isFed) {
      this.isFed = false;
      sendTo(this.model, hello());
    }
  }

  dispose() {
    this.heart.dispose();
    this.model.off("msg:custom", this.listen);
  }
}

/** What the kernel hears of a view that knows nothing yet: the languages it may speak, best first. */
export function hello() {
  return { kind: "hello", languages: [...navigator.languages] };
}

/**
 * Where no kernel is, sending throws: then the banner says so, and nothing else is lost.
 * @param {Model} model @param {any} content
 */
export function sendTo(model, content) {
  try {
    model.send(content);
  } catch (error) {
    console.debug("reglab: not sent", content.kind, error);
  }
}

/** @param {{ name: string, mime: string }} file @param {import("./wire.js").Buffer} buffer */
function saveFile({ name, mime }, buffer) {
  const url = URL.createObjectURL(new Blob([bytesOf(buffer)], { type: mime }));
  const anchor = document.createElement("a");
  anchor.href = url;
  anchor.download = name;
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}
