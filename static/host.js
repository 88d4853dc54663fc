// The page's side of the engine: starts it in a worker, or on the page's own thread where no worker answers, and
// starts it anew when it has failed.
import { isOver } from './failure.js';

/** How long a worker may take to show a sign of life, in milliseconds. Its module may take longer. */
const ALIVE = 5000;

/** On the page's own thread the engine works half a frame at a time. */
const SLICE = 6;

/** How long to wait before the engine is loaded anew, in milliseconds; the last one again and again. */
const TRIES = [1000, 3000, 10_000];

let hear = () => {};
let lose = () => {};
/** Hears `null` when there is an engine, and else why there is none yet: it is being loaded again and again. */
let tell = () => {};
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

/** Says who hears the answers, why the engine has failed, and whether it could be loaded. */
export function hearEngine(answers, failed, loaded) {
  hear = answers;
  lose = failed;
  tell = loaded;
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

/** Loads the engine until there is one. What it is to be asked waits. */
async function startEngine() {
  starting = true;
  for (let tries = 0; !give && !isOver(); tries += 1) {
    starts += 1;
    try {
      const parts = engineParts();
      give = await inWorker(parts) ?? await onPage(parts);
    } catch (error) {
      console.warn(error);
      if (!isOver()) tell(String(error?.message ?? error));
      await pause(TRIES[Math.min(tries, TRIES.length - 1)]);
    }
  }
  starting = false;
  if (isOver()) return;
  tell(null);
  for (const message of early.splice(0)) give(message);
}

/** Some time, or until there is a network again. */
const pause = (time) => new Promise((resolve) => {
  setTimeout(resolve, time);
  addEventListener('online', resolve, { once: true });
});

/** The page hears an answer. If the page fails at it, that is a rejection, and no failure of an engine on this thread. */
async function answered(bytes) {
  if (!isOver()) hear(bytes);
}

/** The engine is no more, and what it was asked is lost. The next message starts another. */
function failed(message) {
  give = null;
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
  try {
    await new Promise((resolve, reject) => {
      there.onmessage = ({ data }) => {
        if (data.ready) resolve();
        else reject(new Error(data.failed));
      };
      there.onerror = ({ message }) => reject(new Error(message));
      there.postMessage(wasm);
    });
  } catch (error) {
    there.terminate();
    throw error;
  }
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
