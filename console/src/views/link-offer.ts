import { say } from '../session/notices';
import { profileOf, summaryOf } from '../settings/link';
import { change, profile, save } from '../settings/store';
import { ask } from '../ui/dialog';

/** Offers the profile of a shared link. Nothing changes without the user's consent, and code only with a second one. */
export async function offerLink(hash: string): Promise<void> {
  const shared = profileOf(hash);
  if (shared === undefined) return;
  history.replaceState(null, '', location.pathname);
  if (shared === 'broken') {
    say('settings', 'error', 'The settings in this link cannot be read.', 'The link may be incomplete. Ask for it again.');
    return;
  }
  const code = shared.typed.map((one) => `${one.declaration}\n\n${one.code}`).join('\n\n');
  const { confirmed, option } = await ask({
    title: 'Use the settings of this link?',
    lines: summaryOf(shared),
    ...(code ? { code, option: 'Also use its functions: this JavaScript of the sender runs in your browser' } : {}),
    confirm: 'Use these settings',
    decline: 'Keep mine',
  });
  if (!confirmed) return;
  const before = profile.value;
  const kept = { ...before, name: `${before.name} (before the link)` };
  save(kept);
  change({ ...shared, typed: option ? shared.typed : [] });
  say('settings', 'hint', `The settings “${shared.name}” are in use.`, `Yours are saved as “${kept.name}”.`, {
    label: 'Undo',
    run: () => change(before),
  });
}
