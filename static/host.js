// The page's side of the engine: starts it in a worker, or on the page's own thread where no worker answers, and
// starts it anew when it has failed.
import { isOver } from './failure.js';

/** How long a worker may take to show a sign of life, in milliseconds. Its module may take longer. */
const ALIVE = 5000;

/** On the page's own thread the engine works half a frame at a time. */
const SLICE = 6;

let hear = () => {};
let lose = () => {};
/** Hands a message to the engine; none while there is no engine. */
let give = null;
let starting = false;
let starts = 0;
const early = [];

/** Gives the engine a message, now or when it has started. The bytes are the caller's own memory. */
export function sendToEngine(message) {
  const bytes = message.slice();
  if (give) return give(bytes);
  early.push(bytes);
  if (!starting) startEngine();
}

/** Says who hears the answers, and why the engine has failed. */
export function hearEngine(answers, failed) {
  hear = answers;
  lose = failed;
  startEngine();
}

/** Where the engine is: on the site by address, in the single file in the page itself. */
function engineParts() {
  const named = document.querySelector('meta[name="engine"]')?.content;
  if (named) {
    const [script, module] = named.split(' ').map((name) => new URL(name, document.baseURI).href);
    return {
      wasm: { url: module },
      worker: () => new Worker(script),
      // Each start needs a memory of its own, and a module is loaded once.
      here: () => import(`${script}?${starts}`),
    };
  }
  return {
    wasm: { base64: document.getElementById('engine').textContent },
    worker: () => {
      const url = URL.createObjectURL(new Blob([`(${stalebusEngineScript})()`], { type: 'text/javascript' }));
      const worker = new Worker(url);
      worker.addEventListener('message', () => URL.revokeObjectURL(url), { once: true });
      return worker;
    },
    here: async () => stalebusEngineScript(),
  };
}

async function startEngine() {
  starting = true;
  starts += 1;
  const parts = engineParts();
  try {
    give = await inWorker(parts) ?? await onPage(parts);
    starting = false;
    for (const message of early.splice(0)) give(message);
  } catch (error) {
    starting = false;
    failed(String(error?.message ?? error));
  }
}

/** The page hears an answer. If the page fails at it, that is a rejection, and no failure of an engine on this thread. */
async function answered(bytes) {
  if (!isOver()) hear(bytes);
}

/** The engine is no more. The next message starts another. */
function failed(message) {
  give = null;
  early.length = 0;
  // Not within the call that it failed at: the page is still busy with that.
  queueMicrotask(() => {
    if (!isOver()) lose(message);
  });
}

/** An engine in a worker; none where no worker answers. Throws when it answers and cannot load the engine. */
async function inWorker({ worker, wasm }) {
  let there;
  try {
    there = worker();
  } catch {
    return null;
  }
  const end = (message) => {
    there.terminate();
    failed(message);
  };
  const alive = await new Promise((resolve) => {
    const late = setTimeout(() => resolve(false), ALIVE);
    const settle = (is) => {
      clearTimeout(late);
      resolve(is);
    };
    there.onmessage = ({ data }) => settle(Boolean(data.alive));
    there.onerror = (event) => {
      event.preventDefault();
      settle(false);
    };
  });
  if (!alive) {
    there.terminate();
    return null;
  }
  await new Promise((resolve, reject) => {
    there.onmessage = ({ data }) => {
      if (data.ready) resolve();
      else reject(new Error(data.failed));
    };
    there.onerror = ({ message }) => reject(new Error(message));
    there.postMessage(wasm);
  });
  there.onmessage = ({ data }) => {
    if (data instanceof Uint8Array) answered(data);
    else end(data.failed);
  };
  there.onerror = (event) => {
    event.preventDefault();
    end(event.message);
  };
  document.documentElement.dataset.engine = 'worker';
  return (message) => there.postMessage(message, [message.buffer]);
}

/** An engine on this thread, in slices. */
async function onPage({ here, wasm }) {
  await here();
  const take = await globalThis.stalebusEngine({
    wasm, slice: SLICE, pause: (next) => setTimeout(next, 0), answer: answered, fail: failed,
  });
  document.documentElement.dataset.engine = 'page';
  return take;
}
