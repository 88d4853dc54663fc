// LKMM beside the machine: its answer.
import assert from 'node:assert/strict';
import { axe, noSidewaysScroll, open, test } from './helpers.mjs';

const searched = (page) => page.locator('[data-searched="complete"]').waitFor();
const lkmm = (page, goal) => page.locator(`[data-verdict="${goal}:lkmm"]`);
const says = async (page, goal, answer) => page.locator(`[data-verdict="${goal}:lkmm"][data-answer="${answer}"]`).waitFor();

test('LKMM answers beside the CPUs, and follows the barriers at once', async () => {
  const page = await open();
  await searched(page);
  await says(page, 'stale', 'yes');
  assert.equal(await page.locator('header').getByText('LKMM').count(), 0, 'it is no CPU that could be chosen');
  await page.locator('[data-toggle="reader-mb"]').click();
  await says(page, 'stale', 'no');
  await page.locator('[data-toggle="flag-release"]').click();
  await says(page, 'stale', 'yes');
  // A wait orders by itself: no barrier is needed.
  await page.locator('[data-toggle="wait"]').selectOption('synchronize_srcu');
  await says(page, 'stale', 'no');
});

test('what is no outcome of memory is not judged, and says why', async () => {
  const page = await open('#/publish?v=1&cpu=arm&off=publish');
  await searched(page);
  const cells = page.locator('[data-verdict$=":lkmm"]');
  assert.ok(await cells.count() >= 1);
  assert.equal(await lkmm(page, 'garbage').getAttribute('data-answer'), 'yes');
  for (const cell of await page.locator('[data-answer="not judged"]').all()) {
    assert.match(await cell.textContent(), /LKMM speaks of values/);
  }
});

test('a data race is said in words', async () => {
  const page = await open('#/missed-doorbell?v=1&cpu=arm&off=publish,reader-mb');
  await searched(page);
  assert.match(await page.locator('[data-flags]').textContent(), /LKMM also reports a data race/);
  await noSidewaysScroll(page);
  await axe(page);
});
