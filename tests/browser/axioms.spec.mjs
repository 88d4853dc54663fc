// LKMM beside the machine: its answer, its reason, and the execution graph.
import assert from 'node:assert/strict';
import { axe, becomes, noSidewaysScroll, open, slowed, test } from './helpers.mjs';

const OFF = '#/missed-doorbell?v=1&cpu=arm&off=reader-mb&srcu=fast';
const ON = '#/missed-doorbell?v=1&cpu=arm&off=&srcu=fast';
/** Tree SRCU has barriers that LKMM does not count on. */
const TREE = '#/missed-doorbell?v=1&cpu=arm&off=reader-mb&srcu=tree';

const searched = (page) => page.locator('[data-searched="complete"]').waitFor();
const lkmm = (page, goal) => page.locator(`[data-verdict="${goal}:lkmm"]`);
const says = (page, goal, answer) => page.locator(`[data-verdict="${goal}:lkmm"][data-answer="${answer}"]`).waitFor({ state: 'attached' });
const panel = (page, state) => page.locator(`[data-why-panel="${state}"]`);
const edges = (page, name) => page.locator(`[data-graph] [data-edge*=" ${name} "]`);

/** Opens a link and asks for the reason of LKMM's answer to the stale read. */
async function why(hash, state, options) {
  const page = await open(hash, options);
  await searched(page);
  await page.locator('[data-why="stale"]').click();
  await panel(page, state).waitFor();
  return page;
}

test('LKMM answers beside the CPUs, and follows the barriers at once', async () => {
  const page = await open();
  await searched(page);
  await says(page, 'stale', 'yes');
  await becomes(() => page.locator('header').getByText('LKMM').count(), 0, 'it is no CPU that could be chosen');
  await page.locator('[data-toggle="reader-mb"]').click();
  await says(page, 'stale', 'no');
  await page.locator('[data-toggle="flag-release"]').click();
  await says(page, 'stale', 'yes');
  // A wait orders by itself: no barrier is needed.
  await page.locator('[data-toggle="wait"]').selectOption('synchronize_srcu_expedited');
  await says(page, 'stale', 'no');
});

test('what is no outcome of memory is not judged, and says why', async () => {
  const page = await open('#/publish?v=1&cpu=arm&off=publish');
  await searched(page);
  await becomes(() => lkmm(page, 'garbage').getAttribute('data-answer'), 'yes');
  for (const cell of await page.locator('[data-answer="not judged"]').all()) {
    await becomes(() => cell.textContent(), /LKMM speaks of values/);
  }
});

test('a data race is said in words', async () => {
  const page = await open('#/missed-doorbell?v=1&cpu=arm&off=publish,reader-mb');
  await searched(page);
  await becomes(() => page.locator('[data-flags]').textContent(), /LKMM also reports a data race/);
  await noSidewaysScroll(page);
  await axe(page);
});

test('what portable code needs is said where the machine needs less', async () => {
  const page = await open(TREE);
  await page.locator('[data-judged-settings="24"]').waitFor();
  const cure = await page.locator('[data-cure="stale"]').textContent();
  assert.match(cure, /On Arm this cannot happen with these barriers\./);
  assert.match(cure, /Portable code \(LKMM\) also needs smp_mb__after_srcu_read_lock\(\) in line \d+ \(vCPU 0\)/);
  const fast = await open(ON);
  await fast.locator('[data-judged-settings="24"]').waitFor();
  assert.doesNotMatch(await fast.locator('[data-cure="stale"]').textContent(), /LKMM/, 'nothing is missing');
});

test('Why not? by keyboard: searched, axiom, cycle, conclusion; Escape gives the focus back', async () => {
  const page = await open(ON);
  await searched(page);
  const button = page.locator('[data-why="stale"]');
  await becomes(() => button.getAttribute('aria-label'), /^Why not\? the guest saw/);
  await page.locator('[data-judged-settings="24"]').waitFor();
  await button.focus();
  await becomes(() => page.evaluate(() => document.activeElement.dataset.why), 'stale');
  await page.keyboard.press('Enter');
  await panel(page, 'forbidden').waitFor();
  await becomes(() => page.evaluate(() => document.activeElement.id), 'why-title');
  const text = await page.locator('.why-text').textContent();
  assert.match(text, /LKMM forbids it/);
  assert.match(text, /Every schedule was searched on SC \(\d+ states\), x86-TSO \(\d+ states\), PSO \(\d+ states\), Arm \(\d+ states\) and POWER-like \(\d+ states\): none has it/);
  await becomes(() => page.locator('[data-axiom]').getAttribute('data-axiom'), 'happens-before');
  assert.match(text, /makes no circle/);
  const links = page.locator('[data-cycle] li');
  await becomes(() => links.count(), 4);
  const sentences = (await links.allTextContents()).join('\n');
  for (const part of [/po-rel/, /rf/, /smp_mb__after_srcu_read_lock\(\) \(line \d+\) keeps/, /fr/, /vCPU 0's load of buses/]) {
    assert.match(sentences, part);
  }
  assert.match(text, /would come before .* and after it/);
  // Each sentence shows its lines in the programs while it is looked at.
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await becomes(() => page.locator('.line.marked').count(), 2);
  await links.nth(2).hover();
  assert.deepEqual(
    await page.locator('.line.marked').evaluateAll((lines) => lines.map((line) => line.dataset.line)), ['1:0', '1:2', '1:3']);
  // The keys of the laboratory do nothing in here.
  await page.keyboard.press('1');
  await becomes(() => page.locator('[data-count]').textContent(), 'step 0 / 0');
  await page.keyboard.press('Escape');
  await panel(page, 'forbidden').waitFor({ state: 'detached' });
  await becomes(() => page.evaluate(() => document.activeElement.dataset.why), 'stale');
  await becomes(() => page.locator('.line.marked').count(), 0);
});

test('the reason follows the barriers', async () => {
  const page = await why(ON, 'forbidden');
  await page.locator('[data-toggle="reader-mb"]').click();
  await panel(page, 'allowed').waitFor();
  await becomes(() => page.locator('[data-cycle]').count(), 0);
  await becomes(() => page.locator('.why-text').textContent(), /LKMM allows it, and a CPU does it\. A schedule on Arm and POWER-like has it/);
  await page.locator('[data-toggle="reader-mb"]').click();
  await panel(page, 'forbidden').waitFor();
});

test('where LKMM allows what no CPU does, the page says so and shows the execution', async () => {
  const page = await open(TREE);
  await searched(page);
  const button = page.locator('[data-why="stale"]');
  await becomes(() => button.textContent(), 'Why?');
  await button.click();
  await panel(page, 'allowed').waitFor();
  const text = await page.locator('.why-text').textContent();
  assert.match(text, /LKMM allows it, although none of these CPUs does it/);
  assert.match(text, /code must not rely on it/);
  assert.match(text, /does not count on the full barriers in the lock and unlock of Tree SRCU/);
  await becomes(() => edges(page, 'rf').count(), (count) => count >= 1);
  await becomes(() => page.locator('[data-graph] .edge.on-cycle').count(), 0);
});

test('a section and a grace period that cannot overlap', async () => {
  const page = await open('#/missed-doorbell?v=1&cpu=arm&off=wait:synchronize_srcu,reader-mb,flag-release');
  await searched(page);
  await page.locator('[data-why="stale"]').click();
  await panel(page, 'forbidden').waitFor();
  await becomes(() => page.locator('[data-axiom]').getAttribute('data-axiom'), 'rcu');
  await becomes(() => page.locator('.why-text').textContent(), /read-side section .*grace period/);
});

test('the relations of the graph are switched on and off, and stand in words', async () => {
  const page = await why(ON, 'forbidden');
  const relation = (name) => page.locator(`[data-relation="${name}"]`);
  for (const name of ['po', 'rf', 'co', 'fr', 'addr', 'data']) {
    await becomes(() => relation(name).isChecked(), true, name);
    await becomes(() => edges(page, name).count(), (count) => count > 0, name);
  }
  const all = await edges(page, 'po').count();
  await relation('po').uncheck();
  await becomes(() => edges(page, 'po').count(), 0);
  await relation('po').check();
  await becomes(() => edges(page, 'po').count(), all);
  // The cycle stays whatever is switched off.
  await relation('rf').uncheck();
  await becomes(() => edges(page, 'rf').count(), 1);
  await becomes(() => page.locator('[data-graph] .edge.on-cycle').count(), 4);
  // What the model derives is there for those who ask.
  await becomes(() => relation('hb').count(), 0);
  await page.locator('[data-derived]').click();
  await becomes(() => relation('hb').isChecked(), false);
  await becomes(() => edges(page, 'hb').count(), 0);
  await relation('hb').check();
  await becomes(() => edges(page, 'hb').count(), (count) => count > 0);
  // In words as well.
  await page.locator('.graph-text summary').click();
  const words = await page.locator('.graph-text').textContent();
  assert.match(words, /R\[once\]flag=1, vCPU 0, line \d+/);
  assert.match(words, /the cycle: \w to \w \(po-rel\)/);
  assert.match(words, /hb: \w to \w/);
  // An event shows its line.
  await page.locator('[data-graph] [data-at="1:3"]').hover();
  await becomes(() => page.locator('.line.marked').getAttribute('data-line'), '1:3');
});

for (const theme of ['light', 'dark']) {
  test(`axe finds nothing in the reason (${theme})`, async () => {
    const page = await why(ON, 'forbidden', { theme });
    await page.locator('[data-derived]').click();
    await page.locator('[data-relation="ppo"]').check();
    await page.locator('.graph-text summary').click();
    await axe(page);
    await page.locator('[data-toggle="reader-mb"]').click();
    await panel(page, 'allowed').waitFor();
    await axe(page);
  });

  test(`the edges can be told apart, and read (${theme})`, async () => {
    const page = await why(ON, 'forbidden', { theme });
    const seen = await page.evaluate(() => {
      const rgb = (text) => text.match(/[\d.]+/g).slice(0, 3).map(Number);
      const light = (text) => {
        const [r, g, b] = rgb(text).map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const back = light(getComputedStyle(document.querySelector('.panel.why')).backgroundColor);
      const contrast = (text) => {
        const fore = light(text);
        return (Math.max(fore, back) + 0.05) / (Math.min(fore, back) + 0.05);
      };
      return ['po', 'rf', 'co', 'fr', 'dep', 'derived'].map((family) => {
        const edge = document.querySelector(`[data-graph] .edge.edge-${family} .line`);
        const label = document.querySelector(`[data-graph] .edge-label.edge-${family}`);
        const { stroke, strokeDasharray } = getComputedStyle(edge);
        return { family, stroke, dash: strokeDasharray, line: contrast(stroke), label: contrast(getComputedStyle(label).fill) };
      });
    });
    for (const { family, line, label } of seen) {
      assert.ok(line >= 3, `${family}: line ${line}`);
      assert.ok(label >= 4.5, `${family}: label ${label}`);
    }
    assert.equal(new Set(seen.filter(({ family }) => family !== 'po').map(({ dash }) => dash)).size, 5, 'each has a style of its own');
    // The derived one is part of the cycle here, and has the colour of program order.
    assert.equal(new Set(seen.map(({ stroke }) => stroke)).size, 5);
  });
}

for (const [width, height] of [[320, 640], [360, 740], [820, 800], [900, 800], [1280, 800], [1920, 1080]]) {
  test(`the reason fits at ${width}×${height}`, async () => {
    const page = await why(ON, 'forbidden', { width, height });
    await noSidewaysScroll(page);
    const box = await panel(page, 'forbidden').boundingBox();
    assert.ok(box.y < height && box.height > 200, JSON.stringify(box));
    if (width >= 1280) {
      await becomes(() => page.evaluate(() => document.documentElement.scrollHeight > innerHeight), false, 'one screen');
      const graph = await page.locator('.graph').boundingBox();
      assert.ok(graph.height > 250, `the graph has ${graph.height} pixels`);
    }
  });
}

test('nothing blocks the page while LKMM judges', async (context) => {
  if (slowed(context)) return;
  const page = await open();
  await page.locator('[data-judged-settings="24"]').waitFor();
  await page.evaluate(() => {
    window.long = [];
    new PerformanceObserver((list) => window.long.push(...list.getEntries().map((entry) => entry.duration))).observe({ type: 'longtask' });
  });
  // A machine that is busy with something else may stop any task: one undisturbed round will do.
  const rounds = [];
  for (let round = 0; round < 5 && !rounds.some((long) => long.length === 0); round += 1) {
    await page.evaluate(() => { window.long = []; });
    for (const toggle of ['reader-mb', 'publish', 'flag-release', 'reader-mb', 'publish', 'flag-release']) {
      await page.locator(`[data-toggle="${toggle}"]`).click();
      await searched(page);
    }
    await page.waitForTimeout(100);
    rounds.push(await page.evaluate(() => window.long));
  }
  assert.ok(rounds.some((long) => long.length === 0), `tasks of more than 50 ms: ${JSON.stringify(rounds)}`);
});

test('LKMM is judged at least twenty times as fast as by herd7 in JavaScript', async (context) => {
  if (slowed(context)) return;
  // herd7, compiled to JavaScript, needs 420 ms for store buffering, and 4.2 s for an SRCU test of 64 executions.
  const times = async (hash, toggle) => {
    const page = await open(hash);
    const judged = page.locator('[data-judged-ms]');
    const found = [];
    for (let round = 0; round < 6; round += 1) {
      await searched(page);
      found.push(Number(await judged.getAttribute('data-judged-ms')));
      await page.locator(`[data-toggle="${toggle}"]`).click();
    }
    return { page, first: found[0], least: Math.min(...found) };
  };
  const buffering = await times('#/store-buffering', 'a');
  assert.ok(buffering.least * 20 <= 420, `store buffering: ${JSON.stringify(buffering.least)} ms`);
  const doorbell = await times(OFF, 'reader-mb');
  assert.ok(doorbell.least * 20 <= 4200, `the doorbell: ${doorbell.least} ms`);
  // All 24 settings of it: SRCU tests with some 200 executions together.
  let whole = Infinity;
  // A machine that is busy with something else takes its share of any round: an undisturbed one will do.
  for (let round = 0; round < 5 && whole * 20 > 4200; round += 1) {
    if (round > 0) await doorbell.page.reload();
    await doorbell.page.locator('[data-judged-settings="24"]').waitFor();
    whole = Math.min(whole, Number(await doorbell.page.locator('[data-judged-all-ms]').getAttribute('data-judged-all-ms')));
  }
  assert.ok(whole * 20 <= 4200, `24 settings: ${whole} ms`);
  console.log(`store buffering ${buffering.first} ms, then ${buffering.least}; doorbell ${doorbell.first} ms, then ${doorbell.least}; 24 settings ${whole} ms`);
});
