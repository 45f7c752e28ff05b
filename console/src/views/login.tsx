import { useState } from 'preact/hooks';
import { login } from '../session/server';
import { say } from '../session/session';
import { watch } from '../session/watch';
import { Text } from '../ui/fields';

/** Asks for an API key if the server requires one, as servers on other machines do. The page does not store it. */
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
      <h2>API key required</h2>
      <p>This server requires an API key. The key is sent to the server once; this page then receives a token for one session at a time.</p>
      <Text label="API key" value={key} secret onInput={setKey} />
      <button type="submit" class="primary" disabled={!key}>
        Continue
      </button>
    </form>
  );
}
