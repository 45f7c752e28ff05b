import { drainNode } from '../session/admin';
import type { AdminNode, AdminSnapshot } from '../session/admin-types';
import { say } from '../session/notices';
import { age } from '../session/usage';
import { confirmed } from '../ui/dialog';
import { plural } from '../ui/format';
import { act, Table } from './admin-table';

const versionOf = (version: string): string => {
  const [number, commit] = version.split('+');
  return commit ? `${number} (${commit.slice(0, 7)})` : (number ?? version);
};

const stateOf = (node: AdminNode): string => (!node.alive ? 'gone' : node.draining ? 'draining' : 'running');

/** The servers that share the database. */
export function Nodes({ known }: { known: AdminSnapshot }) {
  const drain = async (node: AdminNode) => {
    const yes = await confirmed({
      title: `Drain ${node.name}?`,
      lines: [
        `It takes no new sessions, and its ${plural(node.sessions, 'session')} ${node.sessions === 1 ? 'is' : 'are'} asked to continue on other servers.`,
        'It stays drained until it is restarted.',
      ],
      confirm: 'Drain the server',
      decline: 'Cancel',
      danger: true,
    });
    if (yes && (await act(drainNode(node.id)))) say('admin', 'hint', `${node.name} drains.`, 'Its clients continue on other servers.');
  };
  return (
    <section class="panel" data-testid="nodes">
      <h3>Servers</h3>
      <Table title="Servers" head={['Server', 'State', 'Sessions', 'Version', 'Running for', 'Last seen']}>
        {known.nodes.map((node) => (
          <tr key={node.id}>
            <td data-label="Server">
              <span class="name">{node.name}</span>
              <span class="line">
                <code title={node.id}>{node.id.slice(0, 8)}</code>
                {node.self && <span class="tag">this page</span>}
              </span>
            </td>
            <td data-label="State">
              <span class={`live ${stateOf(node)}`}>
                <span class="lamp" aria-hidden="true" />
                {stateOf(node)}
              </span>
            </td>
            <td data-label="Sessions">{node.sessions.toLocaleString('en')}</td>
            <td data-label="Version">{versionOf(node.version)}</td>
            <td data-label="Running for">{age(Date.now() - Date.parse(node.started))}</td>
            <td data-label="Last seen">{node.secondsSinceRenewal === undefined ? '—' : `${age(node.secondsSinceRenewal * 1000)} ago`}</td>
            <td>
              {node.alive && !node.draining && (
                <div class="row end">
                  <button type="button" class="quiet" onClick={() => void drain(node)}>
                    Drain
                  </button>
                </div>
              )}
            </td>
          </tr>
        ))}
      </Table>
    </section>
  );
}

const partNames: Record<string, string> = {
  engines: 'Answers',
  recognizer: 'Speech recognition',
  synthesizer: 'Speech synthesis',
  detector: 'Speech detection',
  chatModel: 'Chat model',
  ocr: 'Text in pictures',
  warmUp: 'Warm-up',
  relay: 'Upstreams',
  storage: 'Data folder',
  postgres: 'Database',
  memory: 'Memory',
  connections: 'Connections',
};

const nameOf = (part: string): string => partNames[part] ?? `${part.charAt(0).toUpperCase()}${part.slice(1)}`;

/** The state of the server that shows this page, part by part. */
export function Server({ known: { status } }: { known: AdminSnapshot }) {
  const isWrong = (part: string, state: string) => status.notReady?.includes(part) || / full$/.test(state);
  const parts = Object.entries(status.parts).sort(([a], [b]) => Number(b === 'engines') - Number(a === 'engines') || a.localeCompare(b));
  return (
    <section class="panel" data-testid="server">
      <div class="title">
        <h3>{status.nodeName}</h3>
        <p class="hint">
          Parley {versionOf(status.version)} · {plural(status.tokensMinted, 'token')} for browsers since the start
        </p>
      </div>
      <ul class="parts">
        {parts.map(([part, state]) => {
          // The first sentence is the state; what follows are details.
          const [line = '', ...more] = state.split(/(?<=[a-z)]\.) (?=\w)/);
          return (
            <li key={part} class={isWrong(part, state) ? 'wrong' : undefined}>
              <span class="lamp" aria-hidden="true" />
              <span class="name">{nameOf(part)}</span>
              <span>
                {isWrong(part, state) && <b class="wrong">Not ready: </b>}
                {line.replace(/\.$/, '')}
                {more.length > 0 && <span class="hint">{more.join(' ')}</span>}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
