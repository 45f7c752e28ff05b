import { signal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { isOpen, turns } from '../session/state';
import { plural } from '../ui/format';
import { Icon } from '../ui/icon';
import { TurnView } from './turn-view';

/** Whether the list follows new words. It stops when the user scrolls up, also across a visit to another view. */
const following = signal(true);
let position = 0;

/** Turns in the page; a button shows more. */
const initially = 100;
const shownTurns = signal(initially);

export function Conversation() {
  const box = useRef<HTMLElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const all = turns.value;
  const first = Math.max(0, all.length - shownTurns.value);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element || !list.current) return;
    element.scrollTop = following.peek() ? element.scrollHeight : position;
    // Covers everything that changes the height: words, details, charts, the size of the window.
    const observer = new ResizeObserver(() => {
      if (following.peek()) element.scrollTop = element.scrollHeight;
    });
    observer.observe(list.current);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const scrolled = () => {
    const element = box.current;
    if (!element) return;
    const { scrollTop, scrollHeight, clientHeight } = element;
    const atEnd = scrollHeight - scrollTop - clientHeight < 48;
    if (atEnd) following.value = true;
    else if (scrollTop < position) following.value = false;
    position = scrollTop;
  };
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable element must be reachable by keyboard */}
      <section class="conversation" ref={box} aria-label="Words" tabIndex={0} onScroll={scrolled} data-testid="captions">
        <ol ref={list}>
          {first > 0 && (
            <li class="earlier">
              <button
                type="button"
                onClick={() => {
                  following.value = false;
                  shownTurns.value += initially;
                }}
              >
                Show earlier turns ({first})
              </button>
            </li>
          )}
          {all.slice(first).map((turn) => (
            <TurnView key={turn.id} turn={turn} />
          ))}
        </ol>
      </section>
      {!following.value && isOpen() && (
        <button
          type="button"
          class="newest"
          onClick={() => {
            following.value = true;
            box.current?.scrollTo({ top: box.current.scrollHeight });
          }}
        >
          <Icon name="down" /> Newest
        </button>
      )}
      <Announcer />
    </>
  );
}

/** Announces each finished answer once to screen readers; the conversation itself changes too often. */
function Announcer() {
  const region = useRef<HTMLDivElement>(null);
  const last = useRef<number>(turns.peek().filter((turn) => turn.done).length);
  const done = turns.value.filter((turn) => turn.done);
  useEffect(() => {
    if (!region.current || done.length <= last.current) return;
    const turn = done.at(-1);
    last.current = done.length;
    if (turn?.model) region.current.textContent = `Answer: ${turn.model}${turn.interrupted ? ' Interrupted.' : ''}`;
  });
  return (
    <div
      class="visually-hidden"
      role="log"
      aria-live="polite"
      aria-label={plural(done.length, 'answer')}
      ref={region}
      data-testid="announcer"
    />
  );
}
