// What comes from the kernel: buffers, and arrays inside of JSON. See packing.py.

/** @typedef {ArrayBuffer | ArrayBufferView} Buffer */
/** @typedef {[name: string, bytes: Uint8Array]} Blob */

const KINDS = { f4: Float32Array, i4: Int32Array, u4: Uint32Array, u1: Uint8Array };

/** @param {Buffer} buffer @returns {Uint8Array<ArrayBuffer>} */
export function bytesOf(buffer) {
  if (buffer instanceof ArrayBuffer) return new Uint8Array(buffer);
  return new Uint8Array(/** @type {ArrayBuffer} */ (buffer.buffer), buffer.byteOffset, buffer.byteLength);
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
async function inflate(bytes) {
  const stream = new globalThis.Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/**
 * The buffers of a message under their names, inflated where they were deflated.
 * @param {{ blobs: [name: string, zipped: boolean][] }} content @param {Buffer[]} buffers
 * @returns {Promise<Blob[]>}
 */
export function readBlobs(content, buffers) {
  return Promise.all(
    content.blobs.map(async ([name, zipped], i) => {
      const bytes = bytesOf(buffers[i]);
      return /** @type {Blob} */ ([name, zipped ? await inflate(bytes) : bytes.slice()]);
    }),
  );
}

/**
 * A frame saved as one piece: length of the header, header, buffers.
 * @param {Buffer} saved @returns {{ content: any, buffers: Uint8Array<ArrayBuffer>[] }}
 */
export function unpackWhole(saved) {
  const bytes = bytesOf(saved);
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  const content = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  let start = 4 + length;
  const buffers = content.sizes.map((/** @type {number} */ size) => {
    start += size;
    return bytes.subarray(start - size, start);
  });
  return { content, buffers };
}

/**
 * JSON in which arrays came as {kind, data}: these as typed arrays, everything else as it is.
 * @param {any} value @returns {any}
 */
export function unpacked(value) {
  if (Array.isArray(value)) return value.map(unpacked);
  if (value === null || typeof value !== "object") return value;
  if (value.data !== undefined && value.kind !== undefined) {
    return new KINDS[/** @type {keyof KINDS} */ (value.kind)](bytesOf(value.data).slice().buffer);
  }
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, unpacked(one)]));
}
