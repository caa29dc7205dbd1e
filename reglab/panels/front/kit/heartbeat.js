// Whether the kernel is there: it is asked every few seconds, and its silence is told.

const BEAT = 3000;
const SILENCE = 8000;
const SAVED_SILENCE = 4000;

/** Asks the kernel, and tells whether it answers. */
export class Heartbeat {
  /**
   * @param {() => void} ask
   * @param {(kind: string | null) => void} onSilence is told null while the kernel answers,
   *   "kernel" where it no longer does, and "saved" where it never did
   */
  constructor(ask, onSilence) {
    this.ask = ask;
    this.onSilence = onSilence;
    this.answered = false;
    this.since = this.beaten = performance.now();
    this.wake = () => this.awake();
    document.addEventListener("visibilitychange", this.wake);
    this.timer = setInterval(() => this.beat(), 1000);
    ask();
  }

  heard() {
    this.answered = true;
    this.since = performance.now();
    this.onSilence(null);
  }

  beat() {
    if (document.visibilityState === "hidden") return;
    const now = performance.now();
    if (now - this.beaten >= BEAT) this.ping(now);
    const patience = this.answered ? SILENCE : SAVED_SILENCE;
    if (now - this.since > patience) this.onSilence(this.answered ? "kernel" : "saved");
  }

  awake() {
    if (document.visibilityState === "hidden") return;
    this.since = performance.now();
    this.ping(this.since);
  }

  /** @param {number} now */
  ping(now) {
    this.beaten = now;
    this.ask();
  }

  dispose() {
    clearInterval(this.timer);
    document.removeEventListener("visibilitychange", this.wake);
  }
}
