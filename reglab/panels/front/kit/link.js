// The line to the kernel: hello, frames in order, acknowledgements.

import { Heartbeat } from "./heartbeat.js";
import { bytesOf, readBlobs } from "./store.js";

export class Link {
  constructor(model, { onFrame, onSilence }) {
    this.model = model;
    this.onFrame = onFrame;
    this.fed = false;
    this.order = Promise.resolve();
    this.listen = (content, buffers) => this.receive(content, buffers ?? []);
    model.on("msg:custom", this.listen);
    this.heart = new Heartbeat(() => this.send({ kind: this.fed ? "ping" : "hello" }), onSilence);
  }

  send(content) {
    sendTo(this.model, content);
  }

  receive(content, buffers) {
    this.heart.heard();
    if (content.kind === "frame") {
      this.order = this.order.then(() => this.take(content, buffers)).catch((error) => {
        console.error("reglab: unreadable frame", error);
      });
    } else if (content.kind === "download") {
      saveFile(content, buffers[0]);
    }
  }

  async take(content, buffers) {
    const blobs = await readBlobs(content, buffers);
    const fits = this.onFrame(content, blobs);
    if (fits) this.fed = true;
    else if (this.fed) {
      this.fed = false;
      this.send({ kind: "hello" });
    }
  }

  dispose() {
    this.heart.dispose();
    this.model.off("msg:custom", this.listen);
  }
}

// Where no kernel is, sending throws: then the banner says so, and nothing else is lost.
export function sendTo(model, content) {
  try {
    model.send(content);
  } catch (error) {
    console.debug("reglab: not sent", content.kind, error);
  }
}

export function saveFile({ name, mime }, buffer) {
  const url = URL.createObjectURL(new Blob([bytesOf(buffer)], { type: mime }));
  const anchor = document.createElement("a");
  anchor.href = url;
  anchor.download = name;
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}
