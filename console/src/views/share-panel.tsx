import { useState } from 'preact/hooks';
import { linkOf, type Share } from '../session/share-link';
import { share, shares, unshare } from '../session/shared';
import { server } from '../session/watch';
import { CopyButton } from '../ui/copy-button';
import { confirmed } from '../ui/dialog';
import { plural } from '../ui/format';

/** Shares the shown session by a read-only link, and lists the links of this browser. */
export function SharePanel({ close }: { close(): void }) {
  const [busy, setBusy] = useState(false);
  const days = server.value?.sharing?.days ?? 0;
  const run = async () => {
    setBusy(true);
    await share();
    setBusy(false);
  };
  return (
    <section class="panel share" aria-label="Share" data-testid="share-panel">
      <div class="title">
        <h3>Share this session</h3>
        <button type="button" class="quiet" onClick={close}>
          Close
        </button>
      </div>
      <p>
        The server keeps a copy for {days < 1 ? 'less than a day' : plural(days, 'day')}. Everybody who has the link can read and hear it,
        and nobody can change it.
      </p>
      <div class="row">
        <button type="button" class="primary" disabled={busy} onClick={() => void run()} data-testid="create-link">
          {busy ? 'Uploading…' : 'Create a link'}
        </button>
      </div>
      {shares.value.length > 0 && (
        <ul class="links" aria-label="Links of this browser">
          {shares.value.map((one) => (
            <Link key={one.id} shared={one} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Link({ shared }: { shared: Share }) {
  const remove = async () => {
    const lines = ['The link stops working at once, for everybody who has it.'];
    if (await confirmed({ title: 'Delete this link?', lines, confirm: 'Delete it', decline: 'Cancel', danger: true }))
      await unshare(shared);
  };
  return (
    <li class="command" data-testid="shared-link">
      <code>{linkOf(shared)}</code>
      <span class="hint">until {new Date(shared.expires).toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })}</span>
      <span class="row">
        <CopyButton text={linkOf(shared)} label="Copy link" />
        <button type="button" class="quiet" onClick={() => void remove()}>
          Delete
        </button>
      </span>
    </li>
  );
}
