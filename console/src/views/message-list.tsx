import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { fromBase64, inputRate, outputRate, rateOf, wav } from '../audio/pcm';
import { asExample, describe, fold, type Media } from '../protocol/media';
import type { Entry } from '../session/log';
import { dropped, entries, say } from '../session/session';
import { at, bytes } from '../ui/format';
import { Icon } from '../ui/icon';

/** Height of a row in pixels, as in the style sheet. Only visible rows are drawn. */
const rowHeight = 28;
const visibleRows = 18;

type Direction = 'all' | 'in' | 'out' | 'local';

const arrows = { in: '→', out: '←', local: '·' } as const;
const words = { in: 'sent', out: 'received', local: 'local' } as const;

/** The list of messages in both directions. */
export function MessageList() {
  const direction = useSignal<Direction>('all');
  const text = useSignal('');
  const showAudio = useSignal(false);
  const top = useSignal(0);
  const chosen = useSignal<number | undefined>(undefined);
  const list = useRef<HTMLDivElement>(null);
  const needle = text.value.toLowerCase();
  const shown = entries.value.filter(
    (entry) =>
      (direction.value === 'all' || entry.dir === direction.value) &&
      (showAudio.value || entry.kind !== 'audio') &&
      (!needle || entry.kind.toLowerCase().includes(needle) || matches(entry, needle)),
  );
  const first = Math.max(0, Math.min(Math.floor(top.value / rowHeight), shown.length - visibleRows));
  const selected = shown.findIndex(({ n }) => n === chosen.value);
  const select = (index: number) => {
    const entry = shown[Math.max(0, Math.min(shown.length - 1, index))];
    if (!entry) return;
    chosen.value = entry.n;
    const position = shown.indexOf(entry) * rowHeight;
    const box = list.current;
    if (!box) return;
    if (position < box.scrollTop) box.scrollTop = position;
    else if (position + rowHeight > box.scrollTop + box.clientHeight) box.scrollTop = position + rowHeight - box.clientHeight;
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
      <h2>Messages</h2>
      <div class="filters">
        <label>
          Direction{' '}
          <select
            value={direction.value}
            onChange={(event) => {
              direction.value = event.currentTarget.value as Direction;
            }}
          >
            <option value="all">all</option>
            <option value="in">sent</option>
            <option value="out">received</option>
            <option value="local">local events</option>
          </select>
        </label>
        <label>
          Filter{' '}
          <input
            value={text.value}
            placeholder="turnComplete"
            onInput={(event) => {
              text.value = event.currentTarget.value;
            }}
            data-testid="filter"
          />
        </label>
        <label>
          <input
            type="checkbox"
            checked={showAudio.value}
            onChange={(event) => {
              showAudio.value = event.currentTarget.checked;
            }}
          />{' '}
          audio messages
        </label>
        <span class="hint">
          {shown.length} of {entries.value.length}
          {dropped() > 0 && `, ${dropped()} older ones dropped`}
        </span>
      </div>
      <div
        class="rows"
        ref={list}
        role="listbox"
        tabIndex={0}
        aria-label="Messages"
        aria-activedescendant={entry ? `message-${entry.n}` : undefined}
        style={{ height: `${visibleRows * rowHeight}px` }}
        onScroll={(event) => {
          top.value = event.currentTarget.scrollTop;
        }}
        onKeyDown={(event) => {
          const next = keys[event.key];
          if (next === undefined) return;
          event.preventDefault();
          select(next);
        }}
      >
        <div style={{ height: `${shown.length * rowHeight}px`, position: 'relative' }} role="presentation">
          {shown.slice(first, first + visibleRows + 2).map((one, index) => (
            <Row
              key={one.n}
              entry={one}
              top={(first + index) * rowHeight}
              selected={one.n === chosen.value}
              onSelect={() => {
                chosen.value = one.n;
              }}
            />
          ))}
        </div>
      </div>
      {entry && <Detail entry={entry} />}
    </section>
  );
}

const matches = (entry: Entry, needle: string): boolean =>
  entry.kind !== 'audio' &&
  entry.kind !== 'video' &&
  JSON.stringify(entry.message ?? '')
    .toLowerCase()
    .includes(needle);

function Row({ entry, top, selected, onSelect }: { entry: Entry; top: number; selected: boolean; onSelect(): void }) {
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus and the keys; the row is its active descendant
    // biome-ignore lint/a11y/useKeyWithClickEvents: see above
    <div
      id={`message-${entry.n}`}
      class={`entry ${entry.dir}`}
      role="option"
      aria-selected={selected}
      style={{ top: `${top}px`, height: `${rowHeight}px` }}
      onClick={onSelect}
      data-testid="entry"
    >
      <span class="time">{at(entry.t)}</span>
      <span class="arrow" aria-hidden="true">
        {arrows[entry.dir]}
      </span>
      <span class="visually-hidden">{words[entry.dir]}</span>
      <span class="kind">{entry.kind}</span>
      <span class="size">{entry.bytes > 0 ? bytes(entry.bytes) : ''}</span>
    </div>
  );
}

function Detail({ entry }: { entry: Entry }) {
  if (entry.dir === 'local') {
    return (
      <p class="detail">
        Local event: {entry.kind}
        {entry.code !== undefined && ` ${entry.code} ${entry.reason ?? ''}`}
      </p>
    );
  }
  const { json, media } = fold(entry.message, entry.dir === 'out');
  const copy = async (text: string) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      say('error', 'The browser denied access to the clipboard.');
    }
  };
  return (
    <div class="detail" data-testid="detail">
      <div class="row">
        <button type="button" onClick={() => void copy(JSON.stringify(entry.message, null, 2))}>
          <Icon name="copy" /> Copy
        </button>
        <button type="button" onClick={() => void copy(asExample(entry.message))}>
          <Icon name="copy" /> Copy as example
        </button>
        {media.map((one) => (
          <MediaView key={one.path} media={one} fromServer={entry.dir === 'out'} />
        ))}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable element must be reachable by keyboard */}
      <pre tabIndex={0}>{JSON.stringify(json, null, 2)}</pre>
    </div>
  );
}

function MediaView({ media, fromServer }: { media: Media; fromServer: boolean }) {
  if (media.mimeType.startsWith('image/'))
    return <img class="thumb" src={`data:${media.mimeType};base64,${media.data}`} alt={describe(media)} />;
  if (media.durationMs === undefined) return <span class="hint">{describe(media)}</span>;
  const play = () => {
    const file = wav([fromBase64(media.data)], rateOf(media.mimeType, fromServer ? outputRate : inputRate));
    const url = URL.createObjectURL(new Blob([file as BlobPart], { type: 'audio/wav' }));
    const audio = new Audio(url);
    audio.onended = () => URL.revokeObjectURL(url);
    void audio.play();
  };
  return (
    <button type="button" onClick={play}>
      <Icon name="play" /> Play {Math.round(media.durationMs)} ms
    </button>
  );
}
