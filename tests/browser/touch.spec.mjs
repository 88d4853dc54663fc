// A finger on the lines of the programs: it shows what a line would do while it rests there, a short press does the
// step, a long one only looks.
import assert from 'node:assert/strict';
import { axe, becomes, open, settled, test } from './helpers.mjs';

const START = '#/missed-doorbell?v=1&cpu=arm&srcu=fast&off=reader-mb';
const PHONE = { width: 360, height: 740, touch: true };
const LONG = 700;

const at = (page) => page.locator('main').getAttribute('data-at').then(Number);
const step = (page, name) => page.locator(`.line [data-step="${name}"]`);
const detail = (page) => page.locator('.detail');

/** A finger of its own: down, up, and moved. */
async function finger(page, name) {
  const button = typeof name === 'string' ? step(page, name) : name;
  await button.evaluate((element) => element.scrollIntoView({ block: 'center' }));
  const box = await button.boundingBox();
  const point = { x: box.x + Math.min(60, box.width / 2), y: box.y + box.height / 2 };
  const devtools = await page.context().newCDPSession(page);
  const send = (type, touchPoints) => devtools.send('Input.dispatchTouchEvent', { type, touchPoints });
  return {
    down: () => send('touchStart', [point]),
    move: (by) => send('touchMove', [{ ...point, y: point.y + by }]),
    up: () => send('touchEnd', []),
  };
}

const rest = (page, ms) => page.waitForTimeout(ms);

for (const [size, box, view] of [['360', PHONE, ''], ['an embed of 720×480', { width: 720, height: 480, touch: true }, '&view=embed']]) {
  test(`${size}: a finger that rests sees what the line would do; lifted late, it has done nothing`, async () => {
    const page = await open(START + view, box);
    const hand = await finger(page, '0:0b');
    await hand.down();
    // Seen while it rests, and marked in the other panels, before it is lifted.
    await becomes(() => detail(page).textContent(), /line 74.*store buffer/);
    await page.locator('.hardware .would-change').first().waitFor({ state: 'attached' });
    assert.equal(await at(page), 0);
    await rest(page, LONG);
    await hand.up();
    await settled(page);
    await rest(page, 450);
    assert.equal(await at(page), 0, 'a long press only looks');
    // It can be read on without the finger.
    assert.match(await detail(page).textContent(), /line 74/);
    // A touch elsewhere ends it.
    const elsewhere = await finger(page, page.locator('[data-cpu="0"] h3'));
    await elsewhere.down();
    await elsewhere.up();
    await page.locator('.detail.idle').waitFor({ state: 'attached' });
  });

  test(`${size}: a short press does the step, also right after a long one`, async () => {
    const page = await open(START + view, box);
    const long = await finger(page, '0:0b');
    await long.down();
    await rest(page, LONG);
    await long.up();
    await step(page, '0:0b').tap();
    await becomes(() => at(page), 1);
    await step(page, '0:0d').tap();
    await becomes(() => at(page), 2);
    // What a keyboard or a screen reader presses is no press of the finger's, however long that was.
    const again = await finger(page, '0:1b');
    await again.down();
    await rest(page, LONG);
    await again.up();
    await rest(page, 450);
    await step(page, '0:1b').press('Enter');
    await becomes(() => at(page), 3);
    await step(page, '0:1d').evaluate((button) => button.click());
    await becomes(() => at(page), 4);
  });
}

test('a line that waits says why to a finger', async () => {
  const page = await open('#/missed-doorbell?v=1&cpu=arm&off=&srcu=fast', PHONE);
  await page.locator('[data-line="1:3"] button.line-main').tap({ force: true });
  await becomes(() => detail(page).textContent(), /waits for/);
  assert.equal(await at(page), 0);
});

test('a finger that scrolls does no step', async () => {
  const page = await open(START, PHONE);
  const hand = await finger(page, '0:0b');
  await hand.down();
  for (let by = 20; by <= 160; by += 20) await hand.move(-by);
  await hand.up();
  await settled(page);
  assert.equal(await at(page), 0);
});

test('a long press opens no menu on a line, and does elsewhere', async () => {
  const page = await open(START, PHONE);
  const kept = (selector) => page.locator(selector).first().evaluate((element) => {
    const touch = (type) => element.dispatchEvent(new PointerEvent(type, { bubbles: true, pointerType: 'touch' }));
    touch('pointerdown');
    const kept = element.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true }));
    touch('pointercancel');
    return kept;
  });
  assert.equal(await kept('.line [data-step]'), false);
  assert.equal(await kept('.story'), true);
});

test('the page says so where there is no pointer that hovers', async () => {
  const phone = await open(START, PHONE);
  assert.match(await phone.locator('.programs .hint').innerText(), /hold it to see what it would do/);
  assert.match(await phone.locator('.detail.idle').innerText(), /^Hold a line/);
  await axe(phone);
  const desk = await open(START);
  assert.doesNotMatch(await desk.locator('.programs .hint').innerText(), /hold it/);
  assert.match(await desk.locator('.detail.idle').innerText(), /^Point at a line/);
});
