// The barrier matrix, and the list of outcomes.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { axe, becomes, noSidewaysScroll, open, patience, settled, test, theBrowser, theSite } from './helpers.mjs';

const MATRIX = '#/missed-doorbell?v=1&cpu=arm&off=reader-mb&srcu=fast&tab=matrix';
const OUTCOMES = '#/message-passing?v=1&cpu=arm&tab=outcomes';
const filled = (page) => page.locator('[data-matrix="complete"]').waitFor({ timeout: patience(60_000) });
const listed = (page) => page.locator('[data-outcomes="complete"]').waitFor({ timeout: patience(60_000) });

async function matrix(where = MATRIX, options) {
  const page = await open(where, options);
  await filled(page);
  return page;
}

/** The column of a model, from 0. */
const column = (page, id) => page.locator('[data-column]').evaluateAll(
  (heads, wanted) => heads.findIndex((head) => head.dataset.column === wanted), id);

test('every setting on every model, by the number of barriers on, the present one marked', async () => {
  const page = await matrix();
  const columns = await page.locator('[data-column]').evaluateAll((heads) => heads.map((head) => head.dataset.column));
  assert.ok(columns.includes('arm') && columns.at(-1) === 'lkmm', columns.join());
  const rows = page.locator('[data-row]');
  await becomes(() => rows.count(), 24);
  await becomes(() => page.locator('[data-cell]').count(), 24 * columns.length);
  const on = await rows.locator('th').evaluateAll((heads) => heads.map((head) => Number.parseInt(head.textContent, 10)));
  assert.deepEqual(on, [...on].sort((a, b) => a - b));
  await becomes(() => page.locator('[aria-current="true"]').count(), 1);
  await becomes(() => page.locator('.cell.here').count(), 1);
  await becomes(() => page.locator('.cell.here').textContent(), /●\s*reachable/);
  // What is impossible says how much was searched.
  for (const text of await page.locator('[data-cell-answer="no"]').allTextContents()) {
    assert.match(text, /^○\s*(impossible\s*[\d\u202f]+ states?|forbidden)$/);
  }
  await becomes(() => page.locator('[data-matrix-note]').textContent(), /^24 combinations of barriers, ordered by how many are on/);
});

test('the weakest barriers as sentences, with proof and the flavour of SRCU', async () => {
  const page = await matrix();
  const text = await page.locator('[data-sets]').textContent();
  assert.match(text, /smp_store_release\(\) in line \d+ \(VMM\) and smp_mb__after_srcu_read_lock\(\) in line \d+ \(vCPU 0\)/);
  assert.match(text, /or waiting with synchronize_srcu_expedited\(\) in line \d+ \(VMM\), which needs no barrier but costs a grace period/);
  assert.match(text, /Proven by exhaustive search: /);
  await becomes(() => page.locator('[data-matrix-srcu]').textContent(), 'SRCU: API guarantee only (as SRCU-fast)');
  await becomes(() => page.locator('[data-proven="false"]').count(), 0);
});

test('where toggles have choices, weaker positions count and only what is weakest has a star', async () => {
  const page = await matrix('#/two-witnesses?v=1&cpu=arm&tab=matrix');
  await becomes(() => page.locator('[data-sets]').textContent(), /smp_rmb\(\) in line \d+ \(vCPU 0\) and smp_rmb\(\) in line \d+ \(vCPU 1\)\./);
  const rows = await page.locator('[data-row]').evaluateAll((all) => all.map((row) => ({
    on: Number.parseInt(row.querySelector('th').textContent, 10),
    marks: [...row.querySelectorAll('.mark-cell')].map((mark) => mark.textContent).join(' '),
    star: row.querySelector('th').textContent.includes('★'),
  })));
  for (const { on, marks } of rows) assert.equal(on, marks.split(' ').filter((mark) => mark !== 'none').length, marks);
  assert.deepEqual(rows.filter((row) => row.star).map((row) => row.marks).sort(), ['smp_mb smp_mb', 'smp_rmb smp_rmb']);
});

test('a cell sets the barriers and the model, and plays the witness; one that is impossible only sets them', async () => {
  const page = await matrix('#/missed-doorbell?v=1&cpu=sc&off=&srcu=fast&tab=matrix');
  const arm = await column(page, 'arm');
  const reachable = page.locator(`[data-cell$=".${arm}"][data-cell-answer="yes"]`).last();
  const label = await reachable.getAttribute('aria-label');
  assert.match(label, /^Arm, with .*: reachable$/);
  await reachable.click();
  await page.locator('main:not([data-len="0"])').waitFor();
  await page.locator('.cell.here[data-cell-answer="yes"]').waitFor();
  await page.waitForURL(/cpu=arm/);
  const { at, len } = await page.locator('main').evaluate((main) => main.dataset);
  assert.equal(at, len, 'without motion it is at the end');
  const impossible = page.locator(`[data-cell$=".${arm}"][data-cell-answer="no"]`).first();
  await impossible.click();
  await page.locator('.cell.here[data-cell-answer="no"]').waitFor();
  await becomes(() => page.locator('.say').textContent(), /impossible, [\d\u202f]+ states searched/);
});

test('by keyboard: one stop, arrows from cell to cell, Enter sets', async () => {
  const page = await matrix();
  await becomes(() => page.locator('[data-cell][tabindex="0"]').count(), 1);
  const stop = page.locator('[data-cell][tabindex="0"]');
  await becomes(() => stop.getAttribute('class'), /here/);
  await stop.focus();
  const focused = () => page.evaluate(() => document.activeElement.dataset.cell);
  const before = await focused();
  await page.keyboard.press('Home');
  await becomes(() => focused(), `${before.split('.')[0]}.0`);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  const [row, at] = (await focused()).split('.').map(Number);
  assert.deepEqual([row, at], [Number(before.split('.')[0]) + 1, 1]);
  await settled(page);
  assert.equal(await page.locator('main').getAttribute('data-at'), '0', 'the arrows of the page rest');
  await page.keyboard.press('Enter');
  await page.locator(`[data-cell="${row}.${at}"].here`).waitFor();
});

test('a long table shows what matters first, and more on demand', async () => {
  const page = await matrix('#/tree-srcu?v=1&cpu=arm&tab=matrix');
  const shown = await page.locator('[data-row]').count();
  assert.equal(shown, 48);
  await becomes(() => page.locator('[data-matrix-note]').textContent(), /48 are shown: the present one, its neighbors/);
  await becomes(() => page.locator('[aria-current="true"]').count(), 1);
  await page.locator('[data-matrix-more]').click();
  await page.waitForFunction(() => document.querySelectorAll('[data-row]').length > 48);
});

test('another outcome; copied as text, saved as CSV', async () => {
  const page = await matrix(MATRIX, { prepare: (context) => context.grantPermissions(['clipboard-read', 'clipboard-write']) });
  await page.locator('[data-matrix-copy]').click();
  await page.locator('.say').getByText('copied').waitFor();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(text, /^Can it happen\? the guest saw/);
  assert.match(text, /The weakest settings that prevent it/);
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('[data-matrix-csv]').click()]);
  assert.match(download.suggestedFilename(), /-matrix\.csv$/);
  const csv = await readFile(await download.path(), 'utf8');
  assert.equal(csv.trimEnd().split('\r\n').length, 25);
  assert.match(csv, /^publish,wait,flag-release,reader-mb,barriers on,weakest on,sc,sc states,/);
  const select = page.locator('[data-matrix-goal]');
  const options = await select.locator('option').count();
  assert.ok(options >= 2);
  await select.selectOption({ index: 1 });
  await page.locator('[data-matrix-copy]').click();
  await page.waitForFunction(async (old) => (await navigator.clipboard.readText()) !== old, text);
});

test('every final state, the named ones first, with LKMM\'s word; a click plays a schedule', async () => {
  const page = await open(OUTCOMES);
  await listed(page);
  const rows = page.locator('[data-outcome]');
  assert.ok(await rows.count() >= 3);
  await becomes(() => page.locator('[data-outcomes-sum]').textContent(), /\d+ final states on Arm( \(SRCU: contract\))?, and no other: every schedule was searched/);
  const ranks = await rows.evaluateAll((all) => all.map((row) => ['bad', 'good', 'plain'].findIndex((name) => row.classList.contains(name))));
  assert.deepEqual(ranks, [...ranks].sort());
  for (const row of await rows.all()) {
    await becomes(() => row.textContent(), /LKMM (allows|forbids) it/);
    await row.locator('button').click();
    const state = await row.getAttribute('data-outcome');
    await page.waitForFunction(() => {
      const { at, len } = document.querySelector('main').dataset;
      return at === len && len !== '0';
    });
    const steps = (await row.textContent()).match(/full schedule, (\d+) steps?/)[1];
    await becomes(() => page.locator('main').getAttribute('data-at'), steps, state);
  }
});

for (const theme of ['light', 'dark']) {
  for (const width of [1280, 360]) {
    test(`axe, ${theme}, ${width} pixels`, async () => {
      const page = await matrix(MATRIX, { theme, width, height: 760 });
      await noSidewaysScroll(page);
      await axe(page);
      await page.locator('[data-tab="outcomes"]').click();
      await listed(page);
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
  await page.goto(url + MATRIX);
  await filled(page);
  const cell = page.locator('[data-cell-answer="yes"]').first();
  await cell.scrollIntoViewIfNeeded();
  const box = await cell.boundingBox();
  assert.ok(box.height >= 24 && box.width >= 24);
  await cell.tap();
  await page.locator('main:not([data-len="0"])').waitFor();
  await page.locator('[data-tab="outcomes"]').tap();
  await listed(page);
  await page.locator('[data-outcome] button').first().tap();
  await context.close();
});
