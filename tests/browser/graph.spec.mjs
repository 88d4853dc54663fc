// The execution graph of the run: its events, the cycle, and the ways to get about in it.
import assert from 'node:assert/strict';
import { axe, becomes, noSidewaysScroll, open, settled, test, theBrowser, theSite } from './helpers.mjs';

const STALE = '#/missed-doorbell?v=1&cpu=arm&off=reader-mb&srcu=fast&tab=graph';
const closed = (page, is) => page.locator(`.run-graph[data-cycle-closed="${is}"]`).waitFor();
const event = (page, label) => page.locator('[data-graph] [role=button]').filter({ hasText: label });
const at = (page) => page.locator('main').getAttribute('data-at').then(Number);

/** Opens a link, and plays the stale read to its end. */
async function stale(options, where = STALE) {
  const page = await open(where, options);
  await page.locator('[data-show^="stale:"]').click();
  await closed(page, true);
  return page;
}

test('it grows with the run and says when a cycle closes', async () => {
  const page = await open(STALE);
  await becomes(() => page.locator('[data-run-sentence]').textContent(), /Nothing has happened yet/);
  await page.locator('.line-main').first().click();
  await page.locator('[data-graph] [data-event="a"]').waitFor();
  await page.locator('[data-show^="stale:"]').click();
  await closed(page, true);
  const sentence = await page.locator('[data-run-sentence]').textContent();
  assert.match(sentence, /Not sequentially consistent: .* and so back to/);
  const cycle = page.locator('[data-graph] .edge.on-cycle');
  await becomes(() => cycle.count(), 4);
  const names = await cycle.evaluateAll((edges) => edges.map((edge) => edge.dataset.edge.split(' ')[1]).sort());
  assert.deepEqual(names, ['fr', 'po', 'po', 'rf'], 'the cycle of a stale read');
  // Back before the load that closes it.
  await event(page, 'R flag=1').click();
  const here = await at(page);
  await closed(page, true);
  await page.locator('button[aria-label="One step back"]').click();
  await closed(page, false);
  await becomes(() => at(page), here - 1);
  await becomes(() => event(page, 'R flag=1').getAttribute('class'), /to-come/);
});

test('where the run is sequentially consistent there is no cycle', async () => {
  const page = await open('#/missed-doorbell?v=1&cpu=sc&off=reader-mb&srcu=fast&tab=graph');
  await page.locator('.line-main').first().click();
  for (let step = 1; step < 9; step += 1) {
    await page.locator(`main[data-at="${step}"]`).waitFor();
    await page.keyboard.press('1');
  }
  await closed(page, false);
  await becomes(() => page.locator('[data-run-sentence]').textContent(), /^○ No cycle so far: some order/);
});

test('an event marks its line, and goes to its step: by mouse and by keyboard', async () => {
  const page = await stale();
  await event(page, 'R flag=1').hover();
  const line = await event(page, 'R flag=1').getAttribute('data-at');
  await page.locator(`[data-line="${line}"].marked`).waitFor();
  await page.mouse.move(5, 5);
  await page.locator('.line.marked').waitFor({ state: 'detached' });
  // One stop of the Tab key; arrows go from event to event.
  await becomes(() => page.locator('[data-graph] [role=button][tabindex="0"]').count(), 1);
  await page.locator('[data-graph] [role=button][tabindex="0"]').focus();
  const focused = () => page.evaluate(() => document.activeElement.dataset.event);
  const first = await focused();
  const steps = await at(page);
  await page.keyboard.press('ArrowDown');
  await becomes(focused, (now) => now !== first);
  await page.keyboard.press('ArrowRight');
  const label = await page.evaluate(() => document.activeElement.getAttribute('aria-label'));
  assert.match(label, /vCPU 0, line \d+/);
  await settled(page);
  assert.equal(await at(page), steps, 'the arrows of the page rest meanwhile');
  await page.locator('.line.marked').first().waitFor();
  const letter = await focused();
  const wanted = await page.evaluate(() => Number(document.activeElement.dataset.position));
  await page.keyboard.press('Enter');
  await page.locator(`main[data-at="${wanted}"]`).waitFor();
  assert.equal(await focused(), letter, 'the focus stays on the event');
  await page.keyboard.press('Home');
  await page.keyboard.press(' ');
  await becomes(() => at(page), (now) => now !== wanted);
  await settled(page);
  assert.equal(await page.locator('[data-play="true"]').count(), 0, 'Space chooses, and does not play');
});

test('the edges of the cycle in words; dependencies as an option', async () => {
  const page = await stale();
  await page.locator('[data-cycle-words]').click();
  const links = page.locator('.run-graph [data-cycle] li');
  await becomes(() => links.count(), 4);
  const text = (await links.allTextContents()).join('\n');
  assert.match(text, /comes before .* in its program/);
  assert.match(text, /found bus v1, so it came before VMM's store to buses\[MMIO\] on line \d+, which replaced that/);
  const addr = page.locator('input[data-relation="addr"]');
  await becomes(() => addr.isChecked(), false);
  await becomes(() => page.locator('[data-graph] [data-edge*=" addr "]').count(), 0);
  await addr.check();
  await becomes(() => page.locator('[data-graph] [data-edge*=" addr "]').count(), (count) => count > 0);
  // Every edge bears its name beside its style.
  const edges = await page.locator('[data-graph] g.edge').count();
  await becomes(() => page.locator('[data-graph] text.edge-label').count(), edges);
});

test('a link keeps the tab', async () => {
  const page = await stale();
  await page.waitForURL(/tab=graph.*do=|do=.*tab=graph/);
  const again = await open(page.url().slice(page.url().indexOf('#')));
  await closed(again, true);
});

for (const theme of ['light', 'dark']) {
  for (const width of [1280, 360]) {
    test(`axe, ${theme}, ${width} pixels`, async () => {
      const page = await stale({ theme, width, height: 760 });
      await page.locator('[data-cycle-words]').click();
      await noSidewaysScroll(page);
      await axe(page);
    });
  }
}

test('with a finger', async () => {
  const { url } = await theSite();
  const context = await (await theBrowser()).newContext({
    viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  await page.goto(url + STALE);
  await page.locator('[data-show^="stale:"]').tap();
  await closed(page, true);
  const load = event(page, 'W[release] flag=1');
  await load.scrollIntoViewIfNeeded();
  const box = await load.locator('.reach').boundingBox();
  assert.ok(box.height >= 24 && box.width >= 24, `${box.width} by ${box.height}`);
  const wanted = await load.getAttribute('data-position');
  await load.tap();
  await page.locator(`main[data-at="${wanted}"]`).waitFor();
  await context.close();
});

test('from the graph of the run to LKMM\'s reason, and back', async () => {
  for (const width of [1280, 360]) {
    const page = await stale({ width });
    const ask = page.locator('.run-graph [data-ask-why]');
    // The same questions as the strip's, in the same order.
    const strip = page.locator('.verdicts [data-why]');
    await becomes(() => ask.evaluateAll((all) => all.map((it) => it.dataset.askWhy)), await strip.evaluateAll((all) => all.map((it) => it.dataset.why)));
    await becomes(() => ask.locator('b').allTextContents(), await strip.allTextContents());
    for (const box of await ask.evaluateAll((all) => all.map((it) => it.getBoundingClientRect().toJSON()))) {
      assert.ok(box.height >= 24 && box.width >= 24 && box.right <= width, JSON.stringify(box));
    }
    const not = ask.filter({ hasText: 'Why not?' }).first();
    const id = await not.getAttribute('data-ask-why');
    await not.focus();
    await page.keyboard.press('Enter');
    await page.locator('[data-why-panel="forbidden"]').waitFor();
    await becomes(() => page.evaluate(() => document.activeElement.id), 'why-title');
    // Back to where it was asked, not to the strip.
    await page.keyboard.press('Escape');
    await becomes(() => page.evaluate(() => document.activeElement.dataset.askWhy ?? ''), id);
    await noSidewaysScroll(page);
    await axe(page);
    // The strip's own button is returned to as before.
    await page.locator(`.verdicts [data-why="${id}"]`).click();
    await page.locator('[data-why-panel]').waitFor();
    await page.keyboard.press('Escape');
    await becomes(() => page.evaluate(() => document.activeElement.dataset.why ?? ''), id);
  }
});

test('what can be asked beside the graph follows the barriers', async () => {
  const page = await open(STALE);
  const word = page.locator('[data-ask-why="stale"] b');
  await becomes(() => word.textContent(), 'Graph');
  await page.locator('[data-toggle="reader-mb"]').click();
  await becomes(() => word.textContent(), 'Why not?');
  // Another test has its own questions.
  const title = await word.locator('..').getAttribute('title');
  await page.locator('.top select').first().selectOption('message-passing');
  const ids = (name) => page.evaluate((name) => [...document.querySelectorAll(`[${name}]`)].map((it) => it.getAttribute(name)), name);
  await page.locator('.verdicts [data-why]').first().waitFor();
  await becomes(() => page.locator('[data-ask-why]').first().getAttribute('title'), (now) => now !== title);
  await becomes(() => ids('data-ask-why'), await ids('data-why'));
});
