// The control API of `parley emulator`: a space of its own for each test, so that tests may run at the same time.
const root = process.env.PARLEY_EMULATOR_CONTROL;
if (!root) throw new Error('Run the tests with: parley emulator exec --scenario scenarios -- node --test');

async function send(method, url, body) {
  const response = await fetch(url, { method, body: body && JSON.stringify(body) });
  const text = await response.text();
  const json = text ? JSON.parse(text) : undefined;
  if (!response.ok) throw new Error(json.error.message);
  return json;
}

/** A server for one test: `scenario` is the name of a file in scenarios/, or a scenario as an object. */
export async function startSpace(scenario) {
  const { key, control } = await send('POST', `${root}/spaces`, { scenario });
  return {
    /** Options of the SDK; the base URL is in the environment. */
    options: { apiKey: key },
    addFault: (fault) => send('POST', `${control}/faults`, fault),
    /** The journal; waits up to five seconds for an entry if `has` is given. */
    journal: (has) => send('GET', `${control}/journal${has ? `?has=${has}&timeout=5s` : ''}`),
    /** Throws the report if the scenario was not followed. */
    verify: () => send('GET', `${control}/verify`),
    end: () => send('DELETE', control),
  };
}
