import { explainClose } from '../protocol/closes';
import { facts, now, state } from '../session/session';
import { bytes, clock } from '../ui/format';
import { useTicker } from '../ui/ticker';

/** Facts and figures of the session. */
export function SessionPanel() {
  const open = state.value === 'live' || state.value === 'reconnecting';
  useTicker(1000, open);
  const known = facts.value;
  if (state.value === 'idle') return null;
  const rows: [name: string, value: string][] = [
    ['Model', known.model.replace('models/', '') || '—'],
    ['Duration', clock(now())],
    ['Connections', `${known.connections}${known.resumes > 0 ? `, resumed ${known.resumes} ×` : ''}`],
    [
      'Handle',
      known.handleAt === undefined ? 'none yet' : `${clock(now() - known.handleAt)} old${known.resumable ? '' : ', not resumable now'}`,
    ],
    ['Sent', `${known.sentMessages} messages, ${bytes(known.sentBytes)}${known.pictures > 0 ? `, ${known.pictures} pictures` : ''}`],
    ['Received', `${known.receivedMessages} messages, ${bytes(known.receivedBytes)}`],
    ['Tokens in', tokens(known.tokens.prompt)],
    ['Tokens out', tokens(known.tokens.response)],
  ];
  if (known.sessionId) rows.splice(1, 0, ['Session', known.sessionId]);
  if (known.goAwayAt !== undefined && open) rows.push(['goAway', `the server closes in ${clock(known.goAwayAt - now())}`]);
  return (
    <section class="panel" data-testid="session-panel">
      <h2>Session</h2>
      <dl class="facts">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {known.close && <Close {...known.close} />}
    </section>
  );
}

function Close({ code, reason }: { code: number; reason: string }) {
  const { cause, cure } = explainClose(code, reason);
  return (
    <p class="close" data-testid="close">
      Closed with <b>{code}</b>
      {reason && ` “${reason}”`}. {cause} {cure}
    </p>
  );
}

function tokens(counts: Record<string, number>): string {
  const parts = Object.entries(counts).map(([modality, count]) => `${count.toLocaleString('en')} ${modality.toLowerCase()}`);
  return parts.join(', ') || '—';
}
