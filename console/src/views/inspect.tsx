import { current } from '../session/current';
import { exportSession, openFile, openPrevious, previous } from '../session/files';
import { revision, state, turns } from '../session/state';
import { phasesOf } from '../session/statistics';
import { outcomeOf, type Turn, timeToAnswer } from '../session/turn';
import { plural, seconds } from '../ui/format';
import { addressOf, turnId } from '../ui/route';
import { InspectSources, ShareButton } from './inspect-sources';
import { MessageList } from './message-list';
import { SessionPanel } from './session-panel';
import { Timeline } from './timeline';
import { Waterfall } from './waterfall';

export function Inspect() {
  revision.value;
  const empty = current.feed.log.entries.length === 0;
  const turn = turns.value.find(({ id }) => id === turnId.value);
  return (
    <div class="page inspect">
      <div class="title">
        <h2>Inspect</h2>
        <div class="row">
          <Files empty={empty} />
          <ShareButton empty={empty} />
        </div>
      </div>
      <InspectSources empty={empty} />
      {empty ? (
        <div class="panel nothing">
          <h3>No session yet</h3>
          <p>
            <a href={addressOf('talk')}>Start a session</a>, or open an exported session or a recording of{' '}
            <code>parley serve --record</code> or <code>parley talk --record</code>.
          </p>
        </div>
      ) : (
        <>
          <Timeline turn={turn} />
          <div class="columns">
            <div>
              <Turns chosen={turn} />
              <Phases />
              <SessionPanel />
            </div>
            <MessageList turn={turn} />
          </div>
        </>
      )}
    </div>
  );
}

function Files({ empty }: { empty: boolean }) {
  return (
    <div class="row">
      {previous.value && (
        <button type="button" onClick={() => void openPrevious()} data-testid="previous">
          Previous session
        </button>
      )}
      <label class="button">
        Open
        <input
          class="visually-hidden"
          type="file"
          accept=".zip,.jsonl"
          onChange={(event) => {
            const input = event.currentTarget;
            const file = input.files?.[0];
            if (file) void openFile(file);
            // The same file can be opened again.
            input.value = '';
          }}
          data-testid="open-export"
        />
      </label>
      {!empty && (
        <button type="button" onClick={() => void exportSession()} data-testid="export">
          Export
        </button>
      )}
    </div>
  );
}

/** Turns in the list; a session of hours has many. */
const most = 200;

function Turns({ chosen }: { chosen: Turn | undefined }) {
  const all = turns.value;
  if (all.length === 0) return null;
  return (
    <section class="panel turns" aria-label="Turns">
      <h3>Turns</h3>
      <ol>
        {all.slice(-most).map((turn) => (
          <li key={turn.id}>
            <a href={addressOf('inspect', turn.id)} aria-current={turn === chosen ? 'true' : undefined}>
              <span class="number">{turn.id}</span>
              <span class="question">{turn.user || turn.interim || '(no words)'}</span>
              <span class="outcome">{timeOf(turn)}</span>
            </a>
            {turn === chosen && <Waterfall turn={turn} />}
          </li>
        ))}
      </ol>
      {state.value === 'live' && all.length > most && <p class="hint">The last {most} turns.</p>}
    </section>
  );
}

function timeOf(turn: Turn): string {
  const time = timeToAnswer(turn);
  const outcome = turn.lost ? 'connection lost' : outcomeOf(turn).replace('_', ' ');
  return time === undefined ? outcome : `${seconds(time)}${turn.interrupted || turn.lost ? `, ${outcome}` : ''}`;
}

/** How long each part of an answer takes, over all turns. */
function Phases() {
  const phases = phasesOf(turns.value);
  if (turns.value.length < 2 || phases.length === 0) return null;
  return (
    <section class="panel" data-testid="phases">
      <h3>Latency over {plural(turns.value.length, 'turn')}</h3>
      <table>
        <thead>
          <tr>
            <th scope="col">Part</th>
            <th scope="col">Median</th>
            <th scope="col">95 %</th>
          </tr>
        </thead>
        <tbody>
          {phases.map(({ label, median, p95 }) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td>{seconds(median)}</td>
              <td>{seconds(p95)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
