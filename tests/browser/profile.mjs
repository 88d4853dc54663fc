// What the first view runs: see `cargo xtask profile`. It opens the page with a module that notes which of its functions
// have been run, does what may well be done before the later half has come, and writes the numbers of those functions.
import { readFile, writeFile } from 'node:fs/promises';
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
  const anew = await first('');
  await steps(anew, 4);
  const toggle = anew.locator('[data-toggle]').first();
  const was = await toggle.getAttribute('aria-checked');
  await toggle.click();
  await anew.waitForFunction(([node, old]) => node.getAttribute('aria-checked') !== old, [await toggle.elementHandle(), was]);
  await note(anew);
});

test('the page on a telephone, and as an embed', async () => {
  const narrow = await first('', { width: 360, height: 740 });
  await steps(narrow, 2);
  await note(narrow);
  const embed = await first('#/missed-doorbell?v=1&view=embed', { width: 720, height: 480, ready: 'main.embed' });
  await steps(embed, 2);
  await note(embed);
  await writeFile(process.env.STALEBUS_RAN, [...ran].join('\n'));
});
