// The story of the missed doorbell, played as a reader plays it: by hand, by keyboard, by a link, and by *Show me*.
import assert from 'node:assert/strict';
import { SLOW, axe, becomes, noSidewaysScroll, open, patience, settled, test } from './helpers.mjs';

/** The stale read: the lookup is done early, then the VMM does all its work, then the guest looks at the flag. */
const STALE = [
  '1:1l', '1:3r', '0:0b', '0:0d', '0:1b', '0:1d', '0:2b', '0:2d', '0:3b', '0:3d', '1:0r', '1:4r', '1:5r', '1:6u',
  'w0-2:2r', 'w0-2:2~1g', 'w0-2:2~1e', 'w0-2:2~2b', 'w0-2:2~2d',
];
const EMBED = '#/missed-doorbell?v=1&cpu=arm&srcu=fast&off=reader-mb&do=1:1l.1:3r.0:0b.0:0d.0:1b&view=embed';

const step = (page, name) => page.locator(`.line [data-step="${name}"]`);
const count = (page) => page.locator('[data-count]').textContent();
const banner = (page, tone) => page.locator(`[data-ending="${tone}"]`);
const verdict = (page, what) => page.locator(`[data-verdict="${what}"]`);
const searched = (page) => page.locator('[data-searched="complete"]').waitFor();

/** Does the steps by clicking on their lines. */
async function click(page, steps) {
  for (const name of steps) await step(page, name).click();
}

/** Everything that a reader sees of a state. */
async function seen(page) {
  await searched(page);
  return page.evaluate(() => {
    const texts = (selector) => [...document.querySelectorAll(selector)].map((element) => element.textContent);
    return {
      lines: [...document.querySelectorAll('[data-line]')].map((line) => [line.dataset.line, line.dataset.mark, line.textContent]),
      toggles: [...document.querySelectorAll('[data-toggle]')].map((it) => it.value || it.getAttribute('aria-checked')),
      models: [...document.querySelectorAll('header input:checked')].map((input) => input.value),
      rest: texts('[data-sentence], [data-ending], [data-count], [data-verdict], [data-buffer], .picture svg'),
    };
  });
}

/** Waits until the address bar holds the present state, and gives it. */
async function address(page) {
  await page.waitForTimeout(patience(450));
  return page.evaluate(() => location.hash);
}

test('opens with the missed doorbell in its own setting', async () => {
  const page = await open();
  await searched(page);
  await becomes(() => page.locator('[data-scenario]').inputValue(), 'missed-doorbell');
  await becomes(() => page.locator('[data-models] input:checked').inputValue(), 'arm');
  await becomes(() => page.locator('[data-toggle="reader-mb"]').getAttribute('aria-checked'), 'false');
  await becomes(() => verdict(page, 'stale:arm').getAttribute('data-answer'), 'yes');
  for (const model of ['sc', 'tso', 'pso']) {
    await becomes(() => verdict(page, `stale:${model}`).getAttribute('data-answer'), 'no', model);
  }
  await becomes(() => page.locator('.searched').textContent(), /With these barriers on \d models: all \d+ states searched\./);
});

test('what is missing is named, and follows the model and the choice', async () => {
  const page = await open();
  const cure = page.locator('[data-cure="stale"]');
  await cure.waitFor();
  await becomes(() => cure.textContent(), /Missing on Arm: smp_mb__after_srcu_read_lock\(\) in line 84 \(vCPU 0\)/);
  await becomes(() => cure.textContent(), /waiting with synchronize_srcu_expedited\(\) in line 76 \(VMM\), which needs no barrier but costs a grace period/);
  const matrix = page.locator('[data-matrix-ms]');
  await becomes(() => matrix.getAttribute('data-matrix-settings'), '24');
  if (SLOW === 1) assert.ok(Number(await matrix.getAttribute('data-matrix-ms')) < 300, await matrix.textContent());
  await becomes(() => matrix.textContent(), /In all 24 combinations of barriers: \d/);
  await becomes(() => matrix.textContent(), /: \d.* states in \d+ ms/);
  await page.locator('[data-toggle="wait"]').selectOption('synchronize_srcu_expedited');
  await page.waitForFunction(() => /On Arm this cannot happen, even with no barrier: synchronize_srcu_expedited/.test(document.querySelector('[data-cure="stale"]')?.textContent));
});

test('one of two barriers is not enough, and the strip and the verdict say so', async () => {
  const page = await open('#/message-passing?v=1&cpu=arm&off=release,acquire');
  await page.locator('[data-searched=complete]').waitFor();
  await page.waitForTimeout(patience(500));
  await page.locator('[data-toggle="release"]').click();
  await becomes(() => page.locator('[data-still]').textContent(), /Still possible on Arm: /);
  await becomes(() => page.locator('[data-cure="stale"]').textContent(), /Missing on Arm: smp_load_acquire\(\) in line \d+ \(vCPU 1\)\./);
  await page.locator('[data-toggle="acquire"]').click();
  await becomes(() => page.locator('[data-still]').count(), 0);
  await becomes(() => page.locator('[data-cure="stale"]').textContent(), /On Arm this cannot happen with these barriers\./);
});

test('the stale read by hand; the barrier makes its step impossible and is named', async () => {
  const page = await open();
  await click(page, STALE.slice(0, 2));
  // The lookup has overtaken the load of the flag, and the page says so.
  await becomes(() => page.locator('[data-line="1:3"]').getAttribute('data-mark'), 'early');
  await click(page, STALE.slice(2));
  await becomes(() => count(page), 'step 19 / 19');
  await becomes(() => banner(page, 'bad').textContent(), /the guest saw flag=1, but KVM used the old bus/);

  await page.locator('[data-toggle="reader-mb"]').click();
  const note = page.locator('[data-replay]');
  await becomes(() => note.getAttribute('data-impossible'), '1:3r');
  await becomes(() => note.textContent(), /no longer possible.*smp_mb__after_srcu_read_lock/s);
  await becomes(() => page.locator('[data-struck="1:3r"]').count(), 1, 'the impossible step stays listed');
  await becomes(() => banner(page, 'bad').count(), 0);
  await searched(page);
  await becomes(() => verdict(page, 'stale:arm').getAttribute('data-answer'), 'no');

  // Nothing was lost: off again, and the whole schedule is back.
  await page.locator('[data-toggle="reader-mb"]').click();
  await becomes(() => count(page), 'step 19 / 19');
  await banner(page, 'bad').waitFor();
});

test('x86-TSO never shows it, and cannot play the schedule', async () => {
  const page = await open();
  await click(page, STALE);
  await page.locator('[data-models] label', { hasText: 'x86-TSO' }).click();
  await searched(page);
  await becomes(() => verdict(page, 'stale:tso').getAttribute('data-answer'), 'no');
  // There the section may not even be entered before the flag is loaded.
  await becomes(() => page.locator('[data-replay]').getAttribute('data-impossible'), '1:1l');
  await becomes(() => banner(page, 'bad').count(), 0);
});

test('a line says what it would do, what may come of it, and why it waits', async () => {
  const page = await open('#/missed-doorbell?v=1&cpu=arm&off=&srcu=fast');
  const detail = page.locator('.detail');
  await page.locator('[data-line="1:1"]').hover();
  await becomes(() => detail.textContent(), /line \d+/);
  // By focus as well.
  await page.mouse.move(0, 0);
  await page.locator('[data-line="1:3"] button.line-main').focus();
  await becomes(() => detail.textContent(), /waits for/);
  // With the barrier no step can lead to a bad end.
  await page.waitForFunction(() => document.querySelectorAll('.line [data-prospect="no"]').length >= 3);
  await becomes(() => page.locator('.line [data-prospect="yes"]').count(), 0);
});

test('before the lookup is done early, some steps keep the bad outcome possible and one does not', async () => {
  const page = await open();
  const mark = (name) => step(page, name).locator('[data-prospect]');
  await mark('1:0r').waitFor();
  // The flag is still 0: who reads it now has not seen the registration.
  await becomes(() => mark('1:0r').getAttribute('data-prospect'), 'no');
  await becomes(() => mark('1:1l').getAttribute('data-prospect'), 'yes');
});

test('Show me plays the shortest schedule', async () => {
  const page = await open('#/missed-doorbell?v=1&cpu=sc&off=reader-mb&srcu=fast');
  // It cannot happen on SC, so the button names a model on which it can.
  const show = page.locator('[data-show^="stale:"]');
  const model = (await show.getAttribute('data-show')).split(':')[1];
  await becomes(() => verdict(page, `stale:${model}`).getAttribute('data-answer'), 'yes');
  await show.click();
  await banner(page, 'bad').waitFor();
  await becomes(() => page.locator('[data-models] input:checked').inputValue(), model);
  await becomes(() => banner(page, 'bad').textContent(), /the guest saw flag=1/);
});

test('Show me plays step by step, and can be stopped', async () => {
  const page = await open('', { reducedMotion: 'no-preference' });
  await page.locator('[data-show="stale:arm"]').click();
  await page.locator('[data-play="true"]').waitFor();
  await page.waitForFunction(() => Number(document.querySelector('main').dataset.at) >= 2);
  await page.locator('[data-play="true"]').click();
  const at = await count(page);
  await page.waitForTimeout(1200);
  assert.equal(await count(page), at, 'it has stopped');
  await page.locator('[data-play="false"]').click();
  await page.waitForFunction((before) => document.querySelector('[data-count]').textContent !== before, at);
});

test('the names of the lanes stay in sight on a narrow screen', async () => {
  const page = await open(`#/missed-doorbell?v=1&cpu=arm&srcu=fast&off=reader-mb&do=${STALE.join('.')}`, { width: 360 });
  const scroller = page.locator('.timeline .picture');
  await becomes(() => scroller.evaluate((element) => element.scrollLeft), (left) => left > 0, 'the present is in sight');
  const outer = await scroller.boundingBox();
  const names = await page.locator('.timeline .names').boundingBox();
  assert.ok(Math.abs(names.x - outer.x) < 1, `${names.x} and ${outer.x}`);
  await becomes(() => page.locator('.timeline .names').textContent(), /vCPU 0/);
});

test('a use after free is shown, too', async () => {
  const page = await open('#/freed-bus');
  await searched(page);
  await page.locator('[data-show]').first().click();
  await banner(page, 'bad').waitFor();
  await becomes(() => page.locator('.picture svg').first().textContent(), /freed/);
});

test('a link restores the identical state', async () => {
  const page = await open();
  await click(page, STALE.slice(0, 12));
  await page.locator('[data-back]').click();
  await page.locator('[data-toggle="publish"]').click();
  const hash = await address(page);
  const before = await seen(page);
  const other = await open(hash);
  await becomes(() => seen(other), before);
  await becomes(() => address(other), hash);
});

test('a link opened within the page is followed, and the address is kept up', async () => {
  const page = await open();
  await page.evaluate(() => { location.hash = '#/store-buffering?v=1&cpu=tso'; });
  await page.waitForFunction(() => document.querySelector('[data-scenario]').value === 'store-buffering');
  await page.locator('[data-step]').first().click();
  await becomes(() => address(page), /^#\/store-buffering\?v=1.*do=/);
});

test('a link is followed also when the page hears of it late, and is about to write the address', async () => {
  const late = 1500; // Well over the pause after which the page writes its address.
  const page = await open('', {
    prepare: (context) => context.addInitScript((ms) => {
      const listen = window.addEventListener.bind(window);
      window.addEventListener = (type, listener, ...more) => listen(
        type, type === 'hashchange' ? (event) => setTimeout(() => listener(event), ms) : listener, ...more,
      );
    }, late),
  });
  await settled(page);
  await page.locator('[data-step]').first().click();
  await page.evaluate(() => { location.hash = '#/store-buffering?v=1&cpu=tso'; });
  await page.waitForFunction(() => document.querySelector('[data-scenario]').value === 'store-buffering');
  await becomes(() => address(page), /^#\/store-buffering\?v=1&cpu=tso/);
  await page.locator('[data-step]').first().click();
  await becomes(() => address(page), /^#\/store-buffering\?v=1.*do=/);
});

test('the link can be copied', async () => {
  const page = await open('', { prepare: (context) => context.grantPermissions(['clipboard-read', 'clipboard-write']) });
  await click(page, STALE.slice(0, 2));
  await page.locator('[data-copy]').click();
  await page.locator('[data-said]', { hasText: 'copied' }).waitFor();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(text, /#\/missed-doorbell\?.*do=1:1l\.1:3r/);
});

test('by keyboard alone', async () => {
  const page = await open();
  const key = (name) => page.keyboard.press(name);
  const focused = (selector) => page.evaluate((s) => document.activeElement.matches(s), selector);
  for (let tabs = 0; tabs < 30 && !await focused('button.line-main'); tabs += 1) await key('Tab');
  assert.ok(await focused('button.line-main'), 'Tab reaches the lines');
  for (const name of STALE) {
    await step(page, name).waitFor();
    await key(await step(page, name).locator('.key').textContent());
  }
  await banner(page, 'bad').waitFor();
  await key('ArrowLeft');
  await becomes(() => count(page), 'step 18 / 19');
  await key('PageDown');
  await becomes(() => count(page), 'step 19 / 19');
  // To the barriers, and the reader's on.
  for (let tries = 0; tries < 8 && !await focused('[data-toggle="reader-mb"]'); tries += 1) await key('b');
  await key(' ');
  await becomes(() => page.locator('[data-replay]').getAttribute('data-impossible'), '1:3r');
  await key('?');
  await page.locator('dialog[open]').waitFor();
  await key('r');
  await settled(page);
  assert.notEqual(await count(page), 'step 0 / 0', 'the dialog keeps the keys to itself');
  await key('Escape');
  await page.locator('dialog[open]').waitFor({ state: 'detached' });
  await key('r');
  await becomes(() => count(page), 'step 0 / 0');
});

test('Tab reaches every control, or the group in which arrows reach it', async () => {
  const page = await open();
  await click(page, STALE.slice(0, 4));
  const controls = '.lab :is(button, select, [role="button"], [role="tab"]):not(:disabled)';
  const stranded = await page.evaluate((selector) => [...document.querySelectorAll(selector)]
    .filter((element) => element.tabIndex < 0 && element.getClientRects().length > 0)
    .filter((element) => !element.closest('[role="tablist"], .timeline .lanes'))
    .map((element) => element.outerHTML), controls);
  assert.deepEqual(stranded, []);

  // Each group is one stop, and arrows lead from its first member to all the others.
  for (const [group, name] of [['[role="tablist"]', 'data-tab'], ['.timeline .lanes', 'data-index']]) {
    const members = page.locator(`${group} [${name}]`);
    const names = await members.evaluateAll((all, attribute) => all.map((it) => it.getAttribute(attribute)), name);
    assert.ok(names.length >= 4, group);
    const stop = page.locator(`${group} [${name}][tabindex="0"]`);
    await becomes(() => stop.count(), 1, `${group} has one stop`);
    const at = (wanted) => page.waitForFunction(
      ([attribute, value]) => document.activeElement.getAttribute(attribute) === value, [name, wanted], { timeout: patience(5000) });
    await stop.focus();
    await page.keyboard.press('Home');
    await at(names[0]);
    for (const next of names.slice(1)) {
      await page.keyboard.press('ArrowRight');
      await at(next);
      await becomes(() => stop.count(), 1, `${group} has one stop`);
    }
  }
});

test('keys outside do nothing, and keys inside do not leak', async () => {
  const page = await open();
  await page.evaluate(() => {
    document.body.insertAdjacentHTML('afterbegin', '<button id="outside">outside</button>');
    window.leaked = [];
    document.body.addEventListener('keydown', (event) => window.leaked.push(event.key));
  });
  await page.locator('#outside').focus();
  await page.keyboard.press('1');
  await settled(page);
  assert.equal(await count(page), 'step 0 / 0');
  await page.locator('[data-line="1:0"] button').focus();
  await page.keyboard.press('1');
  await page.keyboard.press('ArrowLeft');
  await becomes(() => page.evaluate(() => window.leaked), ['1']);
  await becomes(() => count(page), 'step 0 / 1');
});

test('a damaged link opens as far as it goes and says what is wrong', async () => {
  const hash = '#/missed-doorbell?v=1&cpu=vax&off=reader-mb,nonsense&do=1:1l.wrong&at=x';
  const page = await open(hash);
  const note = page.locator('[data-problems]');
  const text = await note.textContent();
  for (const part of [/vax/, /nonsense/, /wrong/]) assert.match(text, part);
  await becomes(() => count(page), 'step 1 / 1', 'what can be understood is done');
  await becomes(() => address(page), hash, 'the link stays as it was');
  await axe(page);
  await page.locator('[data-dismiss]').click();
  await becomes(() => note.count(), 0);
  await becomes(() => address(page), /do=1:1l$/);
});

test('a link to a scenario that does not exist says so', async () => {
  const page = await open('#/no-such-thing?v=1&do=0:0b');
  await becomes(() => page.locator('[data-problems]').textContent(), /no scenario “no-such-thing”/);
});

test('every scenario opens, is searched and has no complaint', async () => {
  const page = await open();
  const ids = await page.locator('[data-scenario] option').evaluateAll((options) => options.map((option) => option.value));
  assert.ok(ids.length >= 6);
  for (const id of ids) {
    await page.locator('[data-scenario]').selectOption(id);
    await searched(page);
    await becomes(() => page.locator('.line [data-step]').count(), (steps) => steps > 0, id);
    await becomes(() => page.locator('[data-answer="not known"]').count(), 0, id);
    await noSidewaysScroll(page);
  }
});

test('the single live region says what happened, and stays', async () => {
  const page = await open();
  await becomes(() => page.locator('[aria-live]').count(), 1);
  const region = await page.locator('[data-live]').elementHandle();
  await click(page, ['1:1l']);
  await becomes(() => region.textContent(), /Step 1\..*vCPU 0/);
  assert.ok(await region.evaluate((element) => element.isConnected), 'the element is the same');
});

test('the theme is chosen and kept', async () => {
  const page = await open();
  const theme = () => page.evaluate(() => document.documentElement.dataset.theme ?? 'auto');
  await becomes(() => theme(), 'auto');
  await page.locator('[data-theme-button]').click();
  await page.locator('[data-theme-button]').click();
  await becomes(() => theme(), 'dark');
  await page.reload();
  await page.locator('[data-theme-button="dark"]').waitFor();
  await becomes(() => theme(), 'dark');
});

test('the embedded view shows program, hardware and timeline, and never rewrites its address', async () => {
  const page = await open(EMBED, { width: 720, height: 480 });
  for (const part of ['.panel.programs', '.panel.hardware', '.panel.timeline', '.panel.say']) {
    const box = await page.locator(part).boundingBox();
    assert.ok(box.y >= 0 && box.y + box.height <= 480 && box.height > 20, `${part} is in sight: ${JSON.stringify(box)}`);
  }
  await becomes(() => page.locator('.verdicts').count(), 0);
  await noSidewaysScroll(page);
  const full = () => page.locator('[data-full]').getAttribute('href');
  const before = await full();
  await page.locator('[data-step]').first().click();
  await becomes(() => address(page), EMBED);
  await becomes(full, (link) => link !== before, 'the link carries the present state');
  assert.ok(!(await full()).includes('embed'));
  await axe(page);
});

for (const theme of ['light', 'dark']) {
  test(`axe finds nothing in the middle of the story (${theme})`, async () => {
    const page = await open('', { theme });
    await click(page, STALE.slice(0, 9));
    await page.locator('[data-transcript-button]').click();
    await page.locator('.story summary').click();
    await axe(page);
    await page.locator('[data-toggle="reader-mb"]').click();
    await axe(page);
    await page.locator('[data-toggle="reader-mb"]').click();
    await click(page, STALE.slice(9));
    await axe(page);
    await page.locator('[data-keys]').click();
    await page.locator('dialog[open]').waitFor();
    await axe(page);
  });
}

test('with everything open nothing covers anything', async () => {
  const page = await open();
  await click(page, STALE);
  await page.locator('[data-toggle="reader-mb"]').click();
  await page.locator('[data-transcript-button]').click();
  await page.locator('.story summary').click();
  const parts = ['header', '.story-text', '.tabs', '.programs', '.hardware', '.verdicts', '.say', '.timeline'];
  const boxes = await Promise.all(parts.map(async (part) => [part, await page.locator(part).boundingBox()]));
  for (const [at, [name, a]] of boxes.entries()) {
    for (const [other, b] of boxes.slice(at + 1)) {
      const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
      assert.ok(apart, `${name} ${JSON.stringify(a)} and ${other} ${JSON.stringify(b)}`);
    }
  }
  // In what is said, the sentences stop before the buttons.
  const buttons = await page.locator('.say-buttons').boundingBox();
  for (const text of await page.locator('.say-now > *').all()) {
    const box = await text.boundingBox();
    assert.ok(box.x + box.width <= buttons.x, `${await text.textContent()}: ${JSON.stringify(box)}`);
  }
});

test('one screen at 1280×800', async () => {
  const page = await open();
  const scrolls = () => page.evaluate(() => document.documentElement.scrollHeight > innerHeight);
  await becomes(() => scrolls(), false);
  await click(page, STALE);
  await becomes(() => scrolls(), false);
  await page.locator('[data-toggle="reader-mb"]').click();
  await becomes(() => scrolls(), false);
});

for (const width of [320, 360, 820, 900, 1280, 1920]) {
  test(`no sideways scrolling at ${width} in the middle of the story`, async () => {
    const page = await open('', { width });
    await click(page, STALE);
    await noSidewaysScroll(page);
    await page.locator('[data-toggle="reader-mb"]').click();
    await noSidewaysScroll(page);
  });
}
