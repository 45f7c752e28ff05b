import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { current } from '../session/current';
import type { Entry } from '../session/log';
import { type Filter, FilteredLog, indexAt, noFilter } from '../session/message-filter';
import { beat } from '../session/state';
import type { Turn } from '../session/turn';
import { player } from '../timeline/player';
import { heard } from '../timeline/state';
import { go, messageId, turnId } from '../ui/route';
import { MessageDetail } from './message-detail';
import { Filters } from './message-filters';
import { Row, rowHeight } from './message-row';

/** Only visible rows are drawn, and some beyond the edges. */
const spare = 6;

/** The list of messages in both directions, with the JSON of one beside it. */
export function MessageList({ turn }: { turn: Turn | undefined }) {
  const { feed } = current;
  const filter = useSignal<Filter>(noFilter);
  const follow = useSignal(true);
  const top = useSignal(0);
  const tall = useSignal(576);
  const list = useRef<HTMLDivElement>(null);
  const filtered = useMemo(() => new FilteredLog(), [feed]);
  beat.value;
  const { entries, dropped } = feed.log;
  const shown = filtered.update(entries, filter.value);
  const position = useRef(0);
  const visible = Math.ceil(tall.value / rowHeight);
  const first = Math.max(0, Math.floor(top.value / rowHeight) - spare);
  const last = Math.min(shown.length, Math.floor(top.value / rowHeight) + visible + spare);
  const chosen = entryOf(entries, messageId.value);
  const selected = chosen ? indexOf(shown, chosen.n) : -1;

  const reveal = (index: number, middle = false) => {
    const box = list.current;
    if (!box || index < 0) return;
    const row = index * rowHeight;
    const above = row < box.scrollTop;
    if (!above && row + rowHeight <= box.scrollTop + box.clientHeight) return;
    box.scrollTop = middle ? row - box.clientHeight / 3 : above ? row : row + rowHeight - box.clientHeight;
  };
  useLayoutEffect(() => {
    if (follow.value && list.current) list.current.scrollTop = list.current.scrollHeight;
  });
  useEffect(() => {
    const box = list.current;
    if (!box) return;
    const sizes = new ResizeObserver(() => {
      tall.value = box.clientHeight;
    });
    sizes.observe(box);
    return () => sizes.disconnect();
  }, []);
  useEffect(() => {
    if (!turn) return;
    follow.value = false;
    if (filter.value.turn !== undefined) filter.value = { ...filter.value, turn: turn.id };
    if (chosen?.turn !== turn.id)
      reveal(
        shown.findIndex((entry) => entry.turn === turn.id),
        true,
      );
  }, [turn?.id]);
  useEffect(() => {
    if (chosen) follow.value = false;
    reveal(selected, true);
    // Also after a search: what was found stays in view.
  }, [chosen?.n, filter.value]);
  const select = (index: number) => {
    const entry = shown[Math.max(0, Math.min(shown.length - 1, index))];
    if (entry) go('inspect', { turn: turnId.peek(), message: entry.n });
  };
  const scrolled = (box: HTMLDivElement) => {
    if (box.scrollTop < position.current) follow.value = false;
    else if (box.scrollHeight - box.scrollTop - box.clientHeight < rowHeight && !chosen) follow.value = true;
    position.current = box.scrollTop;
    top.value = box.scrollTop;
  };
  const keys: Record<string, number> = {
    ArrowDown: selected + 1,
    ArrowUp: selected - 1,
    PageDown: selected + visible - 1,
    PageUp: selected - visible + 1,
    Home: 0,
    End: shown.length - 1,
  };
  return (
    <section class="panel messages" aria-label="Messages">
      <Filters
        filter={filter}
        counts={filtered.counts}
        shown={shown.length}
        all={entries.length}
        dropped={dropped}
        turn={turn}
        follow={follow.value}
        onFollow={(on) => {
          if (on && messageId.peek() !== undefined) go('inspect', { turn: turnId.peek() });
          follow.value = on;
        }}
      />
      <div class="list-and-detail">
        <div
          class="rows"
          ref={list}
          role="listbox"
          tabIndex={0}
          aria-label="Messages"
          aria-activedescendant={selected >= first && selected < last ? `message-${shown[selected]?.n}` : undefined}
          onScroll={(event) => scrolled(event.currentTarget)}
          onKeyDown={(event) => {
            const next = keys[event.key];
            if (next === undefined || event.ctrlKey || event.metaKey) return;
            event.preventDefault();
            select(next);
          }}
        >
          {shown.length === 0 && <p class="none">No message matches.</p>}
          <div style={{ height: `${shown.length * rowHeight}px`, position: 'relative' }} role="presentation">
            {shown.slice(first, last).map((entry, index) => (
              <Row
                key={entry.n}
                entry={entry}
                place={first + index}
                count={shown.length}
                selected={entry.n === chosen?.n}
                ofTurn={turn !== undefined && entry.turn === turn.id}
                needle={filter.value.text}
                onSelect={() => select(first + index)}
              />
            ))}
            <HeardRow shown={shown} reveal={(index) => reveal(index, true)} />
          </div>
        </div>
        {chosen ? <MessageDetail entry={chosen} /> : <p class="detail hint">Choose a message to see its JSON.</p>}
      </div>
    </section>
  );
}

/** Marks the message whose words are heard; before and after an answer, the last one that was sent or received. */
function HeardRow({ shown, reveal }: { shown: Entry[]; reveal(index: number): void }) {
  const playing = player.playing.value;
  const n = heard.value?.n;
  // The row changes a few times a second; the position changes with each frame.
  const t = Math.floor(player.position.value / 100) * 100;
  const spoken = n === undefined || heard.value?.to === heard.value?.from ? -1 : indexOf(shown, n);
  const index = spoken >= 0 ? spoken : indexAt(shown, (entry) => entry.t > t) - 1;
  useEffect(() => {
    if (playing) reveal(index);
  }, [index, playing]);
  if (index < 0 || (t === 0 && !playing)) return null;
  return (
    <div
      class="heard-row"
      style={{ top: `${index * rowHeight}px`, height: `${rowHeight}px` }}
      data-testid="heard-row"
      data-message={shown[index]?.n}
    />
  );
}

const entryOf = (entries: Entry[], n: number | undefined): Entry | undefined =>
  n === undefined ? undefined : entries[n - (entries[0]?.n ?? 0)];

/** Place of a message among those that are shown; -1 if it is not. */
function indexOf(shown: Entry[], n: number): number {
  const index = indexAt(shown, (entry) => entry.n >= n);
  return shown[index]?.n === n ? index : -1;
}
