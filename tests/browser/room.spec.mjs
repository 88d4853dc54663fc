// Room enough: names of models in the verdict strip, the barrier matrix beside the programs, labels of the timeline, and
// what is said of a line.
import assert from 'node:assert/strict';
import { becomes, noSidewaysScroll, open, test } from './helpers.mjs';

const STALE = '#/missed-doorbell?v=1&cpu=arm&srcu=fast&off=reader-mb&do=0:0b.0:0d.0:1b.0:2b.0:3b.1:1l.1:3r.0:1d.0:2d.0:3d.1:0r';
// The outcome can happen on every model: the widest words. And on some.
const EVERYWHERE = '#/slots-lock?v=1&cpu=arm&off=look-a,look-b';

for (const [width, where] of [1280, 1101, 900, 720, 360, 320].flatMap((width) => [[width, EVERYWHERE], [width, STALE]])) {
  test(`${where.slice(2, 12)}…, ${width} pixels: the answers on all models stand in one row, and none touches another`, async () => {
    const page = await open(where, { width });
    await page.locator('[data-searched="complete"]').waitFor();
    const cells = await page.evaluate(() => [...document.querySelector('.goal').querySelectorAll('.answer:not(.axioms)')].map((cell) => {
      const range = document.createRange();
      const widths = [...cell.children].map((child) => {
        range.selectNodeContents(child);
        return range.getBoundingClientRect();
      });
      const box = cell.getBoundingClientRect();
      return {
        name: cell.dataset.verdict,
        top: Math.round(box.top),
        left: Math.min(...widths.map((text) => text.left)) - box.left,
        right: box.right - Math.max(...widths.map((text) => text.right)),
      };
    }));
    assert.equal(cells.length, 5);
    assert.equal(new Set(cells.map(({ top }) => top)).size, 1, JSON.stringify(cells));
    for (const cell of cells) assert.ok(Math.min(cell.left, cell.right) >= 1.5, JSON.stringify(cell));
    const power = cells.find(({ name }) => name.endsWith(':power'));
    assert.ok(Math.min(power.left, power.right) >= 4, JSON.stringify(power));
    await noSidewaysScroll(page);
  });
}

for (const id of ['missed-doorbell', 'cost', 'tree-srcu']) {
  test(`${id}: at 1280 pixels the barrier matrix shows every model and every barrier`, async () => {
    const page = await open(`#/${id}?v=1&cpu=arm&tab=matrix`);
    const place = page.locator('.matrix-table');
    await page.locator('.cell:not(.open)').first().waitFor();
    await page.locator('[data-matrix-note]').waitFor();
    await becomes(() => page.locator('.cell.open').count(), 0);
    await becomes(() => place.evaluate((element) => element.scrollWidth - element.clientWidth), (over) => over <= 0, 'it scrolls sideways');
    // What a choice is can be told apart.
    const cut = await page.locator('.mark-cell').evaluateAll((all) => all.filter((cell) => cell.scrollWidth > cell.clientWidth + 1)
      .map((cell) => cell.textContent));
    assert.ok(cut.every((text) => text.length > 8), `cut off: ${[...new Set(cut)]}`);
  });
}

test('where the matrix is wider than its place, it scrolls along with the keys', async () => {
  const page = await open('#/tree-srcu?v=1&cpu=arm&tab=matrix', { width: 360, height: 740 });
  const place = page.locator('.matrix-table');
  await page.locator('.cell:not(.open)').first().waitFor();
  const over = await place.evaluate((element) => element.scrollWidth - element.clientWidth);
  assert.ok(over > 0, 'it is wider');
  await place.locator('[data-cell][tabindex="0"]').focus();
  await page.keyboard.press('End');
  await becomes(() => place.evaluate((element) => Math.round(element.scrollLeft)), (left) => left > 0);
  await noSidewaysScroll(page);
});

for (const [size, box] of [['720×480', { width: 720, height: 480 }], ['360×480', { width: 360, height: 480 }]]) {
  test(`an embed of ${size}: each store of the timeline is named, and nothing is cut`, async () => {
    const page = await open(`${STALE}&view=embed`, box);
    const labels = page.locator('.lanes .label');
    await becomes(() => labels.allTextContents(), (all) => ['bus v2 = 2', 'buses[MMIO] = bus v2', 'call_srcu', 'flag = 1', 'reads bus v1: stale'].every((name) => all.includes(name)));
    // Each begins, ends or stands at its own event.
    const away = await page.locator('.lanes [data-index]').evaluateAll((all) => all.flatMap((event) => {
      const label = event.querySelector('.label')?.getBoundingClientRect();
      const hit = event.querySelector('.hit').getBoundingClientRect();
      const x = (hit.left + hit.right) / 2;
      return label && (label.left - x > 6 || x - label.right > 6) ? [event.querySelector('.label').textContent] : [];
    }));
    assert.deepEqual(away, []);
    const over = await page.locator('.timeline .picture').first().evaluate((place) => place.scrollHeight - place.clientHeight);
    assert.ok(over <= 0, `${over} pixels of the lanes are out of sight`);
  });
}

for (const width of [1280, 320]) {
  test(`${width} pixels: what is said of a line never scrolls, however long it is, and moves no line`, async () => {
    const page = await open('#/missed-doorbell?v=1&cpu=arm', { width });
    const line = page.locator('[data-line="0:0"]');
    const before = await line.boundingBox();
    await line.locator('.line-main').focus();
    await page.locator('.detail[data-detail]').waitFor();
    // Longer than any that the scenarios have.
    await page.locator('.detail-text').evaluate((text) => { text.append(' Then lines 63 and 64 may happen.'.repeat(12)); });
    const how = await page.locator('.detail').evaluate((detail) => {
      const text = detail.querySelector('.detail-text').getBoundingClientRect();
      detail.scrollTop = 20;
      const box = detail.getBoundingClientRect();
      return { scrolled: detail.scrollTop, overflow: getComputedStyle(detail).overflowY, longer: text.height > box.height };
    });
    assert.deepEqual(how, { scrolled: 0, overflow: 'visible', longer: true });
    const after = await line.boundingBox();
    assert.ok(Math.abs(after.height - before.height) < 1 && Math.abs(after.x - before.x) < 1);
    await noSidewaysScroll(page);
  });
}

for (const [width, height] of [[720, 480], [600, 400], [360, 640]]) {
  test(`embedded, ${width} × ${height}: no line of a program is broken in a word`, async () => {
    const page = await open('#/missed-doorbell?view=embed', { width, height });
    await page.locator('.line-text').first().waitFor();
    const breaks = await page.evaluate(() => [...document.querySelectorAll('.line-text')].flatMap((line) => {
      const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
      const chars = [];
      while (walker.nextNode()) {
        const { currentNode: node } = walker;
        for (let at = 0; at < node.length; at += 1) {
          const range = document.createRange();
          range.setStart(node, at);
          range.setEnd(node, at + 1);
          chars.push([node.data[at], range.getClientRects()[0]?.top]);
        }
      }
      const drawn = chars.filter(([, top]) => top !== undefined);
      return drawn.flatMap(([, top], at) => (at > 0 && top > drawn[at - 1][1] + 4 ? [`${drawn[at - 1][0]}|${line.textContent}`] : []));
    }));
    for (const found of breaks) assert.match(found, /^[ (_]\|/, 'it is broken behind this character');
    await noSidewaysScroll(page);
  });
}

for (const [width, height] of [[1280, 800], [1366, 768], [1920, 1080]]) {
  test(`${width} × ${height}: the barrier matrix has room for its rows, and the sentences open by keyboard`, async () => {
    const page = await open('#/missed-doorbell?v=1&cpu=arm&off=reader-mb&srcu=fast&tab=matrix', { width, height });
    await page.locator('[data-matrix="complete"]').waitFor();
    const rows = () => page.evaluate(() => {
      const table = document.querySelector('.matrix-table').getBoundingClientRect();
      const head = document.querySelector('.matrix-table thead').getBoundingClientRect();
      const row = document.querySelector('[data-row]').getBoundingClientRect();
      return (table.bottom - head.height - table.top) / row.height;
    });
    assert.ok(await rows() >= 3, `${await rows()} rows`);
    const summary = page.locator('.matrix-sets summary');
    await summary.focus();
    await page.keyboard.press('Enter');
    await page.locator('[data-sets]').waitFor({ state: 'visible' });
    await page.keyboard.press('Enter');
    await page.locator('[data-sets]').waitFor({ state: 'hidden' });
  });
}
