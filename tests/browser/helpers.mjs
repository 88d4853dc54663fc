// What every browser test needs: a server over dist/, a page that tolerates no complaint, and a few checks.
//
//   import { test, open, axe, noSidewaysScroll } from './helpers.mjs';
//
//   test('the laboratory opens', async () => {
//     const page = await open('#/doorbell', { width: 360, theme: 'dark' });
//     …
//   });
//
// `test` is Node's, with the browser started before and everything closed after it. A page that was opened with
// `open` makes its test fail when it logs an error, throws, breaks its security policy, or asks another host.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { after, afterEach, test as nodeTest } from 'node:test';
import { dirname, extname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import AxeBuilder from '@axe-core/playwright';
import { chromium } from 'playwright-core';

const here = dirname(fileURLToPath(import.meta.url));
export const DIST = normalize(join(here, '..', '..', 'dist'));

const MIME = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

// ── The server ──────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * Serves a folder on a free port of this machine.
 * `base` puts it below a sub path; `pages` adds documents that are not in the folder, by path.
 */
export async function serve({ folder = DIST, base = '/', pages = {} } = {}) {
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
    // A sandboxed frame has no origin of its own.
    const headers = { 'Access-Control-Allow-Origin': '*', 'Cache-Control': 'no-cache' };
    const send = (status, type, body) => {
      response.writeHead(status, { ...headers, 'Content-Type': type });
      response.end(body);
    };
    if (path in pages) return send(200, MIME['.html'], pages[path]);
    if (path === '/favicon.ico') return send(204, 'image/x-icon');
    if (!path.startsWith(base)) return send(404, 'text/plain', 'not below the base');
    const rest = path.slice(base.length);
    const file = normalize(join(folder, rest === '' || rest.endsWith('/') ? `${rest}index.html` : rest));
    if (!file.startsWith(folder + sep)) return send(403, 'text/plain', 'outside');
    try {
      send(200, MIME[extname(file)] ?? 'application/octet-stream', await readFile(file));
    } catch {
      send(404, 'text/plain', `no ${rest}`);
    }
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const origin = `http://127.0.0.1:${server.address().port}`;
  const close = () => new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
  return { origin, url: origin + base, close };
}

// ── The browser ─────────────────────────────────────────────────────────────────────────────────────────────────

/** How many times slower than this machine every page runs: `STALEBUS_SLOW=4` finds what is right only when nothing is late. */
export const SLOW = Math.max(1, Number(process.env.STALEBUS_SLOW ?? 1) || 1);

/** For a test of a time budget, which has no sense where the pages are slowed down: true there, and skips it. */
export function slowed(context) {
  if (SLOW > 1) context.skip(`a time budget, and every page is ${SLOW} times slower`);
  return SLOW > 1;
}

/** How long a page is waited for, in milliseconds, where a test does not say. */
const PATIENCE = 20_000;

let browser;
let site;
const opened = [];

/** The browser, started once a file. */
export async function theBrowser() {
  browser ??= await start();
  return browser;
}

async function start() {
  const started = await chromium.launch({
    executablePath: executable(),
    chromiumSandbox: process.getuid?.() !== 0, // Chromium refuses to run as root inside its sandbox.
    args: [
      '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--hide-scrollbars',
    ],
  });
  const newContext = started.newContext.bind(started);
  started.newContext = async (options) => {
    const context = await newContext(options);
    context.setDefaultTimeout(patience(PATIENCE));
    if (SLOW > 1) slowDown(context, SLOW);
    return context;
  };
  return started;
}

/** Each page of a context has less of its processor, from before it loads anything. */
function slowDown(context, rate) {
  const newPage = context.newPage.bind(context);
  context.newPage = async () => {
    const page = await newPage();
    const devtools = await context.newCDPSession(page);
    await devtools.send('Emulation.setCPUThrottlingRate', { rate });
    return page;
  };
}

function executable() {
  const named = process.env.STALEBUS_CHROMIUM;
  if (named) return named;
  const found = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
  if (!found) throw new Error('no Chromium: run `cargo xtask test --only browser`, or set STALEBUS_CHROMIUM');
  return found;
}

/** The server over dist/ that `open` uses, started once a file. */
export async function theSite() {
  site ??= await serve();
  return site;
}

/**
 * Opens a page and waits until the laboratory is there.
 *
 * `where` is a path or fragment below the site ('#/doorbell?cpu=arm'), or a whole address (http: or file:).
 * `ready` is the selector to wait for; `null` for none. `allow` is a list of patterns of console errors that the
 * test expects. `prepare` is given the browser context before the page is opened. With `touch` it is a phone's page.
 * `slow` is how many times slower it runs than other pages.
 */
export async function open(where = '', {
  width = 1280, height = 800, theme = 'light', reducedMotion = 'reduce', ready = '#app > header', allow = [], prepare = async () => {}, touch = false, slow = 1,
} = {}) {
  const url = /^(https?|file):/.test(where) ? where : (await theSite()).url + where;
  const context = await (await theBrowser()).newContext({
    viewport: { width, height }, colorScheme: theme, reducedMotion, acceptDownloads: true,
    hasTouch: touch, isMobile: touch,
  });
  if (slow > 1) slowDown(context, SLOW * slow);
  const complaints = [];
  const complain = (text) => {
    if (!allow.some((pattern) => pattern.test(text))) complaints.push(text);
  };
  opened.push({ context, complaints });

  const page = await context.newPage();
  page.complaints = complaints;
  page.on('console', (message) => {
    // Chromium reports a broken security policy here, too.
    if (message.type() === 'error') complain(`console: ${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => complain(`page error: ${error.stack ?? error}`));
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText;
    // The page was left while it was loading.
    if (why !== 'net::ERR_ABORTED') complain(`request failed: ${request.url()} (${why})`);
  });
  // On the context, so that frames and service workers are heard as well.
  const own = new URL(url);
  context.on('request', (request) => {
    const asked = new URL(request.url());
    if (['data:', 'blob:', 'about:'].includes(asked.protocol)) return;
    const same = own.protocol === 'file:' ? asked.href.split('#')[0] === own.href.split('#')[0] : asked.origin === own.origin;
    if (!same) complain(`request to another origin: ${request.url()}`);
  });
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`security policy: ${event.violatedDirective} forbids ${event.blockedURI} ${event.sample}`);
    });
  });

  await prepare(context);
  await page.goto(url);
  if (ready) {
    await page.locator(ready).first().waitFor();
    // What the engine draws at first. A test that holds the engine back does not wait long.
    const drawn = () => !document.querySelector('.hardware[aria-busy="true"], .timeline [aria-busy="true"]');
    await page.waitForFunction(drawn, undefined, { timeout: 5000 }).catch(() => {});
  }
  return page;
}

/** Fails when a page that is open has complained; runs after every test by itself. */
export function assertNoComplaints() {
  const all = opened.flatMap(({ complaints }) => complaints);
  assert.deepEqual(all, [], `the page complained:\n  ${all.join('\n  ')}`);
}

/** Node's `test`: the pages that it opened are closed at its end, and must not have complained. */
export function test(name, body) {
  nodeTest(name, { timeout: patience(120_000) }, async (context) => {
    await body(context);
    assertNoComplaints();
  });
}

afterEach(async () => {
  for (const { context } of opened.splice(0)) await context.close();
});

after(async () => {
  await browser?.close();
  await site?.close();
});

/** A time in milliseconds, longer where the pages are slowed down. */
export const patience = (ms) => ms * SLOW;

/**
 * Waits until what is read is what is wanted: the same value, a text that an expression finds, or one that a function
 * says yes to. A page answers in a task of its own, and under load that need not be over when the browser has taken a key
 * or a click. What has to hold at once, or must never happen, is no matter for this: see `settled`.
 *
 * Fails like an assertion, with what was read last.
 */
export async function becomes(read, wanted, message, { timeout = 10_000 } = {}) {
  const end = performance.now() + patience(timeout);
  for (let pause = 5; ; pause = Math.min(pause * 2, 100)) {
    const last = await read();
    try {
      if (wanted instanceof RegExp) assert.match(String(last), wanted);
      else if (typeof wanted === 'function') assert.ok(wanted(last), `${wanted}`);
      else assert.deepEqual(last, wanted);
      return;
    } catch (error) {
      if (performance.now() > end) {
        error.message = `${message ? `${message}: ` : ''}after ${patience(timeout)} ms still ${inspect(last)}\n${error.message}`;
        throw error;
      }
    }
    await new Promise((resolve) => { setTimeout(resolve, pause); });
  }
}

/** Waits until the page has had the time for whatever is to come of the last key or click: two frames, and what they left. */
export async function settled(page) {
  await page.evaluate(async () => {
    for (let frame = 0; frame < 2; frame += 1) {
      await new Promise((resolve) => { requestAnimationFrame(() => setTimeout(resolve, 0)); });
    }
  });
}

// ── Checks ──────────────────────────────────────────────────────────────────────────────────────────────────────

const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Fails when axe finds anything against WCAG 2.2 AA or its best practices (landmarks, headings). */
export async function axe(page, { exclude = [] } = {}) {
  let builder = new AxeBuilder({ page }).withTags(AXE_TAGS);
  for (const selector of exclude) builder = builder.exclude(selector);
  const { violations } = await builder.analyze();
  const lines = violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}: ${node.target.join(' ')}\n    ${node.failureSummary.replaceAll('\n', '\n    ')}`));
  assert.deepEqual(lines, [], `axe found:\n  ${lines.join('\n  ')}`);
}

/** Fails when the page scrolls sideways, and names the elements that stick out. */
export async function noSidewaysScroll(page) {
  const outside = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.body.querySelectorAll('*')]
      .filter((element) => element.getBoundingClientRect().right > width + 0.5)
      .map((element) => `<${element.localName} class="${element.getAttribute('class') ?? ''}">`)
      .concat(`scrollWidth ${document.documentElement.scrollWidth} > ${width}`);
  });
  assert.deepEqual(outside, [], 'the page scrolls sideways');
}
