// The focus never gets lost: keys that come faster than the page is drawn, buttons that go off, an embed that minds its own
// business. And what scrolls can be reached by keyboard at every moment.
import assert from 'node:assert/strict';
import { becomes, open, serve, settled, test } from './helpers.mjs';

/** The stale read, to its end. */
const STEPS = [
  '1:1l', '1:3r', '0:0b', '0:0d', '0:1b', '0:1d', '0:2b', '0:2d', '0:3b', '0:3d', '1:0r', '1:4r', '1:5r', '1:6u',
  'w0-2:2r', 'w0-2:2~1g', 'w0-2:2~1e', 'w0-2:2~2b', 'w0-2:2~2d',
];
const STALE = `#/missed-doorbell?v=1&cpu=arm&srcu=fast&off=reader-mb&do=${STEPS.join('.')}`;

const at = (page) => page.locator('main').getAttribute('data-at').then(Number);
const active = (page, name) => page.evaluate((attribute) => document.activeElement.getAttribute(attribute), name);
const index = (page) => active(page, 'data-index');

/** Presses keys as fast as the browser takes them: nobody waits for what the page makes of the one before. */
const burst = (page, keys) => Promise.all(keys.map((key) => page.keyboard.press(key)));
const times = (key, count) => Array.from({ length: count }, () => key);

/** Notes in the page whenever the focus is nowhere as a task begins. */
const watchFocus = (page) => page.evaluate(() => {
  globalThis.lost = [];
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    if (document.activeElement === document.body) globalThis.lost.push(document.querySelector('main').dataset.at);
    setTimeout(() => port2.postMessage(0), 0);
  };
  port2.postMessage(0);
});
const neverLost = async (page) => assert.deepEqual(await page.evaluate(() => globalThis.lost), [], 'the steps at which the focus was nowhere');

test('keys work from the first moment', async () => {
  const page = await open('#/tree-srcu?v=1&cpu=arm');
  await page.keyboard.press('1');
  await becomes(() => at(page), 1);
});

test('Tab goes on from stop to stop, whatever is drawn anew as the focus moves', async () => {
  const page = await open(STALE);
  const stops = [];
  const here = () => page.evaluate(() => {
    globalThis.been ??= [];
    const known = globalThis.been.indexOf(document.activeElement);
    return known < 0 ? globalThis.been.push(document.activeElement) - 1 : known;
  });
  // Each stop is a new one, through header, programs, tools, verdicts and timeline, until the page has no more.
  for (let press = 0; press < 40; press += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(() => Boolean(document.activeElement.closest('.timeline')))) break;
    stops.push(await here());
  }
  assert.deepEqual(stops, stops.map((_, at) => at), 'no stop twice');
  assert.ok(stops.length > 15 && stops.length < 40, `${stops.length} stops`);
});

test('a burst of keys: each of them counts', async () => {
  const page = await open(STALE);
  await watchFocus(page);
  await burst(page, times('ArrowLeft', 12));
  await becomes(() => at(page), 7);
  await burst(page, [...times('ArrowRight', 5), ...times('ArrowLeft', 3), 'PageDown', 'PageUp']);
  await becomes(() => at(page), 9);
  await neverLost(page);
});

test('a burst of steps: lines that were buttons are none any more', async () => {
  for (const where of ['#/missed-doorbell?v=1&cpu=arm', '#/tree-srcu?v=1&cpu=arm']) {
    const page = await open(where);
    await page.locator('.line [data-step]').first().focus();
    await watchFocus(page);
    await burst(page, times('1', 9));
    await becomes(() => at(page), 9);
    await burst(page, times('ArrowLeft', 9));
    await becomes(() => at(page), 0);
    await neverLost(page);
  }
});

test('a burst of arrows along the timeline', async () => {
  const page = await open(`${STALE}&at=3`);
  await page.locator('.timeline [data-index="2"]').focus();
  await watchFocus(page);
  await burst(page, times('ArrowRight', 7));
  await becomes(() => at(page), 10);
  assert.equal(await index(page), '9');
  await burst(page, ['ArrowLeft', 'ArrowRight', 'ArrowLeft', 'ArrowLeft']);
  await becomes(() => at(page), 8);
  assert.equal(await index(page), '7');
  await burst(page, times('ArrowLeft', 8));
  await becomes(() => at(page), 0);
  assert.equal(await index(page), '0');
  await neverLost(page);
});

test('a picture that is drawn anew for another reason gives the focus back', async () => {
  const page = await open(`${STALE}&at=3`);
  await page.locator('.timeline [data-index="2"]').focus();
  await watchFocus(page);
  for (const width of [360, 700, 1280, 1000]) {
    await page.setViewportSize({ width, height: 800 });
    await settled(page);
    assert.equal(await index(page), '2', `${width} pixels`);
  }
  await page.evaluate(() => document.querySelector('[data-micro]').click());
  await page.locator('[data-micro][aria-pressed=true]').waitFor();
  assert.equal(await index(page), '2', 'with micro steps');
  await neverLost(page);
});

test('a burst of arrows along the tabs', async () => {
  const page = await open(STALE);
  const names = await page.locator('[role=tab]').evaluateAll((tabs) => tabs.map((tab) => tab.dataset.tab));
  await page.locator('[role=tab][aria-selected=true]').focus();
  await page.keyboard.press('Home');
  await burst(page, times('ArrowRight', names.length - 1));
  await becomes(() => page.locator('[role=tab][aria-selected=true]').getAttribute('data-tab'), names.at(-1));
  assert.equal(await active(page, 'data-tab'), names.at(-1));
});

test('a burst of arrows in the graph keeps the focus on its event', async () => {
  const page = await open(`${STALE}&tab=graph`);
  const stop = page.locator('[data-graph] [role=button][tabindex="0"]');
  await stop.focus();
  await watchFocus(page);
  const letter = await active(page, 'data-event');
  const wanted = Number(await stop.getAttribute('data-position'));
  await page.keyboard.press('Enter');
  await becomes(() => at(page), wanted);
  assert.equal(await active(page, 'data-event'), letter);
  await neverLost(page);
});

test('a button that goes off under the focus leaves the keys at work', async () => {
  const page = await open(`${STALE}&at=2`);
  for (const [button, key, end, back] of [
    ['[data-back]', 'Enter', 0, 'ArrowRight'], ['[data-next]', 'Enter', STEPS.length, 'ArrowLeft'], ['[data-reset]', 'Enter', 0, '1'],
  ]) {
    await page.locator('[data-scrubber]').fill(String(button === '[data-next]' ? STEPS.length - 2 : 2));
    await page.locator(button).focus();
    await burst(page, times(key, button === '[data-reset]' ? 1 : 2));
    await becomes(() => at(page), end);
    // The browser takes the focus from a button that is off with the next frame.
    await settled(page);
    await page.keyboard.press(back);
    await becomes(() => at(page), end === 0 ? 1 : end - 1, button);
  }
});

test('an embed does not take the focus from the page around it', async () => {
  const frame = (name) => `<!doctype html><html lang="en"><title>host</title><input aria-label="mine" autofocus>
<iframe title="Stale Bus" sandbox="allow-scripts" width="720" height="480" src="/lab/${name}#/missed-doorbell?v=1&cpu=arm&view=embed"></iframe></html>`;
  const site = await serve({ base: '/lab/', pages: { '/': frame('index.html') } });
  try {
    const page = await open(`${site.origin}/`, { ready: null });
    const field = page.getByLabel('mine');
    await field.focus();
    const inside = page.frameLocator('iframe');
    // What is known of the steps comes later, and is drawn.
    await inside.locator('.line [data-prospect]').first().waitFor();
    await page.keyboard.type('1111');
    assert.equal(await field.inputValue(), '1111');
    assert.equal(await inside.locator('main').getAttribute('data-at'), '0');
    // Once it is pressed, the keys are its own.
    await inside.locator('.line [data-step]').first().click();
    await inside.locator('main[data-at="1"]').waitFor();
    await page.keyboard.press('ArrowLeft');
    await inside.locator('main[data-at="0"]').waitFor();
    assert.equal(await field.inputValue(), '1111');
  } finally {
    await site.close();
  }
});

// ── What scrolls ────────────────────────────────────────────────────────────────────────────────────────────────

/** Notes every place that scrolls and has no stop of the Tab key, in itself or inside, after each change of the page and
 *  as each of its tasks begins; as axe does, which looks at one moment only. */
function watchScrolling() {
  globalThis.unreachable = new Set();
  const look = (root) => {
    for (const place of root.querySelectorAll('*')) {
      const over = [place.scrollHeight > place.clientHeight + 13, place.scrollWidth > place.clientWidth + 13];
      if (!(over[0] || over[1]) || place.tabIndex >= 0 || place === document.documentElement) continue;
      if (!place.checkVisibility()) continue;
      const style = getComputedStyle(place);
      const scrolls = [style.overflowY, style.overflowX].some((value, side) => over[side] && /auto|scroll/.test(value));
      const stop = (inner) => inner.tabIndex >= 0 && !inner.disabled && inner.checkVisibility();
      if (scrolls && ![...place.querySelectorAll('*')].some(stop)) globalThis.unreachable.add(place.outerHTML.slice(0, 120));
    }
  };
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    look(document);
    setTimeout(() => port2.postMessage(0), 0);
  };
  document.addEventListener('DOMContentLoaded', () => {
    new MutationObserver(() => look(document)).observe(document, { subtree: true, childList: true, attributes: true });
    port2.postMessage(0);
  });
}

const SIZES = [{ width: 1280, height: 800 }, { width: 900, height: 700 }, { width: 360, height: 740 }];
for (const size of SIZES) {
  test(`at no moment is there a place that scrolls and cannot be reached by keyboard (${size.width})`, async () => {
    for (const [id, tab] of [['missed-doorbell', 'lab'], ['tree-srcu', 'hardware'], ['freed-bus', 'graph']]) {
      const page = await open(`#/${id}?v=1&tab=${tab}`, { ...size, prepare: (context) => context.addInitScript(watchScrolling) });
      await page.locator('[data-searched="complete"]').waitFor();
      await page.locator('.story summary').click();
      await burst(page, times('1', 6));
      await becomes(() => at(page), 6);
      await page.locator('[data-transcript-button]').click();
      await page.locator('[data-toggle]').first().press('Enter');
      await page.locator('[data-tab=matrix]').click();
      await page.locator('[data-tab=outcomes]').click();
      await settled(page);
      assert.deepEqual(await page.evaluate(() => [...globalThis.unreachable]), [], id);
    }
  });
}
