// The built-in scenarios: one file, loaded when the first of them is wanted. The page itself has the opening scenario.

let all = null;

async function load() {
  const named = document.querySelector('meta[name="scenarios"]')?.content;
  // The single file holds them.
  if (!named) return JSON.parse(document.getElementById('scenarios').textContent);
  const response = await fetch(new URL(named, document.baseURI));
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
  return response.json();
}

/** Bytes that stand as base64. */
export function bytesOf(text) {
  const characters = atob(text.trim());
  const bytes = new Uint8Array(characters.length);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = characters.charCodeAt(at);
  return bytes;
}

/** A scenario: its text, and its test as bytes. Fails when it cannot be had; the next time it is tried anew. */
export async function scenario(id) {
  all ??= load();
  try {
    const found = (await all)[id];
    return found && [found[0], bytesOf(found[1])];
  } catch (error) {
    all = null;
    throw error;
  }
}
