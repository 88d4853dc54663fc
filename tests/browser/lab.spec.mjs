// The litmus lab: what is written there is what runs, under the policy of the finished site and of the single file.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DIST, axe, becomes, noSidewaysScroll, open, patience, serve, test } from './helpers.mjs';

const SINGLE = pathToFileURL(join(DIST, 'stale-bus.html')).href;
const LAB = '#/missed-doorbell?v=1&tab=lab';

/** Opens the lab and waits for the editor. */
async function lab(where = LAB, options = {}) {
  const page = await open(where, { height: 900, ...options });
  await page.locator('[data-editor] .cm-content').waitFor();
  return page;
}

/** What is in the editor; CodeMirror keeps only what can be seen in the document. */
const text = (page) => page.locator('.cm-content').evaluate((content) => content.innerText);

async function template(page, name) {
  const options = page.locator('[data-template] option');
  const label = (await options.allTextContents()).find((option) => option.startsWith(`${name}:`));
  assert.ok(label, `there is a template ${name}`);
  await page.locator('[data-template]').selectOption({ label });
}

/** Selects the first piece of text that the editor finds, as a reader would with Ctrl F. */
async function find(page, words) {
  await page.locator('.cm-content').click();
  await page.keyboard.press('Control+f');
  // CodeMirror takes the words over key by key.
  await page.locator('.cm-search input[name=search]').fill('');
  await page.locator('.cm-search input[name=search]').pressSequentially(words);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
}

const status = (page) => page.locator('[data-lab-status]');
const answer = (page, model) => page.locator(`.verdicts [data-verdict$=":${model}"]`).first();

test('an error is marked where it is, and the last good test stays', async () => {
  const page = await lab();
  await template(page, 'SB');
  await status(page).filter({ hasText: 'No errors' }).waitFor();
  await page.locator('.line-main').filter({ hasText: 'WRITE_ONCE(*x, 1);' }).waitFor();
  await find(page, 'WRITE_ONCE');
  await page.keyboard.type('WRITE_ONC');
  await status(page).filter({ hasText: 'One error. The page still shows the last test' }).waitFor();
  // In the text, in the gutter, in the list, with place and suggestion.
  await becomes(() => page.locator('.cm-lintRange-error').count(), 1);
  await becomes(() => page.locator('.cm-gutter-lint .cm-lint-marker-error').count(), 1);
  const problem = page.locator('[data-problem=error]');
  await becomes(() => problem.textContent(), /^14:2 .*WRITE_ONC/);
  await becomes(() => problem.textContent(), /did you mean `WRITE_ONCE`/);
  await becomes(() => page.locator('[data-said]').textContent(), /one error/);
  await becomes(() => page.locator('.line-main').filter({ hasText: 'WRITE_ONCE(*x, 1);' }).count(), 1);
  // The message leads to its place; there it is mended.
  await problem.getByRole('button').click();
  await find(page, 'WRITE_ONC');
  await page.keyboard.type('WRITE_ONCE');
  await status(page).filter({ hasText: 'No errors' }).waitFor();
  await becomes(() => page.locator('.cm-lintRange-error').count(), 0);
});

test('what is typed is stepped, judged, and in the link', async () => {
  const page = await lab();
  await template(page, 'MP');
  await answer(page, 'arm').filter({ hasText: 'yes' }).waitFor();
  await answer(page, 'tso').filter({ hasText: 'no' }).waitFor();
  // A release: then PSO cannot any more.
  await answer(page, 'pso').filter({ hasText: 'yes' }).waitFor();
  await find(page, 'WRITE_ONCE(*flag, 1)');
  await page.keyboard.type('smp_store_release(flag, 1)');
  await answer(page, 'pso').filter({ hasText: 'no' }).waitFor();
  await page.locator('.line-main').filter({ hasText: 'smp_store_release' }).waitFor();
  // A step, on the machine that the text describes.
  await page.locator('.line-main').filter({ hasText: 'READ_ONCE(*data)' }).click();
  await page.locator('main[data-at="1"]').waitFor();
  await page.waitForFunction(() => location.hash.includes('z=') && location.hash.includes('do='));
  const address = page.url();

  const again = await lab(address);
  await becomes(() => text(again), /smp_store_release\(flag, 1\);/);
  await becomes(() => again.locator('main').getAttribute('data-at'), '1');
  await becomes(() => again.locator('[data-problems]').count(), 0);
  await becomes(() => again.locator('[data-scenario]').inputValue(), '');
});

test('an edit keeps the schedule as long as it still fits', async () => {
  const page = await lab();
  await template(page, 'SB');
  await page.locator('.line-main').filter({ hasText: 'WRITE_ONCE(*x, 1);' }).click();
  await page.locator('main[data-at="1"]').waitFor();
  await find(page, 'smp_mb() in both');
  await page.keyboard.type('A barrier in both');
  // Longer than the pause after which a text is read.
  await page.waitForTimeout(patience(400));
  await becomes(() => page.locator('main').getAttribute('data-at'), '1');
  await find(page, 'WRITE_ONCE(*x, 1)');
  await page.keyboard.type('atomic_read(x)');
  await page.locator('main[data-at="0"]').waitFor();
});

test('every template opens without a remark', async () => {
  const page = await lab();
  const labels = (await page.locator('[data-template] option').allTextContents()).slice(1);
  assert.equal(labels.length, 11);
  for (const label of labels) {
    await page.locator('[data-template]').selectOption({ label });
    const name = label.split(':')[0];
    await page.locator('[data-said]').filter({ hasText: `test ${name}.` }).waitFor();
    await status(page).filter({ hasText: 'No errors' }).waitFor();
  }
});

test('a file is opened, and one is dropped', async () => {
  const page = await lab();
  const source = await readFile(new URL('../../crates/lessons/templates/IRIW.litmus', import.meta.url), 'utf8');
  await page.locator('[data-file]').setInputFiles({ name: 'a.litmus', mimeType: 'text/plain', buffer: Buffer.from(source) });
  await page.locator('[data-cpu="3"]').waitFor();
  const drop = (name, bytes) => page.locator('.lab-panel').evaluate((panel, [file, content]) => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array(content)], file));
    panel.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
  }, [name, [...bytes]]);
  await drop('b.litmus', Buffer.from(source.replace('IRIW', 'dropped')));
  await page.locator('[data-said]').filter({ hasText: 'test dropped.' }).waitFor();
  // What is no test is refused, and says why; the text stays.
  await drop('c.png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 1]));
  await page.locator('[data-said]').filter({ hasText: 'c.png is no text' }).waitFor();
  await drop('d.litmus', Buffer.alloc(300 * 1024, 'x'));
  await page.locator('[data-said]').filter({ hasText: 'd.litmus has 300 KiB; a test has at most 256 KiB' }).waitFor();
  await becomes(() => text(page), /C dropped/);
});

test('a file dropped on the editor itself is opened, not pasted', async () => {
  const page = await lab();
  await page.locator('.cm-content').evaluate((content) => {
    const data = new DataTransfer();
    data.items.add(new File(['C on-top\n\n{}\n\nP0(int *x)\n{\n\tWRITE_ONCE(*x, 1);\n}\n\nexists (x=1)\n'], 'e.litmus'));
    content.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true, composed: true }));
  });
  await page.locator('[data-said]').filter({ hasText: 'test on-top.' }).waitFor();
  await becomes(() => text(page), /^C on-top/);
});

test('the text is downloaded as it is', async () => {
  const page = await lab();
  await template(page, 'LB');
  await status(page).filter({ hasText: 'No errors' }).waitFor();
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('[data-save]').click()]);
  assert.equal(download.suggestedFilename(), 'LB.litmus');
  const source = await readFile(new URL('../../crates/lessons/templates/LB.litmus', import.meta.url), 'utf8');
  assert.equal(await readFile(await download.path(), 'utf8'), source);
});

test('what was written is offered again after a reload, errors and all', async () => {
  const page = await lab();
  await template(page, 'SB');
  await find(page, 'C SB');
  await page.keyboard.type('C mine');
  await find(page, 'exists');
  await page.keyboard.type('exits');
  await status(page).filter({ hasText: 'error' }).waitFor();
  await page.goto('about:blank');
  await page.goBack();
  await page.locator('[data-editor] .cm-content').waitFor();
  await page.locator('[data-kept]').selectOption({ label: '1. mine' });
  await status(page).filter({ hasText: 'error' }).waitFor();
  await becomes(() => text(page), /C mine[^]*exits/);
  // Another scenario does not lose it either.
  await page.locator('[data-scenario]').selectOption('publish');
  await page.waitForFunction(() => location.hash.includes('/publish'));
  await becomes(() => page.locator('[data-kept] option').allTextContents(), (kept) => kept.includes('1. mine'));
});

test('the editor is loaded when the lab is opened, and not before', async () => {
  const asked = [];
  const page = await open('#/missed-doorbell?v=1', {
    prepare: async (context) => { context.on('request', (request) => asked.push(request.url())); },
  });
  await page.locator('.verdicts [data-verdict]').first().waitFor();
  assert.deepEqual(asked.filter((url) => url.includes('editor')), []);
  await page.locator('[data-tab=lab]').click();
  await page.locator('.cm-content').waitFor();
  assert.equal(new Set(asked.filter((url) => url.includes('editor'))).size, 1);
});

test('without the editor there is a plain text field that does the same', async () => {
  const page = await open(LAB, {
    ready: '[data-plain]',
    prepare: (context) => context.route('**/editor-*.js', (route) => route.abort()),
    allow: [/ERR_FAILED/],
  });
  const field = page.getByRole('textbox', { name: 'Litmus test' });
  const source = await field.inputValue();
  await field.fill(source.replace('C missed-doorbell', 'C plain').replace('READ_ONCE(*flag)', 'READ_ONC(*flag)'));
  await page.locator('[data-problem=error]').filter({ hasText: 'READ_ONC' }).waitFor();
  await field.fill(source.replace('C missed-doorbell', 'C plain'));
  await page.locator('[data-said]').filter({ hasText: 'test plain.' }).waitFor();
});

test('a link with a damaged test says so and shows a scenario', async () => {
  const page = await open('#/?v=1&z=AQZZ');
  await page.locator('[data-problems]').filter({ hasText: 'the test in this link is damaged' }).waitFor();
  await page.locator('.line-main').first().waitFor();
});

test('keyboard alone: into the lab, typing, out again', async () => {
  const page = await lab('#/store-buffering?v=1&tab=lab');
  const inTab = () => page.evaluate(() => document.activeElement?.getAttribute('data-tab'));
  await page.locator('[data-tab=lab]').focus();
  await page.keyboard.press('Home');
  await becomes(() => inTab(), 'hardware');
  await page.locator('.panel.hardware').waitFor();
  await page.keyboard.press('ArrowRight');
  while (await inTab() !== 'lab') await page.keyboard.press('ArrowRight');
  await page.locator('.cm-content').waitFor();
  // Through the tools into the editor.
  const inEditor = () => page.evaluate(() => document.activeElement?.hasAttribute('data-editor'));
  for (let presses = 0; presses < 8 && !await inEditor(); presses += 1) await page.keyboard.press('Tab');
  await becomes(inEditor, true);
  // Letters are text here, no commands of the page; Tab indents.
  await page.keyboard.press('Control+End');
  await page.keyboard.type('r1 b');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await becomes(() => text(page), /r1 b\n\t/);
  await status(page).filter({ hasText: 'error' }).waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  await becomes(inEditor, (is) => !is);
});

for (const theme of ['light', 'dark']) {
  test(`axe finds nothing (${theme}), with an error and with the search open`, async () => {
    const page = await lab(LAB, { theme });
    await axe(page);
    await find(page, 'srcu_read_lock');
    await page.keyboard.type('srcu_read_lok');
    await status(page).filter({ hasText: 'error' }).waitFor();
    await page.keyboard.press('Control+f');
    await page.locator('.cm-search').waitFor();
    await axe(page);
  });
}

for (const width of [320, 360]) {
  test(`${width} px: no sideways scrolling, targets large enough`, async () => {
    const page = await lab(LAB, { width });
    await noSidewaysScroll(page);
    await axe(page);
    const small = await page.locator('.lab-panel button, .lab-panel select, .tab').evaluateAll((all) => all
      .map((element) => [element.textContent, element.getBoundingClientRect().height])
      .filter(([, height]) => height < 24));
    assert.deepEqual(small, []);
  });
}

test('one screen at 1280 × 800 with the lab open', async () => {
  const page = await lab(LAB, { height: 800 });
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  assert.ok(height <= 800, `${height}`);
});

test('the single file has the editor in itself', async () => {
  const page = await lab(`${SINGLE}${LAB}`);
  await template(page, 'publish');
  await status(page).filter({ hasText: 'No errors' }).waitFor();
  await page.locator('.line-main').filter({ hasText: 'rcu_assign_pointer' }).waitFor();
});

for (const name of ['index.html', 'stale-bus.html']) {
  test(`works in a sandboxed frame: ${name}`, async () => {
    const frame = `<!doctype html><html lang="en"><title>host</title>
<iframe title="Stale Bus" sandbox="allow-scripts" width="1200" height="800" src="/lab/${name}${LAB}"></iframe></html>`;
    const site = await serve({ base: '/lab/', pages: { '/': frame } });
    try {
      const page = await open(`${site.origin}/`, { ready: null });
      const inside = page.frameLocator('iframe');
      await inside.locator('.cm-content').waitFor();
      await inside.locator('[data-template]').selectOption('0');
      await inside.locator('[data-said]').filter({ hasText: 'test SB.' }).waitFor();
    } finally {
      await site.close();
    }
  });
}

test('the embed has no lab', async () => {
  const page = await open('#/missed-doorbell?v=1&tab=lab&view=embed', { width: 720, height: 480 });
  await page.locator('.panel.hardware').waitFor();
  await becomes(() => page.getByRole('tablist').count(), 0);
  await becomes(() => page.locator('[data-problems]').count(), 0);
});
