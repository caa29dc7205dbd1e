// What the browser knows of the session. The kernel sends only what is missing here.

const COLUMNS = ["step", "train", "whole", "low", "high"];

export function emptyStore() {
  return {
    seq: null, number: -1, runs: [], labels: [], blobs: new Map(), version: 0,
    status: { state: "idle", step: 0, num_steps: 1, epoch: 0, text: "" },
    verdict: { code: "NONE", word: "", scope: "", sentence: "", severity: 0 },
    board: [], h: [0, 0], witness: null, bayes_error: null, num_train: 0, epoch_length: 1,
    picture: null, over: "the whole distribution",
  };
}

export function bytesOf(buffer) {
  if (buffer instanceof ArrayBuffer) return new Uint8Array(buffer);
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

async function inflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

export function readBlobs(content, buffers) {
  return Promise.all(
    content.blobs.map(async ([name, zipped], i) => {
      const bytes = bytesOf(buffers[i]);
      return [name, zipped ? await inflate(bytes) : bytes.slice()];
    }),
  );
}

// A frame saved as one piece: length of the header, header, buffers. See packing.py.
export function unpackWhole(saved) {
  const bytes = bytesOf(saved);
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  const content = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  let start = 4 + length;
  const buffers = content.sizes.map((size) => {
    start += size;
    return bytes.subarray(start - size, start);
  });
  return { content, buffers };
}

function newRun() {
  const run = { n: 0, version: 0 };
  for (const column of COLUMNS) run[column] = new Float32Array(256);
  return run;
}

function keepRows(run, count) {
  if (count < run.n) {
    run.n = count;
    run.version += 1;
  }
}

function appendRows(run, bytes) {
  const rows = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  const added = rows.length / COLUMNS.length;
  if (run.n + added > run.step.length) {
    for (const column of COLUMNS) {
      const grown = new Float32Array(2 * (run.n + added));
      grown.set(run[column].subarray(0, run.n));
      run[column] = grown;
    }
  }
  for (let row = 0, at = 0; row < added; row += 1) {
    for (const column of COLUMNS) run[column][run.n + row] = rows[at++];
  }
  run.n += added;
}

// Returns false where the message does not fit what is known, and a whole frame is needed.
export function applyFrame(store, content, blobs) {
  if (content.reset) Object.assign(store, emptyStore(), { version: store.version });
  else if (store.seq === null || content.seq !== store.seq + 1) return false;
  const arrived = new Map(blobs);
  const runs = content.runs.map(([keep], i) => {
    const run = store.runs[i] ?? newRun();
    keepRows(run, keep);
    if (arrived.has(`run${i}`)) appendRows(run, arrived.get(`run${i}`));
    return run;
  });
  if (content.runs.some(([, total], i) => runs[i].n !== total)) return false;
  store.version += 1;
  for (const [name, bytes] of blobs) {
    if (!name.startsWith("run")) store.blobs.set(name, { bytes, version: store.version });
  }
  Object.assign(store, content.fields, { runs, seq: content.seq });
  return true;
}

export function rowOf(store, address) {
  const run = address && store.runs[address[0]];
  if (!run || !(address[1] >= 0 && address[1] < run.n)) return null;
  const row = { run: address[0], row: address[1] };
  for (const column of COLUMNS) row[column] = run[column][address[1]];
  return row;
}

export function nameOf(store, run) {
  return store.labels[run]?.name ?? `run ${run + 1}`;
}
