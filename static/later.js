// The later half of the page's module: what the first view does not need. It is fetched when the page stands, and put in
// its place at once. The page draws what needs it when it is there. A function of it that is called before waits for it; a
// served debug page has one whole module.
import { initSync } from './stalebus.js';

/** The wait for it. */
let coming = null;
let here = false;

/** Where it is: an address, or in the single file the module itself. */
function place() {
  const element = document.getElementById('later');
  return element?.content || element?.textContent.trim() ? element : null;
}

/** Whether what is in the later half can be used without a wait. */
export const laterHere = () => here || !place();

/** How long to wait before the next try, in milliseconds; the last one again and again. */
const TRIES = [2000, 5000, 15_000];

/** Fetches the later half when the first view has been painted, and waits for it. Where it cannot be had that is said. */
export function whenLater() {
  if (laterHere()) return Promise.resolve();
  coming ??= painted().then(arrived);
  return coming;
}

async function arrived() {
  const missing = document.getElementById('halved');
  for (let tries = 0; !here; tries += 1) {
    try {
      put(await fetched(place()));
    } catch (error) {
      console.warn(error);
      missing.hidden = false;
      await pause(TRIES[Math.min(tries, TRIES.length - 1)]);
    }
  }
  missing.hidden = true;
}

/** Some time, or until there is a network again. */
const pause = (time) => new Promise((resolve) => {
  setTimeout(resolve, time);
  addEventListener('online', resolve, { once: true });
});

/** The browser has painted, or paints nothing now: a page that nobody sees has no frames. */
const painted = () => new Promise((resolve) => {
  requestAnimationFrame(() => setTimeout(resolve));
  setTimeout(resolve, 500);
});

/** The module, compiled, when the style of what it draws is there as well; in the single file that is there anyway. */
async function fetched(element) {
  if (!element.content) return WebAssembly.compile(inPage(element));
  const [module, style] = addresses(element);
  const [compiled] = await Promise.all([WebAssembly.compileStreaming(fetch(module)), styled(style)]);
  return compiled;
}

const addresses = (element) => element.content.split(' ').map((name) => new URL(name, document.baseURI));

let style = null;

/** The style of what the later half draws, behind all others. It is asked for once, and anew where it could not be had. */
function styled(address) {
  style ??= linked(address).catch((error) => {
    style = null;
    throw error;
  });
  return style;
}

const linked = (address) => new Promise((resolve, reject) => {
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.onload = resolve;
  link.onerror = () => reject(new Error('a style sheet could not be loaded'));
  link.href = address;
  document.head.append(link);
});

/** The later half is there when this returns. It blocks the page, and is called only before {@link whenLater} is done. */
export function loadLater() {
  if (here || !place()) return;
  const element = place();
  if (!element.content) return put(new WebAssembly.Module(inPage(element)));
  const [module, look] = addresses(element);
  put(new WebAssembly.Module(asked(module)));
  styled(look).catch(console.warn);
}

function put(module) {
  if (here) return;
  // It shares memory, tables and functions with the first half. The functions it knows by their places in a table.
  const first = initSync();
  const places = new Proxy({}, { get: (_, place) => first.places.get(Number(place)) });
  new WebAssembly.Instance(module, { first, places });
  here = true;
}

/** A module that the single file holds as base64. */
export function inPage(element) {
  const characters = atob(element.textContent.trim());
  const bytes = new Uint8Array(characters.length);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = characters.charCodeAt(at);
  return bytes;
}

/** A file, at once. A function of the module that waits for it cannot give way to the event loop. */
function asked(address) {
  const request = new XMLHttpRequest();
  request.open('GET', address, false);
  // Synchronous answers are texts: one character a byte.
  request.overrideMimeType('text/plain; charset=x-user-defined');
  request.send();
  if (request.status !== 200) throw new Error(`a part of the page could not be loaded: ${request.status} ${address}`);
  return Uint8Array.from(request.responseText, (character) => character.charCodeAt(0) & 0xff);
}
