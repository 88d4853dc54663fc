// The hardware panel: values that move, places that do not, Tree SRCU from inside; and what waiting costs.
import assert from 'node:assert/strict';
import { axe, becomes, noSidewaysScroll, open, settled, test } from './helpers.mjs';

const HALF = '#/missed-doorbell?v=1&cpu=arm&off=reader-mb&do=';
const panel = (page) => page.locator('.hardware');

/** Steps forth by the key that does the first offered step. */
async function stepForth(page, times = 1) {
  for (let n = 0; n < times; n += 1) {
    const before = Number(await page.locator('main').getAttribute('data-at'));
    await page.locator('.programs').focus().catch(() => {});
    await page.keyboard.press('1');
    await page.waitForFunction((at) => Number(document.querySelector('main').dataset.at) > at, before);
  }
}

/** Opens a scenario with the focus inside, so that keys work. */
async function lab(fragment, options) {
  const page = await open(fragment, options);
  await page.evaluate(() => document.querySelector('#app').focus());
  return page;
}

/** Where everything is that must not move. */
const still = (page) => page.evaluate(() => {
  const boxes = {};
  const round = (rect) => [rect.x, rect.y, rect.width, rect.height].map((n) => Math.round(n * 2) / 2).join(' ');
  boxes.picture = round(document.querySelector('.hardware .picture svg').getBoundingClientRect());
  document.querySelectorAll('.hardware .picture rect').forEach((rect) => {
    const kind = rect.getAttribute('class').split(' ')[0];
    // A style sheet for another part of the page must not reach in here.
    if (Math.abs(rect.getBBox().width - Number(rect.getAttribute('width'))) > 0.5) boxes[`${kind} is stretched`] = Math.random();
    if (kind !== 'chip-box' && kind !== 'hollow-part') boxes[`${kind} ${round(rect.getBoundingClientRect())}`] = true;
  });
  return boxes;
});

test('a store enters the buffer, is seen there, and moves to memory with who wrote it', async () => {
  const page = await lab('#/store-buffering?v=1&cpu=tso');
  const store = page.locator('.programs button[data-step$="b"]').first();
  const name = await store.getAttribute('data-step');
  await store.click();
  const chip = page.locator(`.hardware [data-key="b:${name.replace(/b$/, 'd')}"]`);
  await chip.waitFor();
  const [loc, value] = (await chip.locator('title').textContent()).match(/^(\S+) = (\S+),/).slice(1);
  const cell = page.locator(`.hardware [data-key="m:${loc}"]`);
  assert.equal((await cell.textContent()).trim(), '0');
  assert.ok(await chip.getAttribute('data-step'), 'it may drain');
  await chip.click();
  await page.waitForFunction((key) => !document.querySelector(`[data-key="${key}"]`), `b:${name.replace(/b$/, 'd')}`);
  await becomes(async () => (await cell.textContent()).trim(), value);
  await becomes(() => panel(page).textContent(), /line \d+/);
});

test('what moves slides, and only forth', async () => {
  const page = await lab('#/store-buffering?v=1&cpu=tso', { reducedMotion: 'no-preference' });
  await page.evaluate(() => {
    window.slides = [];
    const animate = Element.prototype.animate;
    Element.prototype.animate = function record(keyframes, duration) {
      window.slides.push({ key: this.dataset.key, from: keyframes.transform[0], duration });
      return animate.call(this, keyframes, duration);
    };
  });
  await page.locator('.programs button[data-step$="b"]').first().click();
  await page.locator('.hardware .chip.may').first().click();
  await page.waitForFunction(() => window.slides.length > 0);
  const slides = await page.evaluate(() => window.slides);
  assert.equal(slides.length, 1, JSON.stringify(slides));
  assert.match(slides[0].key, /^m:/);
  assert.equal(slides[0].duration, 200);
  assert.match(slides[0].from, /^translate\(-?[\d.]+px, -[\d.]+px\)$/);
  await page.getByRole('button', { name: 'One step back' }).click();
  await page.locator('.hardware .chip.may').first().waitFor();
  await settled(page);
  assert.equal(await page.evaluate(() => window.slides.length), 1);
});

test('pointing at a line marks what it would change', async () => {
  const page = await lab('#/store-buffering?v=1&cpu=tso');
  await page.locator('.programs button[data-step$="b"]').first().hover();
  await page.locator('.hardware rect.would-change[data-buffer="0"]').waitFor();
  await page.mouse.move(5, 5);
  await page.waitForFunction(() => !document.querySelector('.hardware .would-change'));
});

test('nothing moves where less motion is asked for', async () => {
  const page = await lab('#/store-buffering?v=1&cpu=tso', { reducedMotion: 'reduce' });
  await page.evaluate(() => {
    window.slides = 0;
    Element.prototype.animate = () => { window.slides += 1; };
  });
  await page.locator('.programs button[data-step$="b"]').first().click();
  await page.locator('.hardware .chip.may').first().click();
  await page.waitForFunction(() => !document.querySelector('.hardware .chip'));
  assert.equal(await page.evaluate(() => window.slides), 0);
  const running = await page.evaluate(() => document.getAnimations()
    .filter((a) => a.effect.target.closest('.hardware') && a.playState === 'running' && a.effect.getTiming().duration > 1).length);
  assert.equal(running, 0);
});

for (const [name, fragment] of [
  ['the missed doorbell on Arm', HALF],
  ['the freed bus', '#/freed-bus?v=1'],
  ['Tree SRCU', '#/tree-srcu?v=1&cpu=tso'],
]) {
  test(`no step shifts the hardware: ${name}`, async () => {
    const page = await lab(fragment);
    // The picture is drawn for the width of its place once that is known, and not scaled to it any more.
    await page.waitForFunction(() => {
      const svg = document.querySelector('.hardware .picture svg');
      return svg && Math.abs(Number(svg.getAttribute('width')) - svg.getBoundingClientRect().width) < 1;
    });
    const before = await still(page);
    for (let n = 0; n < 12; n += 1) {
      await stepForth(page);
      assert.deepEqual(await still(page), before, `after ${n + 1} steps`);
    }
  });
}

test('objects say their life, a freed one is crossed out', async () => {
  const page = await lab('#/freed-bus?v=1&off=wait:none,reader-mb&cpu=sc');
  const states = () => page.locator('.hardware .note.state').allTextContents();
  await becomes(async () => (await states()).map((s) => s.split(':')[0]), ['published', 'allocated']);
  for (let n = 0; n < 30 && !(await page.locator('.hardware .cross').count()); n += 1) {
    await stepForth(page);
  }
  await becomes(() => page.locator('.hardware .cross').count(), 1);
  const [v1, v2] = await states();
  assert.match(v1, /^freed: VMM, line \d+/);
  assert.equal(v2, 'published');
});

test('Tree SRCU: counters, sums and phases follow the steps', async () => {
  const page = await lab('#/tree-srcu?v=1&cpu=tso&off=b:smp_rmb');
  const words = async () => (await page.locator('.hw-words li').allTextContents()).join('\n');
  const texts = () => page.locator('.hardware .phase-text').allTextContents();
  await becomes(() => texts(), ['· start', '· SCAN1', '· flip', '· SCAN2', '· end', '· callbacks']);
  // The reader fetches the rank and counts itself in: into its store buffer.
  await page.locator('.programs button[data-step="0:0r"]').click();
  await page.locator('.programs button[data-step^="0:"][data-step$="b"]').first().click();
  await page.locator('.hardware rect.pending').waitFor();
  await becomes(() => words(), /inside; its count in rank 0 is in the buffer/);
  await page.locator('.hardware .chip.may').first().click();
  await page.waitForFunction(() => !document.querySelector('.hardware rect.pending'));
  await becomes(() => words(), /inside, counted in rank 0/);
  // The grace period goes as far as it can.
  for (let n = 0; n < 20; n += 1) {
    const next = page.locator('.programs button[data-step^="1:"]:not([aria-disabled="true"])').first();
    if (!(await next.count())) break;
    const before = Number(await page.locator('main').getAttribute('data-at'));
    await next.press('Enter');
    await page.waitForFunction((at) => Number(document.querySelector('main').dataset.at) > at, before);
  }
  await becomes(() => texts(), ['✓ start', '✓ SCAN1', '✓ flip', '✓ SCAN2', '✓ end', '✓ callbacks']);
  await becomes(() => words(), /SCAN2 of rank 0: unlocks 0, locks 1: they differ/);
  await becomes(() => page.locator('.hardware .result.differ').textContent(), '≠ differ');
});

const VIEWS = [['#/tree-two-readers?v=1', {}], ['#/wait-or-callback?v=1', {}], ['#/missed-doorbell?v=1&view=embed', { width: 720, height: 480 }]];
for (const [fragment, size] of VIEWS) {
  for (const theme of ['light', 'dark']) {
    test(`axe finds nothing (${fragment}, ${theme})`, async () => {
      const page = await open(fragment, { ...size, theme });
      await page.locator('.hw-words summary, .clock').first().waitFor();
      await axe(page);
    });
  }
}

for (const width of [320, 360]) {
  for (const fragment of ['#/tree-two-readers?v=1', '#/freed-bus?v=1', '#/wait-or-callback?v=1']) {
    test(`no sideways scrolling at ${width} (${fragment})`, async () => {
      await noSidewaysScroll(await open(fragment, { width }));
    });
  }
}

test('the lesson on cost opens with its tab, and keeps what is chosen in the address', async () => {
  const page = await lab('#/wait-or-callback?v=1');
  await becomes(() => page.getByRole('tab', { selected: true }).textContent(), 'Cost');
  await page.getByRole('tab', { name: 'Hardware' }).click();
  await page.waitForFunction(() => location.hash.includes('tab=hardware'));
  await page.reload();
  await page.locator('.hardware .picture svg').waitFor();
  await page.getByLabel('Scenario', { exact: true }).selectOption('freed-bus');
  await becomes(() => page.getByRole('tab', { selected: true }).textContent(), 'Hardware');
  await page.getByLabel('Scenario', { exact: true }).selectOption('wait-or-callback');
  await becomes(() => page.getByRole('tab', { selected: true }).textContent(), 'Cost');
});

test('cost: the slider, the scale, the table', async () => {
  const page = await open('#/wait-or-callback?v=1');
  const cost = page.locator('.cost');
  const rows = async () => Object.fromEntries((await cost.locator('tbody tr').evaluateAll((all) =>
    all.map((row) => [...row.children].map((cell) => cell.textContent)))).map(([head, ...cells]) => [head, cells]));
  await cost.locator('[data-devices]').fill('50');
  await page.waitForFunction(() => document.querySelector('[data-paragraph]').textContent.includes('50 devices'));
  await becomes(async () => (await rows())['synchronize_srcu_expedited()'].slice(0, 5),
    ['19 µs', '950 µs', '780 µs', '140 µs', '1 (1200 bytes)']);
  await becomes(async () => (await rows())['call_srcu()'].slice(0, 4), ['3.5 µs', '180 µs', '0 ns', '20 ms']);
  const chart = () => cost.locator('[data-chart] desc').textContent();
  await becomes(() => chart(), /logarithmic scale.*what comes afterwards/);
  await cost.locator('[data-log]').uncheck();
  await cost.locator('[data-later]').uncheck();
  await page.waitForFunction(() => /linear/.test(document.querySelector('[data-chart] desc').textContent));
  await becomes(chart, (text) => !/afterwards/.test(text));
  const figures = await cost.locator('[data-figures] dd').allTextContents();
  assert.ok(figures.length >= 7);
  for (const figure of figures) assert.match(figure, /(source|computed|chosen): ./);
});

test('cost: each workload has its own figures, each proposal its status', async () => {
  const page = await open('#/wait-or-callback?v=1');
  const cost = page.locator('.cost');
  const text = (part) => cost.locator(part).textContent();
  await becomes(() => text('[data-figures]'), (all) => /25\.182 ms/.test(all) && !/25 %/.test(all));
  await becomes(() => text('[data-paragraph]'), /KVM_CREATE_VCPU then takes about 20 ms/);
  await cost.locator('[data-policy]').selectOption('(c) call_srcu_expedited()');
  await becomes(() => text('[data-paragraph]'), /as before the series/);
  await becomes(() => text('[data-details]'), /not merged in 7\.2-rc5.*left to barriers/);
  await cost.locator('[data-hz]').selectOption('1000');
  await cost.locator('[data-policy]').selectOption('call_srcu()');
  await becomes(() => text('[data-paragraph]'), /takes about 2(\.\d)? ms/);
  await cost.locator('[data-case]').selectOption('crosvm on arm64');
  await becomes(() => text('[data-figures]'), (all) => /25 %/.test(all) && !/15–23 µs/.test(all));
  await becomes(() => text('[data-paragraph]'), /about 25 % of the start-up is waiting; with call_srcu\(\), 0 %/);
  assert.match((await cost.locator('[data-why]').allTextContents()).join(' '), /Our inference.*does not shorten/);
});

test('cost: the clock goes from event to event, by keyboard too', async () => {
  const page = await open('#/wait-or-callback?v=1');
  const says = () => page.locator('[data-says]').textContent();
  await becomes(() => says(), '0 ns: Registration 1 is called.');
  await page.locator('[data-tick="forth"]').click();
  await becomes(() => says(), /^3\.5 µs: Registration 1 publishes its copy and queues a callback\.$/);
  await page.locator('[data-tick="forth"]').click();
  await becomes(() => says(), /A timer is armed for its worker, which fires in 20 ms\.$/);
  await page.locator('[data-events]').focus();
  await page.keyboard.press('End');
  await page.waitForFunction(() => /The callback|KVM_CREATE_VCPU/.test(document.querySelector('[data-says]').textContent));
  await page.locator('[data-policy]').selectOption({ index: 0 });
  await becomes(() => says(), '0 ns: Registration 1 is called.');
});
