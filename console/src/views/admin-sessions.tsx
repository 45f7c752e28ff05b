import { useState } from 'preact/hooks';
import { endSession } from '../session/admin';
import type { AdminSession, AdminSnapshot } from '../session/admin-types';
import { watchSession } from '../session/live-watch';
import { age, costOf, findSessions, keyName, type SessionOrder } from '../session/usage';
import { CopyButton } from '../ui/copy-button';
import { confirmed } from '../ui/dialog';
import { Choice, type Option, Text } from '../ui/fields';
import { plural } from '../ui/format';
import { useTicker } from '../ui/ticker';
import { act, Table } from './admin-table';

const orders: Option[] = [
  ['newest', 'Newest first'],
  ['oldest', 'Oldest first'],
  ['name', 'By key'],
  ['tokens', 'Most tokens first'],
];

/** Rows that are shown at once; a search finds the others. */
const most = 200;

export const sessionName = (known: AdminSnapshot, session: AdminSession): string =>
  `${keyName(known.keys, session.keyId)} · ${session.id.slice(0, 6)}`;

/** The live sessions of all servers. */
export function Sessions({ known }: { known: AdminSnapshot }) {
  const [words, setWords] = useState('');
  const [order, setOrder] = useState<SessionOrder>('newest');
  useTicker(1_000, known.sessions.length > 0);
  const found = findSessions(known.sessions, known.keys, words, order);
  const many = known.nodes.length > 1;
  const head = ['Session', 'State', 'Model', ...(many ? ['Node'] : []), 'Age', 'Tokens', ...(known.currency ? ['Cost'] : [])];
  return (
    <section class="panel">
      <div class="title">
        <h3>Live sessions</h3>
        {known.sessions.length > 1 && (
          <div class="tools">
            <Text label="Find" value={words} placeholder="key, id, model or state" onInput={setWords} />
            <Choice label="Order" value={order} options={orders} onChange={(value) => setOrder(value as SessionOrder)} />
          </div>
        )}
      </div>
      {known.sessions.length === 0 ? (
        <p class="hint">Nobody is connected.</p>
      ) : found.length === 0 ? (
        <p class="hint">No session matches “{words}”.</p>
      ) : (
        <Table title="Live sessions" head={head}>
          {found.slice(0, most).map((session) => (
            <Row key={session.connectionId} known={known} session={session} many={many} />
          ))}
        </Table>
      )}
      {found.length > most && (
        <p class="hint">
          The first {most} of {plural(found.length, 'session')}. Search for others.
        </p>
      )}
    </section>
  );
}

function Row({ known, session, many }: { known: AdminSnapshot; session: AdminSession; many: boolean }) {
  const name = sessionName(known, session);
  const isHere = session.nodeId === known.status.nodeId;
  const end = async () => {
    const yes = await confirmed({
      title: `End the session ${name}?`,
      lines: ['Its connection is closed now. The client may start a new session.'],
      confirm: 'End the session',
      decline: 'Cancel',
      danger: true,
    });
    if (yes) await act(endSession(session.id));
  };
  const watch = async () => {
    const yes = await confirmed({
      title: `Watch the session ${name}?`,
      lines: [
        'You see and hear everything that is said from now on, in both directions. The people in the session are not told by the server.',
        'The server records in its audit log that this session was watched, when, and from which address.',
      ],
      confirm: 'Watch the session',
      decline: 'Cancel',
    });
    if (yes) await act(watchSession(session, name));
  };
  return (
    <tr data-testid="session">
      <td data-label="Session">
        <span class="name">{keyName(known.keys, session.keyId)}</span>
        <span class="line">
          <code title={session.id}>{session.id.slice(0, 6)}</code>
          <CopyButton text={session.id} label="Copy id" />
          {session.onToken && <span class="tag">token</span>}
          {session.resumed && <span class="tag">resumed</span>}
          {session.watchers !== undefined && (
            <span class="tag watched">{session.watchers === 1 ? 'watched' : `${session.watchers} watchers`}</span>
          )}
        </span>
      </td>
      <td data-label="State">
        {session.state ? (
          <span class={`live ${session.state}`}>
            <span class="lamp" aria-hidden="true" />
            {session.state}
          </span>
        ) : (
          '—'
        )}
      </td>
      <td data-label="Model">{session.model.replace('models/', '')}</td>
      {many && <td data-label="Node">{session.nodeName ?? session.nodeId.slice(0, 8)}</td>}
      <td data-label="Age" title={`until ${new Date(session.until).toLocaleTimeString('en-GB')}`}>
        {age(Date.now() - Date.parse(session.since))}
      </td>
      <td data-label="Tokens">
        {session.promptTokens === undefined ? '—' : (session.promptTokens + (session.responseTokens ?? 0)).toLocaleString('en')}
      </td>
      {known.currency && <td data-label="Cost">{costOf(session, known.currency)}</td>}
      <td>
        <div class="row end">
          {known.status.watching && (
            <button
              type="button"
              class="quiet"
              disabled={!isHere}
              title={isHere ? undefined : `Open Admin of ${session.nodeName ?? 'its server'} to watch it`}
              onClick={() => void watch()}
              data-testid="watch"
            >
              Watch
            </button>
          )}
          <button type="button" class="quiet" onClick={() => void end()}>
            End
          </button>
        </div>
      </td>
    </tr>
  );
}
