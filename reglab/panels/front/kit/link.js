// The line to the kernel: questions and answers, frames in order, downloads.

import { Heartbeat } from "./heartbeat.js";
import { bytesOf, readBlobs } from "./packing.js";

/**
 * The model of anywidget, as far as it is used here.
 * @typedef {object} Model
 * @property {(name: string) => any} get @property {(content: object) => void} send
 * @property {(event: string, call: (...values: any[]) => void) => void} on
 * @property {(event: string, call: (...values: any[]) => void) => void} off
 */

/** Asks whether the kernel is there, hears what it sends, and saves its downloads. */
export class Line {
  /**
   * @param {Model} model @param {object} calls
   * @param {() => boolean} [calls.isFed] whether the view knows what the kernel knows; left out,
   *   whether the kernel has answered
   * @param {(kind: string | null) => void} calls.onSilence
   * @param {(content: any, buffers: import("./packing.js").Buffer[]) => void} [calls.onMessage]
   */
  constructor(model, { isFed = () => this.heart?.answered, onSilence, onMessage }) {
    this.model = model;
    this.listen = (/** @type {any} */ content, /** @type {any[]} */ buffers) => {
      this.heart.heard();
      if (content.kind === "download") saveFile(content, buffers[0]);
      else onMessage?.(content, buffers ?? []);
    };
    model.on("msg:custom", this.listen);
    this.heart = new Heartbeat(() => sendTo(model, isFed() ? { kind: "ping" } : hello()), onSilence);
  }

  dispose() {
    this.heart.dispose();
    this.model.off("msg:custom", this.listen);
  }
}

/** Frames one after the other; one that does not fit is followed by a whole one. */
export class Frames {
  /**
   * @param {Model} model @param {object} calls
   * @param {(content: any, blobs: import("./packing.js").Blob[]) => boolean} calls.onFrame
   * @param {(kind: string | null) => void} calls.onSilence
   */
  constructor(model, { onFrame, onSilence }) {
    this.model = model;
    this.onFrame = onFrame;
    this.fed = false;
    this.order = Promise.resolve();
    this.line = new Line(model, {
      isFed: () => this.fed,
      onSilence,
      onMessage: (content, buffers) => this.receive(content, buffers),
    });
  }

  /** @param {any} content @param {import("./packing.js").Buffer[]} buffers */
  receive(content, buffers) {
    if (content.kind !== "frame") return;
    this.order = this.order.then(() => this.take(content, buffers)).catch((error) => {
      console.error("reglab: unreadable frame", error);
    });
  }

  /** @param {any} content @param {import("./packing.js").Buffer[]} buffers */
  async take(content, buffers) {
    const blobs = await readBlobs(content, buffers);
    const fits = this.onFrame(content, blobs);
    if (fits) this.fed = true;
    else if (this.fed) {
      this.fed = false;
      sendTo(this.model, hello());
    }
  }

  dispose() {
    this.line.dispose();
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

/** @param {{ name: string, mime: string }} file @param {import("./packing.js").Buffer} buffer */
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
