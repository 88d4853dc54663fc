// What can be carried away: link, pictures, traces, tests, embed.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { axe, becomes, noSidewaysScroll, open, serve, test } from './helpers.mjs';

const STALE = '#/missed-doorbell?v=1&cpu=arm&srcu=fast&off=reader-mb&do=0:0b.0:0d.0:1b.0:2b.0:3b.1:1l.1:3r.0:1d.0:2d.0:3d.1:0r';
const EXPORT = `${STALE}&tab=export`;

/** Opens the tool, with a clipboard that may be used. */
async function tool(where = EXPORT, { shows = '.panel.export', ...options } = {}) {
  const page = await open(where, {
    height: 900,
    prepare: (context) => context.grantPermissions(['clipboard-read', 'clipboard-write']),
    ...options,
  });
  await page.locator(shows).waitFor();
  return page;
}

const said = (page) => page.locator('[data-said]');

async function saved(page, button) {
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator(button).click()]);
  const bytes = await readFile(await download.path());
  await said(page).filter({ hasText: download.suggestedFilename() }).waitFor();
  return { name: download.suggestedFilename(), bytes };
}

async function copied(page, id) {
  await page.locator(`[data-copy-text=${id}]`).click();
  await said(page).filter({ hasText: 'Copied' }).waitFor();
  return page.evaluate(() => navigator.clipboard.readText());
}

test('the link is copied, and opens the same', async () => {
  const page = await tool();
  const link = await copied(page, 'link');
  await becomes(() => said(page).textContent(), /Copied: the link/);
  assert.ok(!link.includes('tab='));
  const again = await open(link);
  await becomes(() => again.locator('main').getAttribute('data-at'), '11');
});

test('each picture as SVG stands alone', async () => {
  const page = await tool();
  // Another page reads them: this one's policy would complain of the style in them.
  const reader = await page.context().newPage();
  const names = await page.locator('[data-picture] option').allTextContents();
  assert.deepEqual(names, ['Timeline', 'Hardware', 'Programs and store buffers', 'Execution graph', 'Transcript']);
  for (const label of names) {
    await page.locator('[data-picture]').selectOption({ label });
    const { name, bytes } = await saved(page, '[data-save-svg]');
    assert.match(name, /^missed-doorbell-[a-z]+\.svg$/);
    const svg = bytes.toString();
    // As a document of its own it is well-formed, has a size, a title and its own colours, and asks nobody for anything.
    const parsed = await reader.evaluate((text) => {
      const { documentElement: root } = new DOMParser().parseFromString(text, 'image/svg+xml');
      return [root.localName, Number(root.getAttribute('width')), root.querySelector('title')?.textContent];
    }, svg);
    assert.equal(parsed[0], 'svg', label);
    assert.ok(parsed[1] > 50, label);
    assert.ok(parsed[2], label);
    assert.match(svg, /<style>/);
    assert.doesNotMatch(svg, /var\(|href|url\(http/);
    // The preview is the picture itself, and the browser can draw it.
    const drawn = await page.locator('[data-preview]').evaluate((image) => image.decode().then(() => image.naturalWidth));
    assert.equal(drawn, parsed[1], label);
  }
});

for (const [tab, what, over] of [['Matrix', 'matrix', '[data-matrix=complete]'], ['Outcomes', 'outcomes', '[data-outcomes=complete]'], ['Cost', 'cost', '[data-chart] svg']]) {
  test(`the tool ${tab} is saved as a picture`, async () => {
    const page = await open(STALE, { theme: 'dark' });
    await page.locator('[role=tab]', { hasText: tab }).click();
    await page.locator(over).first().waitFor();
    const svg = await saved(page, `[data-carry-svg=${what}]:not([disabled])`);
    assert.match(svg.name, new RegExp(`^(missed-doorbell|stale-bus)-${what}\\.svg$`));
    const reader = await page.context().newPage();
    const [root, width, title] = await reader.evaluate((text) => {
      const { documentElement } = new DOMParser().parseFromString(text, 'image/svg+xml');
      return [documentElement.localName, Number(documentElement.getAttribute('width')), documentElement.querySelector('title')?.textContent];
    }, svg.bytes.toString());
    assert.equal(root, 'svg');
    assert.ok(width > 200 && title);
    // In the colours of the page, which is dark.
    assert.match(svg.bytes.toString(), /<rect width="100%" height="100%" fill="#1a2029"\/>/);
    const png = await saved(page, `[data-carry-png=${what}]`);
    assert.equal(png.bytes.subarray(1, 4).toString(), 'PNG');
    await axe(page);
  });
}

test('the verdicts are saved as a picture, as the strip says them', async () => {
  const page = await open(STALE);
  await page.locator('[data-searched=complete] .cure').first().waitFor();
  const answers = await page.locator('.verdicts .answer').evaluateAll((all) => all.map((answer) => answer.dataset.answer));
  const svg = await saved(page, '[data-carry-svg=verdicts]:not([disabled])');
  const reader = await page.context().newPage();
  const texts = await reader.evaluate((text) => {
    const parsed = new DOMParser().parseFromString(text, 'image/svg+xml');
    return [...parsed.querySelectorAll('text')].map((element) => element.textContent);
  }, svg.bytes.toString());
  // The same answers in the same order, behind the mark that says them too.
  const told = texts.map((text) => text.match(/^[●○?–] (yes|no|not judged|not finished)$/)?.[1]).filter(Boolean);
  assert.deepEqual(told, answers);
  assert.ok(texts.includes('LKMM'));
  assert.match(texts.join(' '), /Missing on Arm/);
  const png = await saved(page, '[data-carry-png=verdicts]');
  assert.equal(png.bytes.subarray(1, 4).toString(), 'PNG');
});

test('a PNG is a PNG, in the colours of its theme', async () => {
  const page = await tool();
  const corner = {};
  for (const dark of [false, true]) {
    await page.locator('[data-dark]').setChecked(dark);
    const { name, bytes } = await saved(page, '[data-save-png]');
    assert.equal(name, 'missed-doorbell-timeline.png');
    assert.deepEqual([...bytes.subarray(0, 8)], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    // Twice the size of the preview, for print.
    const natural = await page.locator('[data-preview]').evaluate((image) => image.naturalWidth);
    assert.equal(bytes.readUInt32BE(16), natural * 2);
    const colours = await page.evaluate(async (base64) => {
      const image = new Image();
      image.src = `data:image/png;base64,${base64}`;
      await image.decode();
      const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
      const context = canvas.getContext('2d');
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, image.width, image.height);
      const all = new Set();
      for (let at = 0; at < data.length; at += 4) all.add((data[at] << 16) | (data[at + 1] << 8) | data[at + 2]);
      return { corner: [...data.subarray(0, 4)], count: all.size };
    }, bytes.toString('base64'));
    corner[dark] = colours.corner;
    assert.ok(colours.count > 10, 'it is no empty picture');
  }
  assert.deepEqual(corner.false, [255, 255, 255, 255]);
  assert.deepEqual(corner.true, [26, 32, 41, 255]);
});

test('the trace as text and as JSON', async () => {
  const page = await tool();
  const text = await copied(page, 'transcript');
  assert.match(text, /^The missed doorbell\nCPU model: Arm\n/);
  assert.equal(text.split('\n').filter((line) => /^ *\d+ /.test(line)).length, 11);
  const { name, bytes } = await saved(page, '[data-save-text=json]');
  assert.equal(name, 'missed-doorbell.json');
  const trace = JSON.parse(bytes.toString());
  assert.equal(trace.schema, 'stale-bus-trace');
  assert.equal(trace.version, 1);
  assert.equal(trace.test.scenario, 'missed-doorbell');
  assert.deepEqual(trace.off, ['reader-mb']);
  assert.equal(trace.steps.map(({ step }) => step).join('.'), STALE.split('do=')[1]);
  assert.ok(trace.steps.every(({ sentence, fate }) => sentence && fate === 'done'));
});

test('the test for herd7 and as it is', async () => {
  const page = await tool();
  const herd = (await saved(page, '[data-save-text=herd]')).bytes.toString();
  assert.match(herd, /^C /);
  assert.doesNotMatch(herd, /call_srcu|smp_mb__after_srcu_read_lock|@toggle|\/\*@/);
  assert.match(herd, /synchronize_srcu/);
  // What is not exact, and for which setting it is, is said.
  const notes = await page.locator('[data-note=herd]').allTextContents();
  assert.ok(notes.length > 1, notes.join());
  const source = (await saved(page, '[data-save-text=source]')).bytes.toString();
  assert.equal(source, await readFile(new URL('../../scenarios/missed-doorbell.litmus', import.meta.url), 'utf8'));
});

test('the snippet embeds this moment in the size that was chosen', async () => {
  const page = await tool();
  await page.locator('[data-size=width]').fill('640');
  await page.locator('[data-size=height]').fill('10');
  await page.locator('[data-size=height]').press('Tab');
  await becomes(() => page.locator('[data-export-text=embed]').inputValue(), /width="640" height="420"/);
  const snippet = await copied(page, 'embed');
  assert.match(snippet, /width="640" height="420"/);
  assert.match(snippet, /sandbox="allow-scripts"/);
  assert.match(snippet, /title="Stale Bus: The missed doorbell"/);
  await becomes(() => page.locator('.export-outline').textContent(), '640 × 420');
  const site = await serve({ base: '/lab/', pages: { '/': `<!doctype html><html lang="en"><title>host</title>${
    snippet.replace(/src="[^"#]*/, 'src="/lab/index.html')}</html>` } });
  try {
    const host = await open(`${site.origin}/`, { ready: null });
    const inside = host.frameLocator('iframe');
    await inside.locator('main.embed[data-at="11"]').waitFor();
  } finally {
    await site.close();
  }
});

test('where the clipboard is refused, the text is selected', async () => {
  const frame = `<!doctype html><html lang="en"><title>host</title>
<iframe title="Stale Bus" sandbox="allow-scripts" width="1200" height="800" src="/lab/index.html${EXPORT}"></iframe></html>`;
  const site = await serve({ base: '/lab/', pages: { '/': frame } });
  try {
    const page = await open(`${site.origin}/`, { ready: null, allow: [/[Cc]lipboard|permissions policy|download is disallowed/] });
    const inside = page.frameLocator('iframe');
    await inside.locator('[data-copy-text=herd]').click();
    const field = inside.locator('[data-refused]');
    await field.waitFor();
    await becomes(() => inside.locator('[data-said]').textContent(), /may not use the clipboard/);
    const selected = await field.evaluate((area) => area.value.slice(area.selectionStart, area.selectionEnd));
    assert.match(selected, /^C /);
    await becomes(() => field.evaluate((area) => area.ownerDocument.activeElement === area), true);
    // So is the link, wherever it was asked for.
    await inside.locator('.tab[data-tab=hardware]').click();
    await inside.locator('[data-copy]').click();
    const link = inside.locator('[data-export-text=link]');
    await link.waitFor();
    await becomes(() => link.evaluate((input) => input.value.slice(input.selectionStart, input.selectionEnd)), /#\/missed-doorbell/);
    // A frame that forbids downloads is named as the likely reason.
    await inside.locator('[data-save-text=json]').click();
    await inside.locator('[data-said]').filter({ hasText: 'this frame forbids it' }).waitFor();
  } finally {
    await site.close();
  }
});

test('a test of the reader\'s own is exported, too', async () => {
  const page = await tool('#/missed-doorbell?v=1&tab=lab', { shows: '.cm-content' });
  await page.locator('[data-template]').selectOption('0');
  await said(page).filter({ hasText: 'test SB.' }).waitFor();
  await page.locator('.tab[data-tab=export]').click();
  const link = await copied(page, 'link');
  assert.match(link, /#\/\?.*z=/);
  const trace = JSON.parse((await saved(page, '[data-save-text=json]')).bytes.toString());
  assert.equal(trace.test.scenario, null);
  assert.match(trace.test.source, /^C SB/);
});

for (const theme of ['light', 'dark']) {
  test(`axe finds nothing (${theme})`, async () => {
    await axe(await tool(EXPORT, { theme }));
  });
}

for (const width of [320, 360]) {
  test(`${width} px: no sideways scrolling, targets large enough`, async () => {
    const page = await tool(EXPORT, { width });
    await noSidewaysScroll(page);
    await axe(page);
    const small = await page.locator('.export button, .export select').evaluateAll((all) => all
      .map((element) => [element.textContent, element.getBoundingClientRect().height])
      .filter(([, height]) => height < 24));
    assert.deepEqual(small, []);
  });
}

test('keyboard alone: from the tab to a copy', async () => {
  const page = await tool();
  await page.locator('.tab[data-tab=export]').focus();
  const on = () => page.evaluate(() => document.activeElement?.getAttribute('data-copy-text'));
  for (let presses = 0; presses < 6 && await on() !== 'link'; presses += 1) await page.keyboard.press('Tab');
  await becomes(() => on(), 'link');
  await page.keyboard.press('Enter');
  await said(page).filter({ hasText: 'Copied: the link' }).waitFor();
});
