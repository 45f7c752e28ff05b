import { useState } from 'preact/hooks';
import { say, settle } from '../session/notices';
import { login } from '../session/server';
import { watch } from '../session/watch';
import { Text } from '../ui/fields';

const isLocal = (host: string): boolean => /^(localhost|127\.0\.0\.1|\[::1\])$/.test(host) || host.endsWith('.localhost');

/** Asks for an API key if the server requires one, as servers on other machines do. The page does not store it. */
export function Login() {
  const [key, setKey] = useState('');
  const submit = async (event: Event) => {
    event.preventDefault();
    try {
      await login(key);
      settle('login');
      settle('session');
      await watch();
    } catch (error) {
      say('login', 'error', (error as Error).message, 'Ask the operator of this server for a key.');
    }
    setKey('');
  };
  const local = `${location.protocol}//localhost${location.port ? `:${location.port}` : ''}/`;
  return (
    <form class="panel login" onSubmit={(event) => void submit(event)}>
      <h2>Enter your API key</h2>
      <p>The key is sent to the server once. This page then gets a token for one session at a time.</p>
      <Text label="API key" value={key} secret onInput={setKey} />
      <button type="submit" class="primary" disabled={!key}>
        Continue
      </button>
      {!isLocal(location.hostname) && (
        <p class="hint">
          Does the server run on this machine? Then open <a href={local}>{local}</a>, which needs no key.
        </p>
      )}
    </form>
  );
}
