// The six canonical states as pictures in docs/screenshots: `cargo xtask shots`.
//
// Each is driven as a reader would, and fails like a test when the page complains or the state is not the one that the
// picture's name promises. Look at them before they are committed.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { open, test } from './helpers.mjs';
import { indexed } from './png.mjs';

const FOLDER = fileURLToPath(new URL('../../docs/screenshots/', import.meta.url));

/** The doorbell's flag is still in the buffer when the reader looks: the stale read. */
const STALE = '#/missed-doorbell?v=1&cpu=arm&srcu=fast&off=reader-mb';

const searched = (page) => page.locator('[data-searched="complete"]').waitFor();

async function stale(page) {
  await searched(page);
  await page.locator('.show.bad').first().click();
  await page.locator('[data-ending="bad"]').waitFor();
  await page.mouse.move(0, 0);
}

const SHOTS = [
  ['start', '#/missed-doorbell?v=1&cpu=arm', {}, searched],
  ['stale-read', STALE, {}, stale],
  ['stale-read-dark', STALE, { theme: 'dark' }, stale],
  ['why-not', '#/missed-doorbell?v=1&cpu=arm&srcu=fast&off=', {}, async (page) => {
    await searched(page);
    await page.locator('[data-why="stale"]').click();
    await page.locator('[data-why-panel="forbidden"]').waitFor();
    await page.mouse.move(0, 0);
  }],
  ['tree-srcu-scan-2', '#/tree-srcu?v=1', {}, async (page) => {
    // The grace period alone, until its second scan has begun to sum.
    const second = page.locator('.hardware .phase-text.running', { hasText: 'SCAN2' });
    for (let n = 0; n < 40 && !(await second.count()); n += 1) {
      const at = Number(await page.locator('main').getAttribute('data-at'));
      await page.locator('.programs button[data-step^="1:"]:not([aria-disabled="true"])').first().press('Enter');
      await page.waitForFunction((before) => Number(document.querySelector('main').dataset.at) > before, at);
    }
    assert.equal(await second.count(), 1, 'the second scan runs');
    await searched(page);
  }],
  ['narrow', STALE, { width: 360, height: 800 }, async (page) => {
    await stale(page);
    await page.evaluate(() => scrollTo(0, 0));
  }],
];

for (const [name, where, options, drive] of SHOTS) {
  test(`docs/screenshots/${name}.png`, async () => {
    const page = await open(where, options);
    await drive(page);
    // Whatever was set in motion has come to rest: frames, and the searches beside them.
    await page.waitForTimeout(1000);
    const png = indexed(await page.screenshot({ animations: 'disabled', caret: 'hide' }));
    await mkdir(FOLDER, { recursive: true });
    await writeFile(join(FOLDER, `${name}.png`), png);
    console.log(`${name}.png ${(png.length / 1000).toFixed(0)} KB`);
    assert.ok(png.length < 150_000, `${name}.png has ${png.length} bytes`);
  });
}
