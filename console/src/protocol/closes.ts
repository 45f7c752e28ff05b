/** What a close of the connection means and what to do, by code and the beginning of its text (docs/protocol.md#12-close-codes). */
export interface CloseMeaning {
  cause: string;
  cure: string;
  /** What helps: nothing, resuming, waiting before trying again, or a session without the handle. */
  retry: 'no' | 'resume' | 'wait' | 'fresh';
}

const meanings: [code: number, text: RegExp, meaning: CloseMeaning][] = [
  [1000, /./, { cause: 'The session ended normally.', cure: '', retry: 'no' }],
  [1001, /./, { cause: 'The server is going away.', cure: 'The session is resumed by itself.', retry: 'resume' }],
  [
    1007,
    /API key not valid/,
    { cause: 'The credential is not known, or the token is used up or expired.', cure: 'Start again: a new token is made.', retry: 'no' },
  ],
  [1007, /API key expired/, { cause: 'The key has expired.', cure: 'Use another key.', retry: 'no' }],
  [1007, /User location/, { cause: 'The service does not serve this region.', cure: 'Connect from another region.', retry: 'no' }],
  [
    1007,
    /Unknown name/,
    {
      cause: 'The setup has a member that the server does not know.',
      cure: 'Remove the member that the text names, in Set up under extra members.',
      retry: 'no',
    },
  ],
  [
    1007,
    /Invalid session handle/,
    { cause: 'The server does not take this resumption handle.', cure: 'A new session is started.', retry: 'fresh' },
  ],
  [1007, /Thinking level/, { cause: 'The thinking setting does not fit the model.', cure: 'Change Thinking in Set up.', retry: 'no' }],
  [1007, /language code/, { cause: 'The language is not supported.', cure: 'Choose another language in Set up, or none.', retry: 'no' }],
  [
    1007,
    /Precondition check failed|invalid argument|Cannot extract voices/,
    {
      cause: 'The model refuses something of the setup or of a message.',
      cure: 'Go back to the defaults in Set up and add one setting after the other.',
      retry: 'no',
    },
  ],
  [1007, /./, { cause: 'A message was not acceptable.', cure: 'The text says what; the last sent message is in Inspect.', retry: 'no' }],
  [1008, /not found for API version/, { cause: 'The model is not known.', cure: 'Choose another model in Set up.', retry: 'no' }],
  [1008, /unregistered callers/, { cause: 'No credential reached the server.', cure: 'Start again: a new token is made.', retry: 'no' }],
  [
    1008,
    /session not found|entity was not found/,
    { cause: 'The session is no longer kept.', cure: 'A new session is started.', retry: 'fresh' },
  ],
  [
    1008,
    /aborted|failed to close/,
    { cause: 'The time of the connection was up.', cure: 'The session is resumed by itself.', retry: 'resume' },
  ],
  [1008, /./, { cause: 'The server does not allow this.', cure: 'The text says what.', retry: 'no' }],
  [1009, /./, { cause: 'A message was too large.', cure: 'Send smaller pictures.', retry: 'no' }],
  [
    1011,
    /quota|RESOURCE_EXHAUSTED/,
    { cause: 'A quota is used up, or too many sessions are open.', cure: 'Wait a minute, or close other sessions.', retry: 'wait' },
  ],
  [1011, /unavailable/, { cause: 'The service is not available.', cure: 'It is tried again by itself.', retry: 'wait' }],
  [1011, /./, { cause: 'The server had an internal error.', cure: 'The session is resumed by itself.', retry: 'resume' }],
  [1012, /./, { cause: 'The server restarts.', cure: 'The session is resumed by itself.', retry: 'wait' }],
  [1013, /./, { cause: 'The server is too busy.', cure: 'It is tried again by itself.', retry: 'wait' }],
];

export function explainClose(code: number, reason: string): CloseMeaning {
  const text = reason || ' ';
  const found = meanings.find(([known, pattern]) => known === code && pattern.test(text));
  return (
    found?.[2] ?? {
      cause: 'The connection was lost: the network, or the server, is gone.',
      cure: 'It is tried again by itself.',
      retry: 'resume',
    }
  );
}
