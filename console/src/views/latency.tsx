import { limitMs, speedOf } from '../session/limit';
import { turns } from '../session/state';
import { partsOf, percentile, phasesOf } from '../session/statistics';
import { type Turn, timeToAnswer } from '../session/turn';
import { plural, seconds } from '../ui/format';
import { go, turnId } from '../ui/route';

/** Turns in the chart. */
const most = 120;

/** The time to answer of each turn, and how long its parts take. */
export function Latency() {
  const all = turns.value;
  const answered = all.filter((turn) => timeToAnswer(turn) !== undefined);
  if (answered.length === 0) return null;
  const slow = answered.filter((turn) => (timeToAnswer(turn) as number) > limitMs.value).length;
  return (
    <section class="panel latency" data-testid="phases">
      <div class="heading">
        <h3>Latency over {plural(answered.length, 'turn')}</h3>
        <Limit />
      </div>
      <p class={slow > 0 ? 'verdict fair' : 'verdict fast'} data-testid="verdict">
        {slow === 0 ? 'All answers began within the limit.' : `${slow} of ${plural(answered.length, 'answer')} began after the limit.`}
      </p>
      <Bars turns={answered.slice(-most)} />
      <Table turns={all} />
    </section>
  );
}

function Limit() {
  return (
    <label class="limit">
      Limit
      <input
        type="number"
        min="0.1"
        step="0.1"
        value={limitMs.value / 1000}
        aria-label="Limit of the time to answer, in seconds"
        onChange={(event) => {
          const value = event.currentTarget.valueAsNumber;
          if (value > 0 && value <= 60) limitMs.value = Math.round(value * 1000);
          else event.currentTarget.value = String(limitMs.value / 1000);
        }}
        data-testid="limit"
      />
      s
    </label>
  );
}

/** A bar for each turn, made of the parts of its time to answer. A click chooses the turn. */
function Bars({ turns: shown }: { turns: Turn[] }) {
  const times = shown.map((turn) => timeToAnswer(turn) as number);
  // One turn of half a minute must not flatten all the others.
  const top = Math.max(limitMs.value * 1.3, Math.min(Math.max(...times), percentile(times, 0.95) * 1.5));
  const share = (value: number) => `${Math.min(100, (value / top) * 100)}%`;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list of turns does the same by keyboard
    <div
      class="bars"
      role="img"
      aria-label={`Time to answer by turn: ${times
        .slice(-20)
        .map((time) => seconds(time))
        .join(', ')}`}
      onClick={(event) => {
        const id = (event.target as HTMLElement).closest<HTMLElement>('[data-turn]')?.dataset.turn;
        if (id) go('inspect', { turn: Number(id) });
      }}
      data-testid="bars"
    >
      <span class="limit-line" style={{ bottom: share(limitMs.value) }}>
        <span>{seconds(limitMs.value)}</span>
      </span>
      {shown.map((turn, index) => {
        const time = times[index] as number;
        const known = partsOf(turn);
        const rest = Math.max(0, time - known.reduce((sum, { value }) => sum + value, 0));
        return (
          <span
            key={turn.id}
            data-turn={turn.id}
            class={turn.id === turnId.value ? 'bar-of-turn chosen' : 'bar-of-turn'}
            title={`Turn ${turn.id}: ${seconds(time)}`}
          >
            <i class={`tip ${speedOf(time)}`} />
            {[...known.map(({ value }) => value), rest].map((value, part) => (
              <i key={part} class={`part-${part}`} style={{ height: share(value) }} />
            ))}
          </span>
        );
      })}
    </div>
  );
}

const colours: Record<string, string> = { 'End of turn detected': 'part-0', 'First token or audio': 'part-1', 'First sound': 'part-2' };

function Table({ turns: all }: { turns: Turn[] }) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Part</th>
          <th scope="col">p50</th>
          <th scope="col">p95</th>
          <th scope="col">Turns</th>
        </tr>
      </thead>
      <tbody>
        {phasesOf(all).map(({ label, median, p95, count }) => (
          <tr key={label} class={label === 'Time to answer' ? 'total' : undefined}>
            <th scope="row">
              {colours[label] && <i class={`key ${colours[label]}`} aria-hidden="true" />}
              {label}
            </th>
            <td>{label === 'Time to answer' ? <b class={speedOf(median)}>{seconds(median)}</b> : seconds(median)}</td>
            <td>{label === 'Time to answer' ? <b class={speedOf(p95)}>{seconds(p95)}</b> : seconds(p95)}</td>
            <td>{count}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
