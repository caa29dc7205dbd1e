// Reads a message and has the painters of some cards say and draw what is in it, without a page.

import { Mirror, bodyOf } from "../kit/wire.js";

export default {
  async render({ content, buffers, cards }) {
    const frame = new Mirror().take({ ...content, seq: 1 }, await bodyOf(content, buffers));
    const canvas = { getContext: () => null };
    globalThis.document = { createElement: () => canvas };
    return cards.flat().map(([name, Painter]) => {
      const painter = new Painter();
      const view = frame.pictures[name];
      const calls = [];
      const note = (_, method) => (...given) => calls.push([method, ...given]);
      const context = new Proxy({}, { get: note, set: () => true });
      return {
        name,
        methods: ["paint", "describe", "title", "note"].filter((method) => typeof painter[method] === "function"),
        kind: view?.kind ?? null,
        told: view && [painter.title(view, frame), painter.note(view, frame), painter.describe(view, frame)],
        untold: painter.title(null, frame),
        paint: () => {
          painter.paint({ context, width: 320, height: 200, ratio: 1 }, view, { ink: "#000" });
          return calls;
        },
      };
    });
  },
};
