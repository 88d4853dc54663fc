// What the first view runs: see `cargo xtask profile`. It opens the page with a module that notes which of its functions
// have been run, does what may well be done before the later half has come, and writes the numbers of those functions.
import { readFile, writeFile } from 'node:fs/promises';
import { after } from 'node:test';
import { open, test } from './helpers.mjs';

const noting = await readFile(process.env.STALEBUS_NOTING);
const ran = new Set();

async function first(where, options) {
  const page = await open(where, {
    prepare: async (context) => {
      await context.addInitScript(() => {
        Object.defineProperty(navigator, 'serviceWorker', { value: undefined });
        const { instantiateStreaming } = WebAssembly;
        WebAssembly.instantiateStreaming = async (...words) => {
          const made = await instantiateStreaming.apply(WebAssembly, words);
          globalThis.noted ??= made.instance.exports;
          return made;
        };
      });
      // The module is whole: nothing else may come, so that the page does without it.
      await context.route('**/later-*.wasm', () => {});
      await context.route('**/stalebus-*.wasm', (route) => route.fulfill({ body: noting, contentType: 'application/wasm' }));
    },
    ...options,
  });
  await page.locator('.programs [data-step]').first().waitFor();
  return page;
}

async function note(page) {
  const numbers = await page.evaluate(() => Object.entries(globalThis.noted)
    .filter(([name, note]) => name.startsWith('ran ') && note.value === 1)
    .map(([name]) => Number(name.slice(4))));
  for (const number of numbers) ran.add(number);
}

/** Steps by the first, the last or another line that may happen, as `which` says. */
async function steps(page, number, which = 'first') {
  for (let at = 1; at <= number; at += 1) {
    const offers = page.locator('.programs [data-step]');
    const offer = which === 'other' ? offers.nth(at % await offers.count()) : offers[which]();
    await offer.hover();
    await offer.click();
    await reached(page, at);
  }
}

const reached = (page, at) => page.waitForFunction((want) => document.querySelector('main').dataset.at === String(want), at);

test('the page as it opens, steps, a switch, and back', async () => {
  const page = await first('');
  for (const which of ['first', 'last', 'other']) {
    await steps(page, 9, which);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowRight');
    await page.locator('[data-scrubber]').focus();
    await page.keyboard.press('Home');
    await reached(page, 0);
  }
  await note(page);
});

test('by keyboard', async () => {
  const page = await first('');
  await steps(page, 1);
  // A step by its number, from line to line, back and forth, a barrier, and from the start.
  for (const [key, at] of [['1', 2], ['ArrowDown', 2], ['ArrowUp', 2], ['2', 3], ['ArrowLeft', 2], ['ArrowRight', 3], ['r', 0], ['b', 0], [' ', 0], ['1', 1]]) {
    await page.keyboard.press(key);
    await reached(page, at);
  }
  await note(page);
});

test('another model, and another choice', async () => {
  const page = await first('');
  const choice = page.locator('select[data-toggle]').first();
  for (const model of await page.locator('[data-models] label').all()) {
    await model.click();
    await model.locator(':checked').waitFor({ state: 'attached' });
    await page.locator('.programs [data-step]').first().click();
    await reached(page, 1);
    await page.locator('[data-back]').click();
    await reached(page, 0);
  }
  await choice.selectOption({ index: 1 });
  await steps(page, 2);
  await note(page);
  // With a schedule: it is replayed, as far as it goes.
  const again = await first('');
  await steps(again, 5);
  for (const model of await again.locator('[data-models] label').all()) {
    await model.click();
    await model.locator(':checked').waitFor({ state: 'attached' });
  }
  for (const index of [1, 2, 0]) {
    await again.locator('select[data-toggle]').first().selectOption({ index });
    await again.locator('select[data-toggle]').first().evaluate((choice, want) => choice.selectedIndex === want, index);
  }
  for (const toggle of await again.locator('[data-toggle][role=switch]').all()) {
    const was = await toggle.getAttribute('aria-checked');
    await toggle.click();
    await again.waitForFunction(([node, old]) => node.getAttribute('aria-checked') !== old, [await toggle.elementHandle(), was]);
  }
  await note(again);
});

test('much at once', async () => {
  for (const options of [{}, { width: 360, height: 740 }]) {
    const page = await first('', options);
    // What the pointer does to a line, twice in one task: a part that is to be drawn is told of a change again.
    for (let at = 1; at <= 4; at += 1) {
      const events = ['pointerover', 'mouseover', 'mouseenter', 'focusin', 'click', 'mouseout', 'mouseleave', 'mouseover', 'click'];
      await page.locator('.programs [data-step]').first().evaluate((line, names) => {
        const kind = (name) => (name === 'focusin' ? FocusEvent : name.startsWith('pointer') ? PointerEvent : MouseEvent);
        for (const name of names) line.dispatchEvent(new (kind(name))(name, { bubbles: true, composed: true }));
        dispatchEvent(new Event('resize'));
      }, events);
      await reached(page, at);
    }
    await page.evaluate(() => {
      for (const key of ['ArrowLeft', 'ArrowLeft', 'ArrowRight']) document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    });
    await note(page);
  }
});

// On a slow machine a page hears of more before it has drawn what came first, and runs other functions.
for (const slow of [1, 6]) {
  test(`back to the start, and a switch, ${slow} times slower`, async () => {
    const page = await first('', { slow });
    await steps(page, 4);
    await page.keyboard.press('ArrowLeft');
    await reached(page, 3);
    await page.locator('[data-scrubber]').focus();
    await page.keyboard.press('Home');
    await reached(page, 0);
    const toggle = page.locator('[data-toggle]').first();
    const was = await toggle.getAttribute('aria-checked');
    await toggle.click();
    await page.waitForFunction(([node, old]) => node.getAttribute('aria-checked') !== old, [await toggle.elementHandle(), was]);
    await steps(page, 2);
    await note(page);
  });

  test(`the page on a telephone, and as an embed, ${slow} times slower`, async () => {
    const narrow = await first('', { width: 360, height: 740, slow });
    await steps(narrow, 2);
    await note(narrow);
    const embed = await first('#/missed-doorbell?v=1&view=embed', { width: 720, height: 480, ready: 'main.embed', slow });
    await steps(embed, 2);
    await note(embed);
  });
}

after(() => writeFile(process.env.STALEBUS_RAN, [...ran].join('\n')));
