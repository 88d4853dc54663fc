// The engine beside the page: in a worker, on the page's own thread where none starts, under load, stopped, failing;
// what stays when the page itself fails; and how fast all of it is.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { DIST, axe, becomes, noSidewaysScroll, open, patience, serve, slowed, test, theBrowser } from './helpers.mjs';

const SINGLE = `file://${join(DIST, 'stale-bus.html')}`;
const DOORBELL = '#/missed-doorbell?v=1&cpu=arm&off=reader-mb&srcu=fast';

const searched = (page) => page.locator('[data-searched="complete"]').waitFor({ timeout: patience(60_000) });
const engineIs = (page) => page.evaluate(() => document.documentElement.dataset.engine);

/** What the page must be able to say wherever its engine runs. */
async function answers(page) {
  await searched(page);
  const said = (model) => page.locator(`[data-verdict="stale:${model}"]`).getAttribute('data-answer');
  assert.deepEqual([await said('sc'), await said('tso'), await said('arm'), await said('lkmm')], ['no', 'no', 'yes', 'yes']);
}

/** A link to a test of one's own (docs/links.md). */
function link(source) {
  const packed = Buffer.concat([Buffer.from([1]), deflateRawSync(Buffer.from(source))]);
  return `#/?v=1&cpu=arm&z=${packed.toString('base64url')}`;
}

/** Threads that write and read two locations crosswise, and an outcome that speaks of every load: no two runs are alike. */
function large(threads, rounds) {
  const names = (count, of) => Array.from({ length: count }, (_, at) => of(at));
  const body = (thread) => names(rounds, (round) => {
    const [to, from] = (thread + round) % 2 ? ['y', 'x'] : ['x', 'y'];
    return `\tWRITE_ONCE(*${to}, ${thread * 10 + round + 1});\n\tr${round} = READ_ONCE(*${from});\n`;
  }).join('');
  const thread = (at) => `P${at}(int *x, int *y)\n{\n${names(rounds, (round) => `\tint r${round};\n`).join('')}${body(at)}}\n`;
  const terms = names(threads, (at) => names(rounds, (round) => `${at}:r${round}=99`)).flat();
  return `C large\n{}\n${names(threads, thread).join('')}exists (${terms.join(' /\\ ')})\n`;
}

/** Hundreds of thousands of states on each model. */
const LARGE = link(large(3, 3));

// ── Where it runs ───────────────────────────────────────────────────────────────────────────────────────────────

test('the engine runs in a worker', async () => {
  const page = await open(DOORBELL);
  await answers(page);
  await becomes(() => engineIs(page), 'worker');
  assert.equal(page.workers().length, 1);
});

test('in the single file the worker is made of the file itself', async () => {
  const page = await open(SINGLE + DOORBELL);
  await answers(page);
  await becomes(() => engineIs(page), 'worker');
});

/** Ways in which a worker does not start. */
const WITHOUT = {
  'there are no workers': () => { delete globalThis.Worker; },
  'a worker may not be made': () => {
    globalThis.Worker = class { constructor() { throw new DOMException('no', 'SecurityError'); } };
  },
  'a worker never answers': () => {
    globalThis.Worker = class extends EventTarget { postMessage() {} terminate() {} };
  },
};

for (const [why, script] of Object.entries(WITHOUT)) {
  test(`the page searches by itself when ${why}`, async () => {
    for (const where of [DOORBELL, SINGLE + DOORBELL]) {
      const page = await open(where, { prepare: (context) => context.addInitScript(script) });
      await answers(page);
      await becomes(() => engineIs(page), 'page');
      await page.locator('[data-show="stale:arm"]').click();
      await page.locator('.say.bad, .say [data-sentence]').first().waitFor();
    }
  });
}

test('in a sandboxed frame the single file has its worker, and the site searches all the same', async () => {
  const frame = (url) => `<!doctype html><title>host</title><iframe sandbox="allow-scripts" title="lab" width="1200" height="760" src="${url}"></iframe>`;
  const site = await serve({ pages: { '/site.html': frame(`/index.html${DOORBELL}`), '/single.html': frame(`/stale-bus.html${DOORBELL}`) } });
  try {
    for (const [host, where] of [['single.html', 'worker'], ['site.html', 'page']]) {
      const page = await open(site.url + host, {
        ready: 'iframe',
        // A frame without an origin may make no worker of an address.
        allow: [/Worker|worker/],
      });
      const inner = page.frames().find((each) => each !== page.mainFrame());
      await inner.locator('[data-searched="complete"]').waitFor({ timeout: patience(30_000) });
      await becomes(() => inner.evaluate(() => document.documentElement.dataset.engine), where, host);
    }
  } finally {
    await site.close();
  }
});

test('the page can be stepped before the engine has arrived', async () => {
  let release;
  const held = new Promise((resolve) => { release = resolve; });
  const page = await open(DOORBELL, {
    prepare: (context) => context.route('**/engine-*', async (route) => {
      await held;
      await route.continue();
    }),
  });
  await page.locator('.line-main:not([disabled])').first().click();
  await page.locator('main[data-at="1"]').waitFor();
  await becomes(() => page.locator('[data-searched="complete"]').count(), 0);
  release();
  await answers(page);
});

// ── Under load ──────────────────────────────────────────────────────────────────────────────────────────────────

const states = async (page) => Number((await page.locator('.searched').textContent()).match(/([\d\u202f]+) states/)[1].replaceAll('\u202f', ''));

/** The tasks of the page's main thread in a trace, by their own time in milliseconds: what a machine that has other work
 *  takes away from them does not count. */
function tasks(trace) {
  const { traceEvents } = JSON.parse(trace);
  const mains = new Set(traceEvents.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain').map(({ pid, tid }) => `${pid}:${tid}`));
  const all = traceEvents.filter(({ name, pid, tid, ph }) => ph === 'X' && /RunTask/.test(name) && mains.has(`${pid}:${tid}`));
  assert.ok(all.length > 100, `${all.length} tasks in the trace`);
  return all.map(({ tdur, dur }) => (tdur ?? dur) / 1000);
}

test('a search of more than a million states leaves the page its frames', async (context) => {
  if (slowed(context)) return;
  const page = await open(LARGE);
  await page.locator('[data-stop="verdicts"]').waitFor();
  const browser = await theBrowser();
  await browser.startTracing(page, { categories: ['toplevel', 'disabled-by-default-devtools.timeline', '__metadata'] });
  const frames = await page.evaluate(() => new Promise((resolve) => {
    const visited = () => Number(document.querySelector('.searched').textContent.match(/([\d\u202f]+) states/)[1].replaceAll('\u202f', ''));
    const gaps = [];
    let last = performance.now();
    const next = (now) => {
      gaps.push(now - last);
      last = now;
      if (visited() > 1_000_000) resolve(gaps.slice(1));
      else requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  }));
  const taken = tasks((await browser.stopTracing()).toString());
  const visited = await states(page);
  frames.sort((a, b) => a - b);
  const at = (part) => frames[Math.floor(frames.length * part)]?.toFixed(1);
  const longest = Math.max(...taken);
  console.log(`${visited} states, ${frames.length} frames: half within ${at(0.5)} ms, 95 of 100 within ${at(0.95)} ms; ${taken.length} tasks, the longest ${longest.toFixed(1)} ms`);
  assert.ok(visited > 1_000_000, `${visited} states`);
  assert.ok(longest <= 50, `a task of ${longest} ms on the main thread`);
});

test('a search that takes long says how far it is, and can be stopped; stopped is not impossible', async () => {
  const page = await open(link(large(4, 3)));
  const stop = page.locator('[data-stop="verdicts"]');
  await stop.waitFor();
  const early = await states(page);
  await page.waitForFunction((then) => Number(document.querySelector('.searched').textContent.match(/([\d\u202f]+) states/)[1].replaceAll('\u202f', '')) > then, early);
  await noSidewaysScroll(page);
  await axe(page);
  await stop.focus();
  await page.keyboard.press('Enter');
  await page.locator('[data-searched="stopped"]').waitFor();
  await becomes(() => page.locator('.searched').textContent(), /Stopped after [\d\u202f]+ states: not finished/);
  const said = await page.locator('[data-answer]').evaluateAll((cells) => cells.map((cell) => cell.dataset.answer));
  assert.ok(said.length >= 5 && said.includes('not finished'), said.join());
  assert.ok(!said.includes('no'), said.join());
  await becomes(() => stop.count(), 0);
  // What is asked next is answered.
  await page.evaluate(() => { location.hash = '#/missed-doorbell?v=1&cpu=arm&off=reader-mb&srcu=fast'; });
  await answers(page);
});

test('a search that is quick says nothing of itself', async () => {
  const page = await open(DOORBELL);
  await searched(page);
  await page.locator('[data-matrix-ms]').waitFor();
  await becomes(() => page.locator('[data-stop]').count(), 0);
});

// ── Failures ────────────────────────────────────────────────────────────────────────────────────────────────────

/** The DOM is changed behind the page's back, as translators and extensions do: the next change of the page panics. */
const breakDom = (page) => page.evaluate(() => {
  Node.prototype.insertBefore = () => { throw new DOMException('the node is not a child', 'NotFoundError'); };
  Node.prototype.appendChild = Node.prototype.insertBefore;
});

const FAILING = [/RuntimeError|unreachable|NotFoundError|not a child|panicked/];

for (const theme of ['light', 'dark']) {
  test(`a panic of the page shows what happened, the link and a report (${theme})`, async () => {
    const page = await open(DOORBELL, { allow: FAILING, theme, width: theme === 'light' ? 1280 : 320 });
    await page.locator('.line-main:not([disabled])').first().click();
    await page.locator('main[data-at="1"]').waitFor();
    await breakDom(page);
    await page.keyboard.press('1');
    const panel = page.locator('[data-failure]');
    await panel.waitFor();
    await becomes(() => page.locator('h1').textContent(), 'The laboratory has stopped');
    await becomes(() => page.evaluate(() => document.activeElement.localName), 'h1');
    const report = await panel.locator('pre').textContent();
    assert.match(report, /^Stale Bus \d+\.\d+\.\d+ \([0-9a-f]{16}, [0-9a-f]{16}\)\n/);
    assert.match(report, /panicked at .+:\d+:\d+|NotFoundError|not a child/);
    assert.match(report, /\nState: #\/missed-doorbell\?/);
    assert.doesNotMatch(report, /file:|http:|\/home|Mozilla/, 'nothing personal');
    const link = new URL(await panel.locator('a').getAttribute('href'), page.url()).hash;
    assert.match(link, /&off=reader-mb&do=/);
    assert.ok(report.endsWith(`State: ${link}`), report);
    await noSidewaysScroll(page);
    await axe(page);
    // Keys and clicks reach nobody any more, and nothing else is thrown at the reader.
    await page.keyboard.press('r');
    await page.locator('[data-reload]').click();
    await page.locator('#app > header').waitFor();
    await page.locator('main[data-len]').waitFor();
    await becomes(() => page.locator('[data-failure]').count(), 0);
    assert.ok(Number(await page.locator('main.lab').getAttribute('data-len')) >= 1, 'the schedule is still there');
  });
}

test('the report of a panic is copied', async () => {
  const page = await open(DOORBELL, {
    allow: FAILING,
    prepare: (context) => context.grantPermissions(['clipboard-read', 'clipboard-write']),
  });
  await searched(page);
  await page.locator('.line-main').first().focus();
  await breakDom(page);
  await page.keyboard.press('1');
  await page.locator('[data-copy-report]').click();
  await page.getByText('Report copied.').waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(copied, await page.locator('[data-failure] pre').textContent());
});

test('an engine that fails is started anew, and says so', async () => {
  const script = (await readFile(join(DIST, 'index.html'), 'utf8')).match(/engine-[0-9a-f]+\.js/)[0];
  const text = await readFile(join(DIST, script), 'utf8');
  // The clock that the engine is lent throws in the middle of the first search, out of the module.
  const sabotage = 'let looks = 0; const now = performance.now.bind(performance);'
    + 'performance.now = () => { looks += 1; if (looks > 40) throw new Error("the clock has stopped"); return now(); };\n';
  let served = 0;
  const page = await open(DOORBELL, {
    prepare: async (context) => {
      // It would ask for a copy, which may be the first to be served.
      await context.addInitScript(() => Object.defineProperty(navigator, 'serviceWorker', { value: undefined }));
      await context.route(`**/${script}`, (route) => {
        served += 1;
        return route.fulfill({ status: 200, contentType: 'text/javascript', body: (served === 1 ? sabotage : '') + text });
      });
    },
  });
  const note = page.locator('[data-engine-failed]');
  await note.waitFor();
  await becomes(() => note.textContent(), /The search has failed/);
  await note.locator('summary').click();
  await becomes(() => note.locator('pre').textContent(), /^Stale Bus .+\nThe search engine: the clock has stopped\nState: #\/missed-doorbell\?/);
  // The page is as alive as before.
  await page.locator('.line-main:not([disabled])').first().click();
  await page.locator('main[data-at="1"]').waitFor();
  await noSidewaysScroll(page);
  await axe(page);
  await page.locator('[data-ask-again]').click();
  await answers(page);
  await becomes(() => note.count(), 0);
  assert.equal(served, 2);
});

test('an engine that cannot be loaded is told of, and the page goes on', async () => {
  const page = await open(DOORBELL, {
    prepare: (context) => context.route('**/engine-*.wasm', (route) => route.fulfill({ status: 200, contentType: 'application/wasm', body: 'no module' })),
    allow: [/wasm|WebAssembly/],
  });
  await page.locator('[data-engine-missing]').waitFor();
  await page.locator('.line-main:not([disabled])').first().click();
  await page.locator('main[data-at="1"]').waitFor();
});

// ── How fast ────────────────────────────────────────────────────────────────────────────────────────────────────

test('first paint and the first step on a machine a fourth as fast', async (context) => {
  if (slowed(context)) return;
  // Another document of the site first: the page itself comes under the load.
  const page = await open('icons/icon.svg', { ready: null });
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  await page.addInitScript(() => {
    // Interactive: the first moment at which a line can be pressed.
    new MutationObserver((_, watcher) => {
      if (!document.querySelector('.line-main:not([disabled])')) return;
      globalThis.interactive = performance.now();
      watcher.disconnect();
    }).observe(document, { childList: true, subtree: true });
  });
  await page.goto(new URL(`../${DOORBELL}`, page.url()).href);
  await page.locator('.line-main:not([disabled])').first().waitFor();
  await searched(page);
  const [paint, interactive] = await page.evaluate(() => [
    performance.getEntriesByName('first-contentful-paint')[0].startTime, globalThis.interactive,
  ]);
  console.log(`4× slower: first paint ${paint.toFixed(0)} ms, interactive ${interactive.toFixed(0)} ms`);
  assert.ok(paint < 1500, `first paint after ${paint} ms`);
  assert.ok(interactive < 3000, `interactive after ${interactive} ms`);
});

test('a step is on the screen within a frame', async (context) => {
  if (slowed(context)) return;
  // Without an engine: what it answers about a step comes later, and is drawn in a frame of its own.
  const page = await open(DOORBELL, { prepare: (context) => context.route('**/engine-*', () => {}) });
  // The main thread's own time for a step, from the press to the painted frame, with script, style, layout and paint.
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  const spent = async () => {
    const { metrics } = await devtools.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration').value * 1000;
  };
  const cost = async (pressed) => {
    const before = await spent();
    await page.evaluate((press) => new Promise((resolve) => {
      const painted = () => requestAnimationFrame(() => setTimeout(resolve, 0));
      if (!press) return painted();
      const main = document.querySelector('main');
      new MutationObserver((_, watcher) => {
        watcher.disconnect();
        painted();
      }).observe(main, { attributes: true, attributeFilter: ['data-at'] });
      return (document.querySelector('.line-main[data-step]') ?? document.querySelector('[data-back]')).click();
    }), pressed);
    return await spent() - before;
  };
  const middleOf = async (pressed) => {
    const all = [];
    for (let round = 0; round < 16; round += 1) all.push(await cost(pressed));
    return all.sort((a, b) => a - b)[8];
  };
  // To look costs something, too.
  const looking = await middleOf(false);
  const middle = await middleOf(true) - looking;
  console.log(`step to paint: half within ${middle.toFixed(1)} ms of the main thread's own time`);
  assert.ok(middle > 0 && middle <= 16, `${middle} ms`);
});
