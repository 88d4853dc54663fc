// The timeline: walking along it, forks, what a switch strikes out, stale reads, foresight, micro steps.
import assert from 'node:assert/strict';
import AxeBuilder from '@axe-core/playwright';
import { becomes, noSidewaysScroll, open, patience, settled, test, theBrowser, theSite } from './helpers.mjs';

/** The stale read, with two stores at once in the VMM's buffer. */
const STALE = [
  '1:1l', '1:3r', '0:0b', '0:1b', '0:0d', '0:1d', '0:2b', '0:2d', '0:3b', '0:3d', '1:0r', '1:4r', '1:5r', '1:6u',
  'w0-2:2r', 'w0-2:2~1g', 'w0-2:2~1e', 'w0-2:2~2b', 'w0-2:2~2d',
];
const start = (steps = [], more = '') =>
  `#/missed-doorbell?v=1&cpu=arm&srcu=fast&off=reader-mb${steps.length ? `&do=${steps.join('.')}` : ''}${more}`;

const step = (page, name) => page.locator(`.line [data-step="${name}"]`).first();
const count = (page) => page.locator('[data-count]').textContent();
/** The step of the diagram with this number, from 0. Its upper end, since names and lines lie over its middle. */
const event = (page, index) => page.locator(`.timeline [data-index="${index}"]`);
const corner = { position: { x: 6, y: 6 } };
const detail = (page) => page.locator('[data-time-detail]');
const forks = (page) => page.locator('[data-fork]');
const focused = (page) => page.evaluate(() => document.activeElement.getAttribute('data-index'));

/** Forks twice: at step 6, and on the new schedule at step 2. */
async function forkTwice(page) {
  await event(page, 5).click(corner);
  await step(page, '1:0r').click();
  await event(page, 1).click(corner);
  await step(page, '1:0r').click();
  await step(page, '1:4r').click();
}

async function axe(page) {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const { violations } = await new AxeBuilder({ page }).include('.timeline').include('.say').include('.programs').withTags(tags).analyze();
  const lines = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}: ${node.failureSummary}`));
  assert.deepEqual(lines, []);
}

test('a press on a step goes there, and the scrubber does', async () => {
  const page = await open(start(STALE));
  await becomes(() => count(page), 'step 19 / 19');
  await event(page, 5).click(corner);
  await becomes(() => count(page), 'step 6 / 19');
  await becomes(() => event(page, 5).getAttribute('aria-current'), 'step');
  await page.locator('[data-scrubber]').fill('11');
  await becomes(() => count(page), 'step 11 / 19');
  await becomes(() => page.locator('[data-sentence]').textContent(), /loaded flag and got 1/);
});

test('what is pointed at is told; the stale read is marked by its shape and in words', async () => {
  const page = await open(start(STALE));
  const stale = page.locator('.timeline .event.stale');
  await becomes(() => stale.count(), 1);
  await becomes(() => stale.getAttribute('data-index'), '1');
  await becomes(() => stale.locator('.shape').count(), 2, 'a double diamond');
  await becomes(() => stale.textContent(), /stale/);
  await event(page, 1).hover(corner);
  await becomes(() => detail(page).textContent(), /^Step 2\. .*Stale: buses\[MMIO\] was bus v2 in memory before/);
  await page.mouse.move(5, 5);
  await becomes(() => detail(page).count(), 0);
  await becomes(() => page.locator('.time-detail').textContent(), /in the store buffer.*stale read/);
  // Not yet, where the flag has not been loaded.
  await event(page, 9).click(corner);
  await becomes(() => page.locator('.timeline .event.stale:not(.future)').count(), 0);
});

test('by keyboard: one stop, arrows walk, also over what is struck out', async () => {
  const page = await open(start(STALE, '&at=3'));
  await page.locator('[data-micro]').focus();
  await page.keyboard.press('Tab');
  await becomes(() => focused(page), '2', 'the present step');
  await becomes(() => detail(page).textContent(), /^Step 3\./);
  await page.keyboard.press('ArrowRight');
  await page.waitForFunction(() => document.activeElement.getAttribute('data-index') === '3');
  await becomes(() => count(page), 'step 4 / 19');
  await page.keyboard.press('Home');
  await page.waitForFunction(() => document.activeElement.getAttribute('data-index') === '0');
  await becomes(() => count(page), 'step 1 / 19');
  await page.keyboard.press('ArrowLeft');
  await page.waitForFunction(() => document.querySelector('main').dataset.at === '0');
  assert.equal(await focused(page), '0');

  await page.locator('[data-toggle="reader-mb"]').click();
  await becomes(() => count(page), 'step 0 / 1');
  await event(page, 0).focus();
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.querySelector('main').dataset.at === '1');
  await page.keyboard.press('ArrowRight');
  await page.waitForFunction(() => document.activeElement.getAttribute('data-index') === '1');
  await becomes(() => count(page), 'step 1 / 1', 'it cannot be gone to');
  await becomes(() => detail(page).textContent(), /struck out\. Not possible: .*waits for smp_mb__after_srcu_read_lock/);
  await page.keyboard.press('ArrowLeft');
  await becomes(() => focused(page), '0');
});

test('a switch strikes steps out, and the reason stays on hover, in the list and in the transcript', async () => {
  const page = await open(start(STALE));
  await page.locator('[data-toggle="reader-mb"]').click();
  await becomes(() => page.locator('.timeline .event.struck').count(), 18);
  await becomes(() => page.locator('.timeline .event.impossible').count(), 1);
  await event(page, 1).hover(corner);
  await becomes(() => detail(page).textContent(), /Not possible: vCPU 0's load of buses\[MMIO\]: waits for/);
  await page.locator('[data-transcript-button]').click();
  const struck = page.locator('[data-transcript] s');
  await becomes(() => struck.count(), 18);
  await becomes(() => struck.first().textContent(), /waits for smp_mb__after_srcu_read_lock\(\) on line \d+/);
  await page.locator('[data-toggle="reader-mb"]').click();
  await becomes(() => page.locator('.timeline .event.struck').count(), 0);
  await becomes(() => count(page), 'step 19 / 19');
});

test('another step at a past point forks, and what was left can be taken up', async () => {
  const page = await open(start(STALE));
  await becomes(() => page.locator('[data-forks]').count(), 0);
  await forkTwice(page);
  await becomes(() => forks(page).count(), 2);
  await becomes(() => page.locator('.fork.now').textContent(), /now: 4 steps/);
  await becomes(() => forks(page).first().textContent(), /from step 2: 7 steps/);
  await becomes(() => forks(page).last().textContent(), /from step 6: 19 steps.*The end: the guest saw flag=1/);
  await becomes(() => page.locator('.forks .tip').count(), 3);
  // The link is the present schedule alone.
  await page.waitForTimeout(patience(450));
  await becomes(() => page.evaluate(() => location.hash), /do=1:1l\.1:3r\.1:0r\.1:4r$/);

  await forks(page).last().click();
  await becomes(() => count(page), 'step 19 / 19');
  await page.locator('[data-ending="bad"]').waitFor();
  await becomes(() => forks(page).count(), 2);
  // Back with a key, and here again.
  await page.locator('[data-scrubber]').blur();
  await page.keyboard.press('f');
  await becomes(() => count(page), 'step 4 / 4');
  await page.keyboard.press('f');
  await becomes(() => count(page), 'step 19 / 19');
  // The next step by hand is no fork.
  await event(page, 5).click(corner);
  await step(page, STALE[6]).click();
  await becomes(() => count(page), 'step 7 / 19');
  await becomes(() => forks(page).count(), 2);
});

test('a switch reaches the schedules that were left, too', async () => {
  const page = await open(start(STALE));
  await forkTwice(page);
  await page.locator('[data-toggle="reader-mb"]').click();
  await becomes(() => forks(page).last().textContent(), /from step 6: 1 of 19 steps possible.*Not possible/);
  await forks(page).last().click();
  await becomes(() => page.locator('[data-replay]').getAttribute('data-impossible'), '1:3r');
  await page.locator('[data-toggle="reader-mb"]').click();
  await becomes(() => count(page), 'step 19 / 19');
});

test('a reset keeps the schedule that there was', async () => {
  const page = await open(start(STALE));
  await page.locator('[data-reset]').click();
  await becomes(() => count(page), 'step 0 / 0');
  await forks(page).first().click();
  await becomes(() => count(page), 'step 19 / 19');
});

test('an offered line tells what it would change, by pointer and by focus', async () => {
  const page = await open(start(STALE.slice(0, 5)));
  const shown = page.locator('[data-detail]');
  const drain = step(page, '0:1d');
  await drain.hover();
  await becomes(() => shown.locator('[data-change="memory:buses[MMIO]"]').textContent(), 'buses[MMIO]: bus v1 → bus v2');
  await page.locator('.hardware .would-change').first().waitFor();
  await page.mouse.move(5, 5);
  await page.waitForFunction(() => !document.querySelector('.would-change'));
  await drain.focus();
  await becomes(() => shown.textContent(), /VMM's store buses\[MMIO\] = bus v2 reaches memory/);
  await becomes(() => page.locator('.would-change').count(), (marked) => marked > 0);
  await settled(page);
  assert.equal(await count(page), 'step 5 / 5', 'nothing has happened');
});

test('lines that a step would open are named and marked', async () => {
  const page = await open();
  await step(page, '1:1l').focus();
  await becomes(() => page.locator('[data-opens]').textContent(), /^Then lines \d+ and \d+ may happen\.$/);
  await becomes(() => page.locator('.line.opens').first().getAttribute('data-line'), '1:3');
});

test('when the bad outcome has just become impossible, the sentence says so: by a step', async () => {
  const page = await open();
  await step(page, '1:1l').click();
  await page.waitForTimeout(patience(300));
  await becomes(() => page.locator('[data-closed]').count(), 0);
  // The flag is still 0: from here the guest has not seen the registration.
  await step(page, '1:0r').click();
  const closed = page.locator('[data-live] [data-closed]');
  await closed.waitFor();
  await becomes(() => closed.textContent(), /From here this can no longer happen: .*the guest saw flag=1, but KVM used the old bus/);
  await page.locator('[data-back]').click();
  await page.waitForFunction(() => !document.querySelector('[data-closed]'));
});

test('… and by a switch', async () => {
  const page = await open();
  await step(page, '1:1l').click();
  // What was possible before must be known.
  await page.locator('.line [data-prospect="yes"]').first().waitFor();
  await page.waitForTimeout(patience(500));
  await page.locator('[data-toggle="reader-mb"]').click();
  const closed = page.locator('[data-closed]');
  await closed.waitFor();
  await becomes(() => closed.textContent(), /With this switch this can no longer happen from here: the guest saw flag=1/);
});

test('micro steps are shown when asked for', async () => {
  const page = await open('#/tree-srcu');
  for (let at = 0; at < 40 && await page.locator('.line [data-step]').count() > 0; at += 1) {
    await page.keyboard.press('1');
    if (await page.locator('[data-ending]').count() > 0) break;
  }
  await page.locator('[data-transcript-button]').click();
  await becomes(() => page.locator('.timeline .eager, [data-eager]').count(), 0);
  const at = await count(page);
  await page.locator('[data-micro]').click();
  await becomes(() => page.locator('[data-micro]').getAttribute('aria-pressed'), 'true');
  await becomes(() => page.locator('.timeline .eager').count(), (drawn) => drawn > 0);
  await becomes(() => page.locator('[data-eager]').first().textContent(), /computed|decided/);
  await becomes(() => count(page), at, 'the steps are the same');
});

test('a long schedule scrolls inside its panel, and the present stays in sight', async () => {
  for (const width of [360, 1280]) {
    const page = await open(start(STALE), { width });
    for (const at of ['19', '0', '9', '14', '2']) {
      await page.locator('[data-scrubber]').fill(at);
      // The picture is scrolled once it has been drawn.
      await page.waitForFunction((wanted) => {
        const place = document.querySelector('.time-steps .picture').getBoundingClientRect();
        const names = document.querySelector('.time-steps .names').getBoundingClientRect();
        const now = document.querySelector('.time-steps .now')?.getBoundingClientRect();
        if (!now) return false;
        const inSight = now.left >= names.right - 1 && now.left <= place.right + 1;
        return document.querySelector('main').dataset.at === wanted && inSight;
      }, at, { timeout: patience(5000) });
    }
    await noSidewaysScroll(page);
  }
});

test('with a finger, on a narrow screen', async () => {
  const context = await (await theBrowser()).newContext({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
  try {
    const page = await context.newPage();
    await page.goto((await theSite()).url + start(STALE));
    await page.locator('#app > header').waitFor();
    await page.locator('[data-scrubber]').fill('6');
    await event(page, 3).tap(corner);
    await becomes(() => count(page), 'step 4 / 19');
    await step(page, '1:0r').tap();
    await becomes(() => forks(page).count(), 1);
    const box = await forks(page).first().boundingBox();
    assert.ok(box.height >= 24 && box.width >= 24);
    await forks(page).first().tap();
    await becomes(() => count(page), 'step 19 / 19');
    await page.locator('[data-micro]').tap();
    await becomes(() => page.locator('[data-micro]').getAttribute('aria-pressed'), 'true');
    await noSidewaysScroll(page);
  } finally {
    await context.close();
  }
});

test('the embedded view has it all in its room', async () => {
  const page = await open(start(STALE, '&view=embed'), { width: 720, height: 480 });
  await forkTwice(page);
  await page.locator('.forks summary').click();
  const box = await page.locator('.forks').boundingBox();
  assert.ok(box.y >= 0 && box.y + box.height <= 481, JSON.stringify(box));
  await forks(page).last().click();
  await becomes(() => count(page), 'step 19 / 19');
  await noSidewaysScroll(page);
  await axe(page);
});

for (const theme of ['light', 'dark']) {
  for (const width of [360, 1280]) {
    test(`axe finds nothing in the panel (${theme}, ${width})`, async () => {
      const page = await open(start(STALE), { theme, width });
      await forkTwice(page);
      await page.locator('[data-micro]').click();
      await axe(page);
      await forks(page).last().click();
      await page.locator('[data-toggle="reader-mb"]').click();
      await event(page, 1).hover(corner);
      await page.locator('[data-transcript-button]').click();
      await axe(page);
      await noSidewaysScroll(page);
    });
  }
}
