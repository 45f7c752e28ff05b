import { deleteShare } from '../session/admin';
import type { AdminShare, AdminSnapshot, AuditEntry } from '../session/admin-types';
import { keyName } from '../session/usage';
import { confirmed } from '../ui/dialog';
import { bytes, plural } from '../ui/format';
import { act, date, moment, Table } from './admin-table';

/** The sessions that users share by a link. */
export function Shares({ known }: { known: AdminSnapshot }) {
  if (known.shares.length === 0) return null;
  const remove = async (share: AdminShare) => {
    const yes = await confirmed({
      title: 'Delete this shared session?',
      lines: [`${keyName(known.keys, share.keyId)} shared it on ${date(share.created)}. Its link stops working at once.`],
      confirm: 'Delete it',
      decline: 'Cancel',
      danger: true,
    });
    if (yes) await act(deleteShare(share.id));
  };
  return (
    <section class="panel" data-testid="admin-shares">
      <h3>Shared sessions</h3>
      <Table title="Shared sessions" head={['Shared with', 'On', 'Until', 'Size']}>
        {known.shares.map((share) => (
          <tr key={share.id}>
            <td data-label="Shared with">{keyName(known.keys, share.keyId)}</td>
            <td data-label="On">{moment(share.created)}</td>
            <td data-label="Until">{moment(share.expires)}</td>
            <td data-label="Size">{bytes(share.bytes)}</td>
            <td>
              <div class="row end">
                <button type="button" class="quiet" onClick={() => void remove(share)}>
                  Delete
                </button>
              </div>
            </td>
          </tr>
        ))}
      </Table>
    </section>
  );
}

const actions: Record<string, string> = {
  'key.created': 'Created the key',
  'key.changed': 'Changed the limits of the key',
  'key.revoked': 'Revoked the key',
  'session.ended': 'Ended the session',
  'watch.opened': 'Watched the session',
  'watch.ended': 'Stopped watching the session',
  'node.drained': 'Drained the server',
  'share.deleted': 'Deleted the shared session',
};

const most = 50;

/** What operators did. */
export function Audit({ known }: { known: AdminSnapshot }) {
  if (known.entries.length === 0) return null;
  const subject = ({ action, subject: id, detail }: AuditEntry) =>
    action.startsWith('key.') ? keyName(known.keys, id) : action === 'node.drained' ? detail : id.slice(0, 6);
  const detail = ({ action, detail: text }: AuditEntry) => {
    const key = /^key (\S+)$/.exec(text)?.[1];
    if (key) return keyName(known.keys, key);
    return action === 'key.created' || action === 'node.drained' ? '' : text;
  };
  return (
    <section class="panel" data-testid="audit">
      <details>
        <summary>
          <h3>Audit log</h3> <span class="hint">{plural(known.entries.length, 'action')} of operators</span>
        </summary>
        <Table title="Audit log" head={['When', 'What', 'Details', 'From', 'Server']} actions={false}>
          {known.entries.slice(0, most).map((entry) => (
            <tr key={`${entry.time} ${entry.action} ${entry.subject}`}>
              <td data-label="When">{moment(entry.time)}</td>
              <td data-label="What">
                {actions[entry.action] ?? entry.action} <b>{subject(entry)}</b>
              </td>
              <td data-label="Details">{detail(entry)}</td>
              <td data-label="From">{entry.remote}</td>
              <td data-label="Server">{entry.node}</td>
            </tr>
          ))}
        </Table>
      </details>
    </section>
  );
}
