// The line to the kernel: hello, frames in order, acknowledgements, a heartbeat.

const BEAT = 3000;
const SILENCE = 8000;
const SAVED_SILENCE = 4000;

class Link {
  constructor(model, { onFrame, onSilence }) {
    this.model = model;
    this.onFrame = onFrame;
    this.onSilence = onSilence;
    this.heard = false;
    this.fed = false;
    this.since = performance.now();
    this.order = Promise.resolve();
    this.listen = (content, buffers) => this.receive(content, buffers ?? []);
    this.wake = () => this.awake();
    model.on("msg:custom", this.listen);
    document.addEventListener("visibilitychange", this.wake);
    this.timer = setInterval(() => this.beat(), 1000);
    this.beaten = this.since;
    this.hello();
  }

  send(content) {
    try {
      this.model.send(content);
    } catch (error) {
      console.debug("reglab: not sent", content.kind, error);
    }
  }

  hello() {
    this.send({ kind: "hello" });
  }

  receive(content, buffers) {
    this.heard = true;
    this.since = performance.now();
    this.onSilence(null);
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
      this.hello();
    }
  }

  beat() {
    if (document.visibilityState === "hidden") return;
    const now = performance.now();
    if (now - this.beaten >= BEAT) this.ping(now);
    const patience = this.heard ? SILENCE : SAVED_SILENCE;
    if (now - this.since > patience) this.onSilence(this.heard ? "kernel" : "saved");
  }

  awake() {
    if (document.visibilityState === "hidden") return;
    this.since = performance.now();
    this.ping(this.since);
  }

  ping(now) {
    this.beaten = now;
    this.send({ kind: this.fed ? "ping" : "hello" });
  }

  dispose() {
    clearInterval(this.timer);
    document.removeEventListener("visibilitychange", this.wake);
    this.model.off("msg:custom", this.listen);
  }
}

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
