// Starts the laboratory. `cargo xtask dist` makes one script of this file, those that it imports, and the glue code,
// for the site and for the single file alike.
import init from './stalebus.js';
import { panicked, remember, report, watch } from './failure.js';
import { hearEngine, sendToEngine } from './host.js';
import { bytesOf, scenario } from './scenarios.js';

// What the page calls.
globalThis.stalebusHost = {
  hearEngine, loadEditor, panicked, remember, report, scenario, sendToEngine,
};

/** Where the page's module is: an address to fetch, or in the single file the module itself as base64. */
function moduleSource() {
  const element = document.getElementById('module');
  return element.href || bytesOf(element.textContent);
}

let editor;

/**
 * Loads the editor of the litmus lab, once. It is a file of its own, or in the single file a text that becomes a
 * script here: the page's policy admits exactly this text.
 */
function loadEditor() {
  editor ??= new Promise((resolve, reject) => {
    const place = document.getElementById('editor');
    const script = document.createElement('script');
    const done = () => (self.staleBusEditor ? resolve(self.staleBusEditor) : reject(new Error('it did not start')));
    script.onload = done;
    script.onerror = () => reject(new Error('it could not be loaded'));
    if (place.content) script.src = place.content;
    else script.textContent = place.textContent;
    document.head.append(script);
    if (!place.content) done();
  });
  // The next one who asks may have a network again.
  editor.catch(() => { editor = undefined; });
  return editor;
}

function showFailure(error) {
  console.error(error);
  const place = document.getElementById('starting');
  if (!place) return;
  place.setAttribute('role', 'alert');
  place.textContent = `The laboratory could not start: ${error?.message ?? error}. `
    + 'It needs a browser that runs WebAssembly; reloading the page may help.';
}

/** Keeps the site usable without a network. The page works without it, so a failure is silent. */
function registerServiceWorker() {
  try {
    // Only the finished site names one. A sandboxed frame has the origin "null" and may not have any.
    const script = document.querySelector('meta[name="service-worker"]')?.content;
    if (!script || !location.protocol.startsWith('http') || self.origin === 'null') return;
    navigator.serviceWorker?.register(script).catch(() => {});
  } catch {
    // Some privacy settings forbid even to look at navigator.serviceWorker.
  }
}

/** Loads the scenarios before anyone waits for them. Whoever wants one hears of a failure. */
const warm = () => scenario('').catch(() => {});

watch();
// A link names one: it may well be wanted at once.
if (/^#\/[^?]/.test(location.hash)) warm();
try {
  await init({ module_or_path: moduleSource() });
  registerServiceWorker();
  setTimeout(warm, 1000);
} catch (error) {
  showFailure(error);
}
