// Keeps the site usable offline. `cargo xtask dist` fills in the three lines below: the version, what is stored at
// once, and what is stored when it is first asked for.
const VERSION = 'unbuilt';
const FILES = [];
const ON_DEMAND = [];

const PREFIX = 'stale-bus-';
const CACHE = PREFIX + VERSION;
const PAGE = './';

self.addEventListener('install', (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(CACHE);
    // Past the browser's own cache: what is stored here must belong to this version.
    await cache.addAll([PAGE, ...FILES].map((file) => new Request(file, { cache: 'no-cache' })));
    await self.skipWaiting();
  })());
});

self.addEventListener('activate', (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
    }
    await self.clients.claim();
  })());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  const page = new URL(PAGE, self.registration.scope);
  if (request.mode === 'navigate') {
    // The page itself: newest first, so that a new release shows at once. Other pages are not ours.
    if (url.pathname === page.pathname || url.pathname === `${page.pathname}index.html`) {
      event.respondWith(fetch(request).catch(async () => (await stored(page)) ?? Response.error()));
    }
    return;
  }
  // Everything else that is stored bears its content's hash in its name, or belongs to this version.
  event.respondWith((async () => (await stored(request)) ?? fetched(request))());
});

async function fetched(request) {
  const response = await fetch(request);
  if (response.ok && ON_DEMAND.some((file) => request.url.endsWith(`/${file}`))) {
    const cache = await caches.open(CACHE);
    await cache.put(request, response.clone());
  }
  return response;
}

async function stored(request) {
  const cache = await caches.open(CACHE);
  return cache.match(request, { ignoreSearch: true, ignoreVary: true });
}
