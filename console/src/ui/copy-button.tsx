import { useState } from 'preact/hooks';
import { copy } from './clipboard';
import { Icon } from './icon';

/** Copies a text, and confirms it on the button for two seconds. */
export function CopyButton({ text, label = 'Copy' }: { text: string | (() => string); label?: string }) {
  const [done, setDone] = useState(false);
  const run = async () => {
    if (!(await copy(typeof text === 'string' ? text : text()))) return;
    setDone(true);
    window.setTimeout(() => setDone(false), 2_000);
  };
  return (
    <button type="button" class="quiet" onClick={() => void run()}>
      <Icon name="copy" /> <span aria-live="polite">{done ? 'Copied' : label}</span>
    </button>
  );
}
