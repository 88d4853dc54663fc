// Lines pressed with a mouse: the pointer comes to rest on a line, the button goes down, the button goes up. Nothing that
// the page shows meanwhile may move the line away from under the pointer.
import assert from 'node:assert/strict';
import { open, patience, test } from './helpers.mjs';

const STARTS = [
  ['missed-doorbell', '#/missed-doorbell?v=1&cpu=arm&srcu=fast&off=reader-mb', 12],
  ['tree-srcu', '#/tree-srcu?v=1&cpu=arm', 12],
];

const at = (page) => page.locator('main').getAttribute('data-at').then(Number);

/** The middle of a step's button, in the middle of what scrolls. */
async function middle(page, name) {
  const button = page.locator(`.line [data-step="${name}"]`);
  // Where a bad outcome ceases to be possible it is said below, once that is known.
  await page.waitForFunction(() => !document.querySelector('.line [data-step] .prospect:not([data-prospect])'));
  await button.evaluate((element) => element.scrollIntoView({ block: 'center' }));
  const box = await button.boundingBox();
  return { button, box, x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Two boxes are the same, but for a pixel or two that scrolling rounds. */
function same(box, before, what) {
  const moved = ['x', 'y', 'width', 'height'].map((side) => Math.abs(box[side] - before[side]));
  assert.ok(Math.max(...moved) <= 2, `${what}: ${JSON.stringify([before, box])}`);
}

/** Presses and releases without moving, and asserts that the step was done. */
async function press(page, name, from) {
  const { button, box, x, y } = await middle(page, name);
  await page.mouse.move(x, y);
  // What is said of the line is there before the button goes down.
  await page.locator('.detail[data-detail]').waitFor();
  same(await button.boundingBox(), box, `${name} stays where it is while it is pointed at`);
  await page.mouse.down();
  same(await button.boundingBox(), box, `${name} stays where it is while it is pressed`);
  await page.mouse.up();
  await page.waitForFunction((before) => Number(document.querySelector('main').dataset.at) === before + 1, from, { timeout: patience(5000) })
    .catch(() => assert.fail(`a press on ${name} does its step`));
}

const SIZES = [['1280×800', { width: 1280, height: 800 }, ''], ['360', { width: 360, height: 740 }, ''],
  ['an embed of 720×480', { width: 720, height: 480 }, '&view=embed']];
for (const [id, start, rounds] of STARTS) {
  for (const [size, box, view] of SIZES) {
    test(`${id}, ${size}: every line that is offered can be pressed, also low in the panel`, async () => {
      const page = await open(start + view, box);
      let pressed = 0;
      for (let round = 0; round < rounds; round += 1) {
        const before = await at(page);
        const names = await page.locator('.line [data-step]').evaluateAll((all) => all.map((it) => it.dataset.step));
        if (names.length === 0) break;
        // Each of them, and back again; then on with another one than in the last round.
        for (const name of names) {
          await press(page, name, before);
          pressed += 1;
          await page.keyboard.press('ArrowLeft');
          await page.waitForFunction((wanted) => Number(document.querySelector('main').dataset.at) === wanted, before);
        }
        await press(page, names.at(-1 - round % names.length), before);
      }
      assert.ok(pressed > rounds, `${pressed} presses`);
    });
  }
}
