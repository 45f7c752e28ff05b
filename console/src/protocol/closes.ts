/** The meaning of a close and what to do about it, by close code and text (docs/protocol.md#12-close-codes). */
export interface CloseMeaning {
  cause: string;
  cure: string;
  /** Whether to retry: no, by resuming, after a wait, or with a new session without the handle. */
  retry: 'no' | 'resume' | 'wait' | 'fresh';
}

const meanings: [code: number, text: RegExp, meaning: CloseMeaning][] = [
  [1000, /./, { cause: 'The session ended normally.', cure: '', retry: 'no' }],
  [1001, /./, { cause: 'The server is going away.', cure: 'The session resumes automatically.', retry: 'resume' }],
  [
    1007,
    /API key not valid/,
    {
      cause: 'The credential is unknown, or the token has expired or has no uses left.',
      cure: 'Start again to get a new token.',
      retry: 'no',
    },
  ],
  [1007, /API key expired/, { cause: 'The key has expired.', cure: 'Use another key.', retry: 'no' }],
  [1007, /User location/, { cause: 'The service is not available in this region.', cure: 'Connect from another region.', retry: 'no' }],
  [
    1007,
    /Unknown name/,
    {
      cause: 'A message contains a field that the server does not know.',
      cure: 'Remove the field that the text names from the extra fields in Settings.',
      retry: 'no',
    },
  ],
  [
    1007,
    /Invalid session handle/,
    { cause: 'The server does not accept this resumption handle.', cure: 'A new session starts.', retry: 'fresh' },
  ],
  [1007, /Thinking level/, { cause: 'The thinking setting does not fit the model.', cure: 'Change Thinking in Settings.', retry: 'no' }],
  [1007, /language code/, { cause: 'The language is not supported.', cure: 'Choose another language in Settings, or none.', retry: 'no' }],
  [
    1007,
    /Precondition check failed|invalid argument|Cannot extract voices/,
    {
      cause: 'The model does not accept a value in the setup or in a message.',
      cure: 'Restore the defaults in Settings, then change one setting at a time.',
      retry: 'no',
    },
  ],
  [1007, /./, { cause: 'A message was invalid.', cure: 'See the text, and the last sent message in Inspect.', retry: 'no' }],
  [1008, /not found for API version/, { cause: 'The model is unknown.', cure: 'Choose another model in Settings.', retry: 'no' }],
  [1008, /unregistered callers/, { cause: 'No credential reached the server.', cure: 'Start again to get a new token.', retry: 'no' }],
  [1008, /session not found|entity was not found/, { cause: 'The session has expired.', cure: 'A new session starts.', retry: 'fresh' }],
  [
    1008,
    /aborted|failed to close/,
    { cause: 'The connection reached its time limit.', cure: 'The session resumes automatically.', retry: 'resume' },
  ],
  [1008, /./, { cause: 'The server does not allow this.', cure: 'See the text.', retry: 'no' }],
  [1009, /./, { cause: 'A message was too large.', cure: 'Send smaller pictures.', retry: 'no' }],
  [
    1011,
    /quota|RESOURCE_EXHAUSTED/,
    { cause: 'A quota is used up, or too many sessions are open.', cure: 'Wait a minute, or close other sessions.', retry: 'wait' },
  ],
  [1011, /unavailable/, { cause: 'The service is not available.', cure: 'The console retries automatically.', retry: 'wait' }],
  [1011, /./, { cause: 'The server had an internal error.', cure: 'The session resumes automatically.', retry: 'resume' }],
  [1012, /./, { cause: 'The server is restarting.', cure: 'The session resumes automatically.', retry: 'wait' }],
  [1013, /./, { cause: 'The server is too busy.', cure: 'The console retries automatically.', retry: 'wait' }],
];

export function explainClose(code: number, reason: string): CloseMeaning {
  const text = reason || ' ';
  const found = meanings.find(([known, pattern]) => known === code && pattern.test(text));
  return (
    found?.[2] ?? {
      cause: 'The connection to the server was lost.',
      cure: 'The console retries automatically.',
      retry: 'resume',
    }
  );
}

/** A text in quotation marks that ends a sentence: exactly one full stop, inside. */
export const sentence = (text: string): string => `“${text.trim().replace(/[.!?]?$/, (end) => end || '.')}”`;
