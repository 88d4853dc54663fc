// What stays when the page has failed: a panel with plain words, the link to the state, and a report to copy.

let over = false;

/** The page has failed; nothing may call into it any more. */
export const isOver = () => over;

/** A panic of the page. The exception that follows it says nothing, and may be swallowed on the way. */
export function panicked(message) {
  setTimeout(() => showPanel(message), 0);
}

/** What a reader can copy. The address of the page is left out: it may name a folder of the reader's. */
export function report(message) {
  const version = document.querySelector('meta[name="version"]')?.content ?? 'unknown';
  return `Stale Bus ${version}\n${message}\nState: ${state()}`;
}

let last = '';

/** Keeps the link to the present state: the address follows it with a delay, and in an embed not at all. */
export function remember(fragment) {
  last = fragment;
}

const state = () => last || location.hash || '#/';

/** Watches for exceptions that have left the module: it cannot go on after one. */
export function watch() {
  const seen = (error) => {
    const inside = error instanceof WebAssembly.RuntimeError || /wasm/.test(error?.stack ?? '');
    if (inside) setTimeout(() => showPanel(String(error?.message ?? error)), 0);
  };
  addEventListener('error', (event) => seen(event.error));
  addEventListener('unhandledrejection', (event) => seen(event.reason));
}

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function showPanel(message) {
  if (over) return;
  const text = report(message);
  const fragment = state();
  over = true;
  const old = document.getElementById('app');
  // A copy has none of the old one's listeners, which would call into the module.
  const app = old.cloneNode(false);
  const panel = element('main', '', { class: 'failure', 'data-failure': '' });
  const title = element('h1', 'The laboratory has stopped', { tabindex: '-1' });
  const reload = element('button', 'Open this state again', { type: 'button', class: 'btn primary', 'data-reload': '' });
  const afresh = element('button', 'Open the scenario from its start', { type: 'button', class: 'btn', 'data-afresh': '' });
  const copy = element('button', 'Copy the report', { type: 'button', class: 'btn', 'data-copy-report': '' });
  const said = element('p', '', { role: 'status' });
  const link = element('a', 'link to this state', { href: fragment });
  const keep = element('p', 'To keep it for later, copy the ');
  keep.append(link, '.');
  const go = (to) => () => {
    if (location.hash !== to) location.hash = to;
    location.reload();
  };
  reload.addEventListener('click', go(fragment));
  // The state itself may be what the page cannot bear.
  afresh.addEventListener('click', go(fragment.split('?')[0]));
  copy.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(text);
      said.textContent = 'Report copied.';
    } catch {
      getSelection().selectAllChildren(details);
      said.textContent = 'The report is selected: copy it from there.';
    }
  });
  const buttons = element('p', '', { class: 'failure-buttons' });
  buttons.append(reload, afresh, copy);
  const details = element('pre', text, { tabindex: '0', role: 'group', 'aria-label': 'Report' });
  panel.append(
    title,
    element('p', 'A mistake in this page, not in the scenario, has ended it. Scenario, barriers and schedule are in the link: opened again, they are as they were.'),
    buttons, said, keep,
    element('p', 'What the report says, and nothing else:'),
    details,
  );
  app.append(panel);
  old.replaceWith(app);
  title.focus();
}
