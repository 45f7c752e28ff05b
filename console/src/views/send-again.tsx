import { useState } from 'preact/hooks';
import type { ClientMessage } from '../protocol/messages';
import { send } from '../session/current';

/** Edits a sent message and sends it again into the running session. */
export function SendAgain({ message }: { message: unknown }) {
  const [text, setText] = useState<string | undefined>(undefined);
  const [problem, setProblem] = useState('');
  if (text === undefined)
    return (
      <button type="button" class="quiet" onClick={() => setText(JSON.stringify(message, null, 2))}>
        Edit and send again
      </button>
    );
  const submit = (event: Event) => {
    event.preventDefault();
    try {
      send(JSON.parse(text) as ClientMessage);
      setText(undefined);
      setProblem('');
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  return (
    <form class="send-again" onSubmit={submit}>
      <label>
        <span class="visually-hidden">Message as JSON</span>
        <textarea class="code" rows={8} value={text} spellcheck={false} onInput={(event) => setText(event.currentTarget.value)} />
      </label>
      {problem && (
        <p class="hint wrong" role="alert">
          {problem}
        </p>
      )}
      <div class="row">
        <button type="submit" class="primary">
          Send
        </button>
        <button type="button" onClick={() => setText(undefined)}>
          Cancel
        </button>
      </div>
    </form>
  );
}
