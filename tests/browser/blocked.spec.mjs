// With the engine blocked nothing ends the page: what it steps goes on, and what needs the engine says that it is loading,
// and is there when the engine has come.
import assert from 'node:assert/strict';
import { becomes, open, test } from './helpers.mjs';

const DOORBELL = '#/missed-doorbell?v=1&cpu=arm&off=reader-mb&srcu=fast';

/** The page without its engine; `release` lets the engine come. */
async function blocked(fragment = DOORBELL) {
  let engine = false;
  const page = await open(fragment, {
    prepare: (context) => context.route('**/engine-*', (route) => (engine ? route.continue() : route.abort())),
    allow: [/engine|Failed to load|ERR_FAILED|import/],
  });
  return { page, release: () => { engine = true; } };
}

const alive = async (page, what) => {
  assert.equal(await page.locator('[data-failure]').count(), 0, what);
  assert.ok(await page.locator('main[data-at]').count() > 0, what);
};

for (const which of ['first', 'last', 'middle']) {
  test(`the opening scenario is stepped to its end without an engine: always the ${which} line`, async () => {
    const { page } = await blocked();
    for (let steps = 0; steps < 60; steps += 1) {
      const lines = page.locator('.line.now .line-main');
      const count = await lines.count();
      if (count === 0 || await page.locator('[data-ending]').count() > 0) break;
      const at = { first: 0, last: count - 1, middle: Math.floor(count / 2) }[which];
      await lines.nth(at).click();
      await becomes(() => page.locator('main').getAttribute('data-at'), String(steps + 1));
    }
    await page.locator('[data-ending]').first().waitFor();
    await alive(page, which);
  });
}

test('ordinary actions survive a blocked engine, and all is there when it has come', async () => {
  const { page, release } = await blocked();
  await page.locator('[data-engine-missing]').waitFor();
  for (const tab of ['graph', 'matrix', 'outcomes', 'cost', 'lab', 'export', 'hardware']) {
    await page.locator(`[role=tab][data-tab="${tab}"], [role=tab]#tab-${tab}`).first().click();
    await alive(page, tab);
  }
  for (const key of ['P', 'P', '?', 'Escape']) {
    await page.keyboard.press(key);
    await alive(page, key);
  }
  await page.locator('.line.now .line-main').first().click();
  await page.locator('main[data-at="1"]').waitFor();
  await page.keyboard.press('ArrowLeft');
  await page.locator('main[data-at="0"]').waitFor();
  await page.evaluate(() => { location.hash = '#/freed-bus?v=1'; });
  await becomes(() => page.locator('.programs').textContent(), /kfree/);
  await alive(page, 'another scenario');
  await page.evaluate((hash) => { location.hash = hash; }, DOORBELL);
  await becomes(() => page.locator('.programs').textContent(), /guest mode/);
  release();
  await page.locator('[data-searched="complete"]').waitFor({ timeout: 60_000 });
  await page.locator('.hardware .picture svg').waitFor();
  await becomes(() => page.locator('[data-engine-missing]').count(), 0);
  await alive(page, 'after the engine has come');
});
