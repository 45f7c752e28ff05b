import { useEffect, useRef } from 'preact/hooks';
import { speedOf } from '../session/limit';
import { state, turns } from '../session/state';
import { outcomeOf, type Turn, timeToAnswer } from '../session/turn';
import { heard } from '../timeline/state';
import { seconds } from '../ui/format';
import { addressOf } from '../ui/route';
import { Waterfall } from './waterfall';

/** Turns in the list; a session of hours has many. */
const most = 200;

export function TurnList({ chosen }: { chosen: Turn | undefined }) {
  const list = useRef<HTMLOListElement>(null);
  const all = turns.value;
  const heardId = heard.value?.turn.id;
  // The chosen turn is shown even if it is an older one.
  const last = chosen && chosen.id <= all.length - most ? Math.min(all.length, chosen.id + most / 2) : all.length;
  const first = Math.max(0, last - most);
  useEffect(() => {
    const row = list.current?.querySelector<HTMLElement>(`[data-turn="${heardId ?? chosen?.id}"]`);
    const box = list.current;
    if (!row || !box) return;
    // Scrolls the list only; scrollIntoView would also scroll the page.
    const top = row.offsetTop - box.offsetTop;
    if (top < box.scrollTop || top + row.offsetHeight > box.scrollTop + box.clientHeight) box.scrollTop = top - 8;
  }, [heardId, chosen?.id]);
  if (all.length === 0) return null;
  return (
    <section class="panel turns" aria-label="Turns">
      <h3>Turns</h3>
      <ol ref={list}>
        {all.slice(first, last).map((turn) => (
          <li key={turn.id} data-turn={turn.id} class={turn.id === heardId ? 'heard' : undefined}>
            <a href={addressOf('inspect', { turn: turn.id })} aria-current={turn.id === chosen?.id ? 'true' : undefined}>
              <span class="number">{turn.id}</span>
              <span class="question">{turn.user || turn.interim || '(no words)'}</span>
              <Outcome turn={turn} />
            </a>
            {turn.id === chosen?.id && <Details turn={turn} />}
          </li>
        ))}
      </ol>
      {all.length > most && (
        <p class="hint">
          {last === all.length && state.value === 'live' ? `The last ${most} turns` : `Turns ${first + 1} to ${last} of ${all.length}`}
        </p>
      )}
    </section>
  );
}

function Outcome({ turn }: { turn: Turn }) {
  const time = timeToAnswer(turn);
  const outcome = turn.lost ? 'connection lost' : outcomeOf(turn).replace('_', ' ');
  return (
    <span class="outcome">
      {time === undefined ? outcome : <b class={speedOf(time)}>{seconds(time)}</b>}
      {time !== undefined && (turn.interrupted || turn.lost) && ` ${outcome}`}
    </span>
  );
}

function Details({ turn }: { turn: Turn }) {
  return (
    <div class="turn-facts">
      {turn.model && <p class="answer">{turn.model}</p>}
      <Waterfall turn={turn} />
    </div>
  );
}
