// How the page looks: themes, high contrast, the system's own colours, the presenter's view, paper.
import assert from 'node:assert/strict';
import { axe, becomes, noSidewaysScroll, open, patience, test } from './helpers.mjs';

const STALE = '#/missed-doorbell?v=1&cpu=arm&do=0:0b.0:0d.1:1l';

const said = (page) => page.locator('[data-said]').textContent();
/** A computed colour as three numbers. */
const colour = (page, selector, property) => page.locator(selector).first().evaluate((element, name) =>
  getComputedStyle(element)[name].match(/[\d.]+/g).slice(0, 3).map(Number), property);

test('the theme button goes round, and names what it is at', async () => {
  const page = await open(STALE);
  const button = page.locator('[data-theme-button]');
  const names = [];
  for (let press = 0; press < 4; press += 1) {
    await button.click();
    await page.waitForFunction((last) => document.querySelector('[data-theme-button]').ariaLabel !== last, names.at(-1) ?? '');
    names.push(await button.getAttribute('aria-label'));
  }
  assert.deepEqual(names, ['light', 'dark', 'high contrast', 'as the system'].map((name) => `Theme: ${name}. Change it`));
});

for (const theme of ['light', 'dark']) {
  test(`high contrast, chosen, has nothing that axe finds (${theme})`, async () => {
    const page = await open(STALE, { theme });
    for (let press = 0; press < 3; press += 1) await page.locator('[data-theme-button]').click();
    await page.locator('[data-theme-button=contrast]').waitFor();
    assert.deepEqual(await colour(page, '.panel', 'backgroundColor'), theme === 'dark' ? [0, 0, 0] : [255, 255, 255]);
    await axe(page);
    await page.locator('#tab-graph').click();
    await page.locator('.run-graph').waitFor();
    await axe(page);
  });
}

test('high contrast is there when the system asks for it', async () => {
  const page = await open(STALE);
  const before = await colour(page, '.panel', 'borderTopColor');
  await page.emulateMedia({ contrast: 'more' });
  await page.waitForFunction(() => getComputedStyle(document.querySelector('.panel')).borderTopColor === 'rgb(89, 89, 89)');
  assert.deepEqual(before, [221, 226, 233]);
  await axe(page);
});

test('marks and choices can be seen in the system\'s own colours', async () => {
  const page = await open(STALE);
  await page.emulateMedia({ forcedColors: 'active' });
  // What is chosen is filled, and what is not is not.
  const chosen = await colour(page, '.seg input:checked + span', 'backgroundColor');
  const other = await colour(page, '.seg input:not(:checked) + span', 'backgroundColor');
  assert.notDeepEqual(chosen, other);
  // A line that may happen has a border, one that may not has none to be seen.
  const canvas = await colour(page, '.panel', 'backgroundColor');
  assert.notDeepEqual(await colour(page, '.now > .line-main', 'borderTopColor'), canvas);
  assert.deepEqual(await colour(page, '.line:not(.now, .mark-bad) > .line-main', 'borderTopColor'), canvas);
  // The shapes of the timeline and the boxes of the hardware stand out from the ground.
  assert.notDeepEqual(await colour(page, '.timeline .shape', 'stroke'), canvas);
  assert.notDeepEqual(await colour(page, '.hardware .picture rect', 'stroke'), canvas);
});

test('the presenter\'s view by mouse', async () => {
  const page = await open(STALE);
  const size = () => page.locator('.line-main').first().evaluate((line) => parseFloat(getComputedStyle(line).fontSize));
  const small = await size();
  const button = page.getByRole('button', { name: 'Presenter view' });
  await becomes(() => button.getAttribute('aria-pressed'), 'false');
  await button.click();
  await page.locator('.lab.present').waitFor();
  await becomes(() => button.getAttribute('aria-pressed'), 'true');
  await becomes(() => said(page), /Presenter view/);
  await becomes(size, (large) => large > small * 1.15, 'the programs are larger');
  await becomes(() => page.locator('.verdicts, .tabs, .story').count(), 0);
  await page.waitForURL(/view=present/);
  await axe(page);
  await button.click();
  await page.locator('.lab:not(.present)').waitFor();
  await becomes(() => said(page), /full page/);
  await page.waitForURL((url) => !url.hash.includes('view='));
  await becomes(() => size(), small);
});

test('the presenter\'s view by key, stepped by a remote', async () => {
  const page = await open(STALE);
  await page.locator('#app').focus();
  await page.keyboard.press('p');
  await page.locator('.lab.present').waitFor();
  await page.keyboard.press('PageUp');
  await page.locator('.lab[data-at="2"]').waitFor();
  await page.keyboard.press('PageDown');
  await page.locator('.lab[data-at="3"]').waitFor();
  await page.keyboard.press('p');
  await page.locator('.lab:not(.present)').waitFor();
  // Esc leaves, also from a choice that has keys of its own.
  await page.keyboard.press('P');
  await page.locator('.lab.present').waitFor();
  await page.locator('[data-scrubber]').focus();
  await page.keyboard.press('Escape');
  await page.locator('.lab:not(.present)').waitFor();
  await page.locator('[data-keys]').click();
  await page.locator('dialog[open]').getByText('presenter view: large type').waitFor();
});

for (const [width, height] of [[1280, 720], [1920, 1080], [360, 720]]) {
  test(`the presenter's view fits ${width}×${height}`, async () => {
    const page = await open(`${STALE}&view=present`, { width, height });
    await page.locator('.lab.present').waitFor();
    await noSidewaysScroll(page);
    if (width < 821) return;
    const over = await page.evaluate(() => document.documentElement.scrollHeight - innerHeight);
    assert.ok(over <= 0, `the page is ${over} px too high`);
    for (const panel of ['.programs', '.hardware', '.say', '.timeline']) {
      const box = await page.locator(panel).boundingBox();
      assert.ok(box.height > 50 && box.y + box.height <= height, `${panel} is in sight`);
    }
  });
}

test('on paper: no buttons, but programs, verdicts, graph, timeline and link', async () => {
  const page = await open(STALE);
  await page.locator('.answer.yes').first().waitFor();
  await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')));
  await page.emulateMedia({ media: 'print' });
  await page.locator('.printed-link').waitFor();
  await becomes(() => page.locator('.printed-link').textContent(), /#\/missed-doorbell\?v=1&cpu=arm/);
  for (const panel of ['.programs .line-text', '.answers', '.timeline .lanes svg', '.run-graph .graph-picture', '.sentence']) {
    await page.locator(panel).first().waitFor({ timeout: patience(3000) });
  }
  for (const gone of ['.btn', '.tabs', '.switch', '[data-scrubber]', '.relations']) {
    assert.equal(await page.locator(gone).filter({ visible: true }).count(), 0, `${gone} is not on paper`);
  }
  // At once: what fades to its colour has the wrong one when the printer comes.
  assert.deepEqual(await colour(page, 'body', 'backgroundColor'), [255, 255, 255]);
  assert.deepEqual(await colour(page, '.sentence', 'color'), [0, 0, 0]);
  await page.evaluate(() => window.dispatchEvent(new Event('afterprint')));
  await page.locator('.printed').waitFor({ state: 'detached' });
});

test('every icon is silent', async () => {
  const page = await open(STALE);
  const loud = await page.locator('svg.ico:not([aria-hidden=true])').count();
  assert.equal(loud, 0);
  assert.ok(await page.locator('svg.ico').count() > 15, 'the page has icons');
});
