// The later half of the page's module: the first view does without it, and what needs it gets it.
import assert from 'node:assert/strict';
import { axe, open, test } from './helpers.mjs';

const LATER = '**/later-*.wasm';

/** How often the page has stood still for the later half. */
const waited = (page) => page.evaluate(() => globalThis.waited);

/** A page whose later half comes when `answer` gives it. */
const held = (answer, where = '', options = {}) => open(where, {
  prepare: async (context) => {
    await context.addInitScript(() => {
      globalThis.waited = 0;
      globalThis.shifts = 0;
      // It would keep a copy.
      Object.defineProperty(navigator, 'serviceWorker', { value: undefined });
      const { open: original } = XMLHttpRequest.prototype;
      XMLHttpRequest.prototype.open = function open(...words) {
        globalThis.waited += 1;
        return original.apply(this, words);
      };
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) globalThis.shifts += entry.value;
      }).observe({ type: 'layout-shift', buffered: true });
    });
    await context.route(LATER, answer);
  },
  ...options,
});

/** A gate: what waits at it goes on when it is opened. A page that stands still goes on at once, to be asked how often it has. */
function gate() {
  let opened;
  const wait = new Promise((resolve) => { opened = resolve; });
  const free = (route) => route.request().resourceType() === 'xhr';
  return { open: () => opened(), pass: (route) => (free(route) ? Promise.resolve() : wait).then(() => route.continue()) };
}

const at = (page, steps) => page.waitForFunction((want) => document.querySelector('main').dataset.at === String(want), steps);

async function step(page, steps) {
  await page.locator('.programs [data-step]').first().click();
  await at(page, steps);
}

/** Everything of the first view, with the later half not there. */
async function firstView(page) {
  for (let steps = 1; steps <= 4; steps += 1) await step(page, steps);
  assert.match(await page.locator('[data-sentence]').textContent(), /Step 4\./);
  await page.keyboard.press('ArrowLeft');
  await at(page, 3);
  await page.locator('[data-scrubber]').focus();
  await page.keyboard.press('Home');
  await at(page, 0);
  const toggle = page.locator('[data-toggle][role=switch]').first();
  const was = await toggle.getAttribute('aria-checked');
  await toggle.click();
  await page.locator(`[data-toggle][role=switch][aria-checked="${was === 'true' ? 'false' : 'true'}"]`).first().waitFor();
  assert.equal(await waited(page), 0, 'the page stood still for the later half');
}

for (const [name, width, where] of [['wide', 1280, ''], ['narrow', 360, ''], ['embedded', 720, '#/missed-doorbell?v=1&view=embed']]) {
  test(`${name}: steps and switches do without the later half, and what it draws has its place`, async () => {
    const { open: come, pass } = gate();
    const ready = where ? 'main.embed' : '#app > header';
    const page = await held(pass, where, { width, height: 800, ready });
    await page.locator('.timeline .picture.coming[aria-busy=true]').waitFor();
    await firstView(page);
    // The steps are taken back, and what was done is still there when it comes.
    for (let steps = 1; steps <= 2; steps += 1) await step(page, steps);
    const top = () => page.locator('.timeline').evaluate((panel) => panel.getBoundingClientRect().top + scrollY);
    const before = await top();
    await page.evaluate(() => { globalThis.shifts = 0; });
    come();
    await page.locator('.timeline [data-index]').nth(1).waitFor();
    await page.locator('.hardware svg').first().waitFor();
    assert.equal(await page.locator('.coming').count(), 0);
    assert.equal(await page.locator('main').getAttribute('data-at'), '2');
    if (!where) await page.locator('[data-searched=complete]').waitFor();
    assert.equal(await waited(page), 0);
    const moved = Math.abs(await top() - before);
    // In one column it stands below answers, which come one by one.
    assert.ok(name === 'narrow' || moved <= 60, `the timeline moved by ${moved} px`);
    assert.ok(await page.evaluate(() => globalThis.shifts) < 0.1, 'the layout shifted');
  });
}

test('keys, models, choices and switches with a schedule do without it', async () => {
  const page = await held(gate().pass);
  await page.locator('.timeline .picture.coming[aria-busy=true]').waitFor();
  for (let steps = 1; steps <= 3; steps += 1) await step(page, steps);
  await page.keyboard.press('1');
  await at(page, 4);
  await page.keyboard.press('ArrowLeft');
  await at(page, 3);
  for (const model of await page.locator('[data-models] label').all()) {
    await model.click();
    await model.locator(':checked').waitFor({ state: 'attached' });
  }
  const choice = page.locator('select[data-toggle]').first();
  await choice.selectOption({ index: 1 });
  await page.locator('.programs .line-main', { hasText: 'synchronize_srcu' }).waitFor();
  await choice.press('b');
  await page.locator('[data-toggle][role=switch]:focus').waitFor();
  const toggle = page.locator('[data-toggle][role=switch]').first();
  const was = await toggle.getAttribute('aria-checked');
  await toggle.press(' ');
  await page.locator(`[data-toggle][role=switch][aria-checked="${was === 'true' ? 'false' : 'true'}"]`).first().waitFor();
  await page.keyboard.press('r');
  await at(page, 0);
  assert.equal(await waited(page), 0, 'the page stood still for the later half');
});

test('a machine that is six times slower does without it as well', async () => {
  const page = await held(gate().pass, '', { slow: 6 });
  await page.locator('.timeline .picture.coming[aria-busy=true]').waitFor();
  await firstView(page);
});

test('a tool that is opened too early waits for the later half', async () => {
  // It never comes by itself; it comes when it is waited for.
  const page = await held((route) => (route.request().resourceType() === 'xhr' ? route.continue() : undefined));
  await page.locator('[role=tab]', { hasText: 'Matrix' }).click();
  await page.locator('[role=tabpanel] [role=status]').waitFor();
  assert.equal(await waited(page), 1);
});

test('a link to a tool, to another scenario and to a test of one\'s own wait for it', async () => {
  const lab = await open('#/missed-doorbell?v=1&tab=lab');
  await lab.locator('[data-editor] [contenteditable=true]').first().click();
  await lab.keyboard.press('ControlOrMeta+End');
  await lab.keyboard.type(' ');
  await lab.waitForFunction(() => /[?&]z=/.test(location.hash));
  const own = await lab.evaluate(() => location.hash.replace(/&tab=\w+/, ''));
  for (const [where, there] of [
    ['#/missed-doorbell?v=1&cpu=arm&do=0:0b.0:0d', 'main[data-at="2"]'],
    ['#/missed-doorbell?v=1&tab=matrix', '[data-matrix] table'],
    ['#/message-passing?v=1', '[data-scenario=message-passing]'],
    [own, '[data-scenario=""]'],
  ]) {
    const { open: come, pass } = gate();
    const page = await held(pass, where, { ready: null });
    await page.waitForTimeout(300);
    come();
    await page.locator(there).first().waitFor();
    await page.locator('[data-searched=complete]').waitFor();
    assert.equal(await page.locator('[data-problems]').count(), 0, where);
    assert.equal(await waited(page), 0, where);
  }
});

test('where it cannot be had the page says so, goes on, and tries again', async () => {
  let fail = true;
  const page = await held((route) => (fail ? route.abort() : route.continue()), '', { allow: [/./] });
  const note = page.locator('#halved');
  await note.waitFor();
  await axe(page);
  await firstView(page);
  await step(page, 1);
  fail = false;
  await page.locator('[data-searched=complete]').waitFor();
  await note.waitFor({ state: 'hidden' });
  await page.locator('.timeline [data-index]').first().waitFor();
  assert.equal(await page.locator('main').getAttribute('data-at'), '1');
});

test('it comes by itself', async () => {
  const page = await open('');
  await page.waitForFunction(() => performance.getEntriesByType('resource').some((entry) => /later-.*\.wasm/.test(entry.name)));
  await page.locator('.hardware svg').first().waitFor();
});
