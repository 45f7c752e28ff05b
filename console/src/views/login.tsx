import { useState } from 'preact/hooks';
import { login } from '../session/server';
import { say } from '../session/session';
import { watch } from '../session/watch';
import { Text } from '../ui/fields';

/** Where the server is not on this machine, it wants a key once; the page itself never keeps one. */
export function Login() {
  const [key, setKey] = useState('');
  const submit = async (event: Event) => {
    event.preventDefault();
    try {
      await login(key);
      await watch();
    } catch (error) {
      say('error', (error as Error).message, 'Ask the operator of this server for a key.');
    }
    setKey('');
  };
  return (
    <form class="panel login" onSubmit={(event) => void submit(event)}>
      <h2>A key, please</h2>
      <p>
        This server gives sessions only to people with a key. It goes to the server once; what this page gets is a token for one session at
        a time.
      </p>
      <Text label="API key" value={key} secret onInput={setKey} />
      <button type="submit" class="primary" disabled={!key}>
        Go on
      </button>
    </form>
  );
}
