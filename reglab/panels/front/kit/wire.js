// What the kernel sends: a tree of NamedTuples, of which only what is new arrives. See wire.py.

/** @typedef {ArrayBuffer | ArrayBufferView} Buffer */
/** @typedef {Float32Array | Int32Array | Uint32Array | Uint8Array} Numbers */

/**
 * Numbers in rows, of the shape that they have in the kernel. An array that holds what it held is
 * the same object; one that has only grown lies in the same buffer.
 * @template {Numbers} A
 * @typedef {A & { shape: number[] }} Shaped
 */

/** @typedef {Record<string, any> & { kind: string }} Tuple a NamedTuple: its class, and its fields */

/**
 * @typedef {object} Content
 * @property {boolean} reset @property {number} [seq] @property {boolean} zipped
 * @property {Record<string, string[]>} names @property {Record<string, any>} fields
 * @property {[dtype: keyof typeof TYPES, shape: number[], kept: number, ...paths: string[]][]} arrays
 */

const TYPES = { f4: Float32Array, i4: Int32Array, u4: Uint32Array, u1: Uint8Array };

/** @param {Buffer} buffer @returns {Uint8Array<ArrayBuffer>} */
export function bytesOf(buffer) {
  if (buffer instanceof ArrayBuffer) return new Uint8Array(buffer);
  return new Uint8Array(/** @type {ArrayBuffer} */ (buffer.buffer), buffer.byteOffset, buffer.byteLength);
}

/**
 * The bytes of a message, inflated where they were deflated.
 * @param {Content} content @param {Buffer[]} buffers
 */
export async function bodyOf({ zipped }, [buffer]) {
  if (!buffer) return new Uint8Array(0);
  if (!zipped) return bytesOf(buffer);
  const stream = new Blob([bytesOf(buffer)]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/**
 * A frame saved as one piece: length of the header, header, bytes.
 * @param {Buffer} saved @returns {{ content: Content, buffers: Uint8Array<ArrayBuffer>[] }}
 */
export function unpackWhole(saved) {
  const bytes = bytesOf(saved);
  const end = 4 + new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  const content = JSON.parse(new TextDecoder().decode(bytes.subarray(4, end)));
  return { content, buffers: end < bytes.length ? [bytes.subarray(end)] : [] };
}

/** What the browser knows; each message makes a frame of it. */
export class Mirror {
  constructor() {
    /** @type {number | null} */
    this.seq = null; // of the last message that fitted
    this.forget();
  }

  forget() {
    /** @type {Record<string, string[]>} */
    this.names = {};
    /** @type {Record<string, any>} */
    this.fields = {};
    /** @type {Map<string, Shaped<Numbers>>} */
    this.arrays = new Map();
  }

  /**
   * The frame after a message; null where that does not fit what is known, and a whole one is needed.
   * @param {Content} content @param {Uint8Array<ArrayBuffer>} body
   * @returns {Record<string, any> | null}
   */
  take({ reset, seq, names, fields, arrays }, body) {
    if (reset) this.forget();
    else if (this.seq === null || seq !== this.seq + 1) return null;
    this.seq = null;
    let at = 0;
    for (const [dtype, shape, kept, ...paths] of arrays) {
      const length = sizeOf(shape) - kept * sizeOf(shape.slice(1));
      for (const path of paths) {
        const known = this.arrays.get(path);
        if (kept > (known?.shape[0] ?? 0)) return null;
        const end = at + length * TYPES[dtype].BYTES_PER_ELEMENT;
        const news = new TYPES[dtype](body.slice(at, end).buffer);
        this.arrays.set(path, grown(known, news, shape, TYPES[dtype]));
        at = end;
      }
    }
    Object.assign(this.names, names);
    Object.assign(this.fields, fields);
    this.seq = seq ?? null;
    /** @type {Map<string, Shaped<Numbers>>} */
    const used = new Map();
    /** @type {Record<string, any>} */
    const frame = {};
    for (const [name, value] of Object.entries(this.fields)) frame[name] = this.built(value, used, frame);
    this.arrays = used;
    return frame;
  }

  /**
   * @param {any} value of JSON @param {Map<string, Shaped<Numbers>>} used takes the arrays in it
   * @param {Record<string, any>} frame what there is of it as yet
   * @returns {any}
   */
  built(value, used, frame) {
    if (Array.isArray(value)) return value.map((one) => this.built(one, used, frame));
    if (value === null || typeof value !== "object") return value;
    const [[kind, inside]] = Object.entries(value);
    if (kind === "=") return frame[inside];
    if (kind === "$") {
      const array = this.arrays.get(inside);
      used.set(inside, array);
      return array;
    }
    const fields = this.names[kind].map((name, i) => [name, this.built(inside[i], used, frame)]);
    return { kind, ...Object.fromEntries(fields) };
  }
}

/**
 * Whether what was drawn of some parts can be shown again: arrays, by identity, and plain values.
 * @param {unknown[]} parts @param {unknown[]} others
 */
export function isSame(parts, others) {
  return parts.length === others.length && parts.every((part, i) => part === others[i]);
}

/** @param {number[]} shape */
function sizeOf(shape) {
  return shape.reduce((product, length) => product * length, 1);
}

/**
 * An array with new rows after those that it keeps; in place where it keeps them all, with room for
 * as many more.
 * @param {Shaped<Numbers> | undefined} known @param {Numbers} news @param {number[]} shape
 * @param {typeof TYPES[keyof typeof TYPES]} Type @returns {Shaped<Numbers>}
 */
function grown(known, news, shape, Type) {
  const total = sizeOf(shape);
  const kept = total - news.length;
  if (!kept) return Object.assign(news, { shape });
  const hasRoom = kept === known.length && total * known.BYTES_PER_ELEMENT <= known.buffer.byteLength;
  const all = hasRoom ? new Type(/** @type {ArrayBuffer} */ (known.buffer)) : new Type(2 * total);
  if (!hasRoom) all.set(known.subarray(0, kept));
  all.set(news, kept);
  return Object.assign(all.subarray(0, total), { shape });
}
