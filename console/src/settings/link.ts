import { changedSettings } from './changed';
import { complete, type Profile } from './profile';

/** A link to this page with the profile in its fragment, which browsers do not send to a server. */
export function link(shared: Profile, page: string): string {
  const url = new URL(page);
  const bytes = new TextEncoder().encode(JSON.stringify(shared));
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  url.hash = `profile=${text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')}`;
  return url.href;
}

/** The profile of a link; undefined if the fragment is no profile, `broken` if it cannot be read. */
export function profileOf(hash: string): Profile | 'broken' | undefined {
  const text = /^#profile=(.*)$/.exec(hash)?.[1];
  if (text === undefined) return undefined;
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return value !== null && typeof value === 'object' ? complete(value) : 'broken';
  } catch {
    return 'broken';
  }
}

/** What a person should know before using the profile of a link, in sentences. */
export function summaryOf(shared: Profile): string[] {
  const changed = changedSettings(shared).filter((name) => name !== 'Functions');
  return [
    `It is named “${shared.name}”.`,
    `System instruction: “${shared.instruction.slice(0, 200)}${shared.instruction.length > 200 ? '…' : ''}”`,
    ...(changed.length > 0 ? [`It changes: ${changed.join(', ')}.`] : []),
  ];
}
