// Starts the laboratory. `cargo xtask dist` puts this file and the glue code that it imports
// into one script, for the site and for the single file alike.
import init from './stalebus.js';

/** Where the engine is: an address to fetch, or in the single file the module itself as base64. */
function engineSource() {
  const element = document.getElementById('engine');
  if (element.href) return element.href;
  const text = atob(element.textContent.trim());
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
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

try {
  await init({ module_or_path: engineSource() });
  registerServiceWorker();
} catch (error) {
  showFailure(error);
}
