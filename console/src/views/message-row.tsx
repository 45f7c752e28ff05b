import { previewOf } from '../protocol/preview';
import type { Entry } from '../session/log';
import { bytes, clockOf } from '../ui/format';

/** Height of a row in pixels. */
export const rowHeight = 32;

const arrows = { in: '→', out: '←', local: '·' } as const;
const words = { in: 'sent', out: 'received', local: 'in this page' } as const;

interface RowProps {
  entry: Entry;
  place: number;
  count: number;
  selected: boolean;
  ofTurn: boolean;
  /** The text of the search. */
  needle: string;
  onSelect(): void;
}

export function Row({ entry, place, count, selected, ofTurn, needle, onSelect }: RowProps) {
  const preview = entry.dir === 'local' ? [entry.code, entry.text ?? entry.reason].filter(Boolean).join(' ') : previewOf(entry.message);
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus and the keys; the row is its active descendant
    // biome-ignore lint/a11y/useKeyWithClickEvents: see above
    <div
      id={`message-${entry.n}`}
      class={`entry ${entry.dir}${ofTurn ? ' of-turn' : ''}`}
      role="option"
      aria-selected={selected}
      aria-posinset={place + 1}
      aria-setsize={count}
      style={{ top: `${place * rowHeight}px`, height: `${rowHeight}px` }}
      onClick={onSelect}
      data-testid="entry"
    >
      <span class="turn-number" title={entry.turn === undefined ? undefined : `Turn ${entry.turn}`}>
        {entry.turn !== undefined && <span class="visually-hidden">turn </span>}
        {entry.turn ?? ''}
      </span>
      <span class="moment">{clockOf(entry.t, 2)}</span>
      <span class="arrow" aria-hidden="true">
        {arrows[entry.dir]}
      </span>
      <span class="visually-hidden">{words[entry.dir]}</span>
      <span class="kind">{entry.kind}</span>
      <span class="preview">
        <Found text={preview} needle={needle} />
      </span>
      <span class="size">{entry.bytes > 0 ? bytes(entry.bytes) : ''}</span>
    </div>
  );
}

/** A text in which the search is marked. */
export function Found({ text, needle }: { text: string; needle: string }) {
  const at = needle ? text.toLowerCase().indexOf(needle.toLowerCase()) : -1;
  if (at < 0) return <>{text}</>;
  return (
    <>
      {text.slice(0, at)}
      <mark>{text.slice(at, at + needle.length)}</mark>
      {text.slice(at + needle.length)}
    </>
  );
}
