// The texts of the built-in scenarios: one file, loaded when the first of them is wanted. The page itself has the
// opening scenario.

let texts = null;

async function load() {
  const named = document.querySelector('meta[name="scenarios"]')?.content;
  // The single file holds them.
  if (!named) return JSON.parse(document.getElementById('scenarios').textContent);
  const response = await fetch(new URL(named, document.baseURI));
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
  return response.json();
}

/** The text of a scenario. Fails when it cannot be had; the next time it is tried anew. */
export async function scenarioText(id) {
  texts ??= load();
  try {
    return (await texts)[id];
  } catch (error) {
    texts = null;
    throw error;
  }
}
