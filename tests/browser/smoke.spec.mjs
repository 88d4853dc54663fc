// The page stands up everywhere it is meant to: on a site, below a path, as one file, in a sandbox, offline.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DIST, axe, becomes, noSidewaysScroll, open, serve, test } from './helpers.mjs';

const SINGLE = pathToFileURL(join(DIST, 'stale-bus.html')).href;

/** A document that shows another in a sandbox: scripts, but no origin. */
const sandbox = (src) => `<!doctype html><html lang="en"><title>host</title>
<iframe title="Stale Bus" sandbox="allow-scripts" width="720" height="480" src="${src}"></iframe></html>`;

/** The laboratory inside a frame has taken the place of what index.html shows. */
async function mountedInFrame(page) {
  await page.frameLocator('iframe').locator('#app > header').waitFor();
}

test('the page mounts, with its title and landmarks', async () => {
  const page = await open();
  await becomes(() => page.title(), /Stale Bus/);
  await becomes(() => page.getByRole('banner').count(), 1);
  await becomes(() => page.getByRole('main').count(), 1);
  await becomes(() => page.getByRole('heading', { level: 1 }).count(), 1);
});

for (const theme of ['light', 'dark']) {
  test(`axe finds nothing (${theme})`, async () => {
    const page = await open('', { theme });
    const canvas = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.equal(canvas, theme === 'dark' ? 'rgb(18, 22, 28)' : 'rgb(246, 247, 249)');
    await axe(page);
  });
}

for (const width of [320, 360, 1280]) {
  test(`no sideways scrolling at ${width}`, async () => {
    await noSidewaysScroll(await open('', { width }));
  });
}

test('works below a sub path', async () => {
  const site = await serve({ base: '/docs/stale-bus/' });
  try {
    await open(site.url);
  } finally {
    await site.close();
  }
});

test('works as a single file without a server', async () => {
  const page = await open(SINGLE);
  await axe(page);
});

test('the site works in a sandboxed frame', async () => {
  const site = await serve({ base: '/lab/', pages: { '/': sandbox('/lab/') } });
  try {
    await mountedInFrame(await open(`${site.origin}/`, { ready: null }));
  } finally {
    await site.close();
  }
});

test('the single file works in a sandboxed frame', async () => {
  const site = await serve({ base: '/lab/', pages: { '/': sandbox('/lab/stale-bus.html') } });
  try {
    await mountedInFrame(await open(`${site.origin}/`, { ready: null }));
  } finally {
    await site.close();
  }
});

test('works offline after the first visit', async () => {
  const site = await serve();
  // The page itself is asked for anew, fails, and comes from the store.
  const page = await open(site.url, { allow: [/ERR_CONNECTION_REFUSED/] });
  await page.evaluate(() => navigator.serviceWorker.ready);
  await site.close();
  await page.reload();
  await page.locator('#app > header').waitFor();
});

test('a laboratory that cannot start says so', async () => {
  const broken = { status: 200, contentType: 'application/wasm', body: 'not a module' };
  const page = await open('', {
    ready: null,
    prepare: (context) => context.route('**/*.wasm', (route) => route.fulfill(broken)),
    allow: [/CompileError|WebAssembly/],
  });
  await page.getByRole('alert').filter({ hasText: 'could not start' }).waitFor();
});
