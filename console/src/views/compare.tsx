import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { RecordedSession } from '../recordings/open';
import { type Pair, pairsOf } from '../session/comparison';
import { compared } from '../session/files';
import { read } from '../session/reading';
import { turns } from '../session/state';
import { type Turn, timeToAnswer } from '../session/turn';
import { seconds } from '../ui/format';
import { Icon } from '../ui/icon';
import { go, turnId } from '../ui/route';
import '../styles/compare.css';
import { Overlay } from './compare-overlay';

/** A second session beside the shown one: the latency of both, and one turn of each over the other. */
export function Compare({ turn, other }: { turn: Turn | undefined; other: RecordedSession }) {
  const there = useMemo(() => read(other.entries), [other]);
  const chosen = useSignal<number | undefined>(undefined);
  const here = turns.value;
  const mine = turn ?? here.find((one) => timeToAnswer(one) !== undefined) ?? here[0];
  const theirs = there.turns.find(({ id }) => id === (chosen.value ?? mine?.id)) ?? there.turns.at(-1);
  return (
    <section class="panel compare" aria-label="Comparison" data-testid="compare">
      <div class="heading">
        <h3>
          Compared with <span class="other">{other.name}</span>
        </h3>
        <button
          type="button"
          class="icon-only"
          aria-label="Close the comparison"
          onClick={() => {
            compared.value = undefined;
          }}
        >
          <Icon name="close" />
        </button>
      </div>
      <div class="two">
        <Table pairs={pairsOf(here, there.turns)} name={other.name} />
        <div class="overlay-box">
          <div class="row">
            <Choice
              label="This session"
              all={here}
              turn={mine}
              kind="here"
              onChange={(id) => go('inspect', { turn: id })}
              chosen={turnId.value}
            />
            <Choice
              label={other.name}
              all={there.turns}
              turn={theirs}
              kind="there"
              onChange={(id) => {
                chosen.value = id;
              }}
              chosen={chosen.value}
            />
          </div>
          <Overlay mine={mine} theirs={theirs} there={there.audio} />
        </div>
      </div>
    </section>
  );
}

interface ChoiceProps {
  label: string;
  all: Turn[];
  turn: Turn | undefined;
  kind: 'here' | 'there';
  chosen: number | undefined;
  onChange(id: number): void;
}

function Choice({ label, all, turn, kind, onChange }: ChoiceProps) {
  return (
    <label class={`which ${kind}`}>
      <span>{label}</span>
      <select value={String(turn?.id ?? '')} onChange={(event) => onChange(Number(event.currentTarget.value))} data-testid={`turn-${kind}`}>
        {all.map(({ id, user, interim }) => (
          <option key={id} value={id}>
            {id}: {(user || interim || 'no words').slice(0, 60)}
          </option>
        ))}
      </select>
    </label>
  );
}

function Table({ pairs, name }: { pairs: Pair[]; name: string }) {
  const top = Math.max(1, ...pairs.flatMap(({ here, there }) => [here?.p95 ?? 0, there?.p95 ?? 0]));
  return (
    <table>
      <caption class="visually-hidden">Latency of this session and of {name}</caption>
      <thead>
        <tr>
          <th scope="col" rowSpan={2}>
            Part
          </th>
          <th scope="colgroup" colSpan={3}>
            p50
          </th>
          <th scope="colgroup" colSpan={3}>
            p95
          </th>
        </tr>
        <tr>
          {['p50', 'p95'].map((one) => [
            <th key={`${one}-here`} scope="col" class="here">
              this
            </th>,
            <th key={`${one}-there`} scope="col" class="there">
              other
            </th>,
            <th key={`${one}-by`} scope="col">
              change
            </th>,
          ])}
        </tr>
      </thead>
      <tbody>
        {pairs.map(({ label, here, there }) => (
          <tr key={label} class={label === 'Time to answer' ? 'total' : undefined}>
            <th scope="row">
              {label}
              <span class="pair" aria-hidden="true">
                {[here, there].map((phase, index) => (
                  <span key={index} class={index === 0 ? 'here' : 'there'}>
                    <i class="upper" style={{ width: `${((phase?.p95 ?? 0) / top) * 100}%` }} />
                    <i style={{ width: `${((phase?.median ?? 0) / top) * 100}%` }} />
                  </span>
                ))}
              </span>
            </th>
            <Cells here={here?.median} there={there?.median} />
            <Cells here={here?.p95} there={there?.p95} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Both values, and by how much the other is slower. */
function Cells({ here, there }: { here: number | undefined; there: number | undefined }) {
  const by = here === undefined || there === undefined ? undefined : there - here;
  return (
    <>
      <td>{here === undefined ? '–' : seconds(here)}</td>
      <td>{there === undefined ? '–' : seconds(there)}</td>
      <td class={by === undefined || Math.abs(by) < 20 ? undefined : by > 0 ? 'slow' : 'fast'} data-testid="difference">
        {by === undefined ? '–' : `${Math.abs(by) < 5 ? '' : by > 0 ? '+' : '−'}${seconds(Math.abs(by))}`}
      </td>
    </>
  );
}
