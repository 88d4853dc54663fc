// Runs the engine: in a worker it listens to messages, on a page it is started by a call. `cargo xtask engine` puts
// this text behind wasm-bindgen's glue, which defines `wasm_bindgen`, and makes one function of both.

/** What the last panic said: the exception that follows it says nothing. */
let said = '';
globalThis.stalebusEnginePanicked = (message) => { said = message; };

const describe = (error) => said || String(error?.message ?? error);

/** The module as bytes, where it is given as base64. */
function bytesOf(text) {
  const characters = atob(text.trim());
  const bytes = new Uint8Array(characters.length);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = characters.charCodeAt(at);
  return bytes;
}

/**
 * Starts an engine and gives what takes its messages.
 * `wasm` is `{ url }` or `{ base64 }`; `slice` how many milliseconds it may work at a time; `pause(next)` calls `next`
 * when others have had their turn; `answer` hears each answer, `fail` why the engine has ended.
 */
async function start({ wasm, slice, pause, answer, fail }) {
  await wasm_bindgen({ module_or_path: wasm.url ?? bytesOf(wasm.base64) });
  const host = new wasm_bindgen.Host();
  let waiting = false;
  let ended = false;
  const guarded = (work) => {
    if (ended) return;
    try {
      work();
    } catch (error) {
      // After a trap the memory is in no state to go on with.
      ended = true;
      fail(describe(error));
    }
  };
  const again = () => {
    if (waiting) return;
    waiting = true;
    pause(() => guarded(work));
  };
  const work = () => {
    waiting = false;
    const all = host.run(slice);
    const lengths = new DataView(all.buffer, all.byteOffset, all.byteLength);
    for (let at = 0; at < all.length;) {
      const end = at + 4 + lengths.getUint32(at, true);
      answer(all.slice(at + 4, end));
      at = end;
    }
    if (host.busy()) again();
  };
  return (message) => guarded(() => {
    host.receive(message);
    again();
  });
}

/** In a worker nobody waits for a frame. Between two slices it looks whether there are messages. */
function serve() {
  const { port1, port2 } = new MessageChannel();
  let next = () => {};
  port1.onmessage = () => next();
  const pause = (work) => {
    next = work;
    port2.postMessage(0);
  };
  const fail = (failed) => postMessage({ failed });
  const answer = (bytes) => postMessage(bytes, [bytes.buffer]);
  const early = [];
  let take = (message) => { early.push(message); };
  onmessage = async ({ data }) => {
    if (data instanceof Uint8Array) return take(data);
    try {
      take = await start({ wasm: data, slice: 12, pause, answer, fail });
      postMessage({ ready: true });
      early.forEach(take);
    } catch (error) {
      fail(describe(error));
    }
  };
  postMessage({ alive: true });
}

if (typeof WorkerGlobalScope === 'undefined') {
  globalThis.stalebusEngine = start;
} else {
  serve();
}
