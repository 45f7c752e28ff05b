import { useEffect, useState } from 'preact/hooks';
import { failure, forget, refresh, secret, snapshot } from '../session/admin';
import type { AdminSnapshot } from '../session/admin-types';
import { costOf, totalOf } from '../session/usage';
import { Text } from '../ui/fields';
import { plural } from '../ui/format';
import { Audit, Shares } from './admin-history';
import { Keys } from './admin-keys';
import { Nodes, Server } from './admin-server';
import { Sessions } from './admin-sessions';
import { Usage } from './admin-usage';
import '../styles/admin-figures.css';
import '../styles/admin.css';

const refreshMs = 5_000;

/** The operator's view, shown if the admin API is available at the address of this page. */
export function Admin() {
  const known = snapshot.value;
  useEffect(() => {
    if (!secret.value) return;
    const timer = window.setInterval(() => void refresh(), refreshMs);
    return () => window.clearInterval(timer);
  }, [secret.value]);
  if (!known) return <SecretForm />;
  return (
    <div class="page admin" data-testid="admin">
      <div class="title">
        <h2>Admin</h2>
        <button type="button" class="quiet" onClick={forget}>
          Lock
        </button>
      </div>
      {failure.value && (
        <p class="problems" role="alert">
          {failure.value} The lists below are not up to date.
        </p>
      )}
      {known.partial && <p class="problems">The server cannot read its database: only what this server knows itself is listed.</p>}
      <Tiles known={known} />
      <Sessions known={known} />
      <Keys known={known} />
      <Usage known={known} />
      {known.nodes.length > 1 && <Nodes known={known} />}
      <Server known={known} />
      <Shares known={known} />
      <Audit known={known} />
    </div>
  );
}

function SecretForm() {
  const [typed, setTyped] = useState('');
  const submit = (event: Event) => {
    event.preventDefault();
    secret.value = typed;
    setTyped('');
    void refresh();
  };
  return (
    <form class="panel login" onSubmit={submit}>
      <h2>Operator</h2>
      <p>
        Enter the admin secret. It is in the file admin.secret in the data folder of the server. This page forgets it when it is closed.
      </p>
      <Text label="Admin secret" value={typed} secret onInput={setTyped} />
      <button type="submit" class="primary" disabled={!typed}>
        Open
      </button>
      {failure.value && (
        <p class="problems" role="alert">
          {failure.value}
        </p>
      )}
    </form>
  );
}

/** What an operator wants to know first. */
function Tiles({ known: { status, sessions, usage, currency } }: { known: AdminSnapshot }) {
  const today = new Date().toISOString().slice(0, 10);
  const total = totalOf(usage.filter(({ day }) => day === today));
  const state = status.stopping ? 'Stopping' : status.ready ? 'Ready' : 'Not ready';
  const tiles: [name: string, value: string, hint: string][] = [
    ['Server', state, `${status.nodeName}, ${plural(status.connections, 'connection')}`],
    ['Sessions now', sessions.length.toLocaleString('en'), `${plural(total.sessions, 'session')} today`],
    ['Minutes today', total.minutes.toLocaleString('en', { maximumFractionDigits: 1 }), 'connected, all sessions together'],
    ['Tokens today', (total.promptTokens + total.responseTokens).toLocaleString('en'), `${total.promptTokens.toLocaleString('en')} in`],
  ];
  if (currency)
    tiles.push(['Cost today', costOf(total, currency), total.unpricedTokens ? 'some models have no price' : 'by the price table']);
  return (
    <dl class="tiles">
      {tiles.map(([name, value, hint]) => (
        <div key={name} class={name === 'Server' && state !== 'Ready' ? 'panel tile warn' : 'panel tile'}>
          <dt>{name}</dt>
          <dd>
            <b>{value}</b>
            <span class="hint">{hint}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
