import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { previewOf } from '../protocol/preview';
import { current } from '../session/current';
import type { Entry } from '../session/log';
import { revision } from '../session/state';
import type { Turn } from '../session/turn';
import { at, bytes } from '../ui/format';
import { MessageDetail } from './message-detail';
import { rangeOf } from './timeline';

/** Height of a row in pixels, as in the style sheet. Only visible rows are drawn. */
const rowHeight = 32;
const visibleRows = 18;

type Direction = 'all' | 'in' | 'out' | 'local';

const arrows = { in: '→', out: '←', local: '·' } as const;
const words = { in: 'sent', out: 'received', local: 'in this page' } as const;

/** The list of messages in both directions. */
export function MessageList({ turn }: { turn: Turn | undefined }) {
  const direction = useSignal<Direction>('all');
  const text = useSignal('');
  const showAudio = useSignal(false);
  const follow = useSignal(true);
  const top = useSignal(0);
  const chosen = useSignal<number | undefined>(undefined);
  const list = useRef<HTMLDivElement>(null);
  const position = useRef(0);
  revision.value;
  const { entries, dropped } = current.feed.log;
  const needle = text.value.toLowerCase();
  const shown = entries.filter(
    (entry) =>
      (direction.value === 'all' || entry.dir === direction.value) &&
      (showAudio.value || entry.kind !== 'audio') &&
      (!needle || textOf(entry).includes(needle)),
  );
  const [from, to] = turn ? rangeOf(turn) : [-1, -1];
  useLayoutEffect(() => {
    if (follow.value && list.current) list.current.scrollTop = list.current.scrollHeight;
  });
  useEffect(() => {
    if (!turn || !list.current) return;
    follow.value = false;
    list.current.scrollTop =
      Math.max(
        0,
        shown.findIndex((entry) => entry.t >= from),
      ) * rowHeight;
  }, [turn?.id]);
  const first = Math.max(0, Math.min(Math.floor(top.value / rowHeight), shown.length - visibleRows));
  const selected = shown.findIndex(({ n }) => n === chosen.value);
  const select = (index: number) => {
    const entry = shown[Math.max(0, Math.min(shown.length - 1, index))];
    if (!entry) return;
    chosen.value = entry.n;
    follow.value = false;
    const row = shown.indexOf(entry) * rowHeight;
    const box = list.current;
    if (!box) return;
    if (row < box.scrollTop) box.scrollTop = row;
    else if (row + rowHeight > box.scrollTop + box.clientHeight) box.scrollTop = row + rowHeight - box.clientHeight;
  };
  const scrolled = (box: HTMLDivElement) => {
    if (box.scrollTop < position.current) follow.value = false;
    else if (box.scrollHeight - box.scrollTop - box.clientHeight < rowHeight && chosen.value === undefined) follow.value = true;
    position.current = box.scrollTop;
    top.value = box.scrollTop;
  };
  const keys: Record<string, number> = {
    ArrowDown: selected + 1,
    ArrowUp: selected - 1,
    PageDown: selected + visibleRows,
    PageUp: selected - visibleRows,
    Home: 0,
    End: shown.length - 1,
  };
  const entry = shown[selected];
  return (
    <section class="panel messages" aria-label="Messages">
      <h3>Messages</h3>
      <div class="filters">
        <label>
          <span>Direction</span>
          <select
            value={direction.value}
            onChange={(event) => {
              direction.value = event.currentTarget.value as Direction;
            }}
          >
            <option value="all">all</option>
            <option value="in">sent</option>
            <option value="out">received</option>
            <option value="local">events in this page</option>
          </select>
        </label>
        <label>
          <span>Search</span>
          <input
            value={text.value}
            placeholder="turnComplete"
            onInput={(event) => {
              text.value = event.currentTarget.value;
            }}
            data-testid="filter"
          />
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={showAudio.value}
            onChange={(event) => {
              showAudio.value = event.currentTarget.checked;
            }}
          />{' '}
          Audio messages
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={follow.value}
            onChange={(event) => {
              chosen.value = undefined;
              follow.value = event.currentTarget.checked;
            }}
          />{' '}
          Follow
        </label>
        <span class="hint">
          {shown.length.toLocaleString('en')} of {entries.length.toLocaleString('en')}
          {dropped > 0 && `, ${dropped.toLocaleString('en')} older messages dropped`}
        </span>
      </div>
      <div class="list-and-detail">
        <div
          class="rows"
          ref={list}
          role="listbox"
          tabIndex={0}
          aria-label="Messages"
          aria-activedescendant={entry && selected >= first && selected < first + visibleRows + 2 ? `message-${entry.n}` : undefined}
          style={{ height: `${visibleRows * rowHeight}px` }}
          onScroll={(event) => scrolled(event.currentTarget)}
          onKeyDown={(event) => {
            const next = keys[event.key];
            if (next === undefined) return;
            event.preventDefault();
            select(next);
          }}
        >
          {shown.length === 0 && <p class="none">No message matches.</p>}
          <div style={{ height: `${shown.length * rowHeight}px`, position: 'relative' }} role="presentation">
            {shown.slice(first, first + visibleRows + 2).map((one, index) => (
              <Row
                key={one.n}
                entry={one}
                place={first + index}
                count={shown.length}
                selected={one.n === chosen.value}
                ofTurn={one.t >= from && one.t <= to}
                onSelect={() => select(first + index)}
              />
            ))}
          </div>
        </div>
        {entry ? <MessageDetail entry={entry} /> : <p class="detail hint">Choose a message to see its JSON.</p>}
      </div>
    </section>
  );
}

const texts = new WeakMap<Entry, string>();

/** What the search looks at: the kind and the content, without media. */
function textOf(entry: Entry): string {
  const known = texts.get(entry);
  if (known !== undefined) return known;
  const content = entry.kind === 'audio' || entry.kind === 'video' ? '' : JSON.stringify(entry.message ?? entry.text ?? '');
  const text = `${entry.kind} ${content}`.toLowerCase();
  texts.set(entry, text);
  return text;
}

interface RowProps {
  entry: Entry;
  place: number;
  count: number;
  selected: boolean;
  ofTurn: boolean;
  onSelect(): void;
}

function Row({ entry, place, count, selected, ofTurn, onSelect }: RowProps) {
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
      <span class="moment">{at(entry.t)}</span>
      <span class="arrow" aria-hidden="true">
        {arrows[entry.dir]}
      </span>
      <span class="visually-hidden">{words[entry.dir]}</span>
      <span class="kind">{entry.kind}</span>
      <span class="preview">{entry.dir === 'local' ? (entry.text ?? entry.reason ?? '') : previewOf(entry.message)}</span>
      <span class="size">{entry.bytes > 0 ? bytes(entry.bytes) : ''}</span>
    </div>
  );
}
