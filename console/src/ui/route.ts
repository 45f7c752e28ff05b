import { signal } from '@preact/signals';

export const views = { talk: 'Talk', settings: 'Settings', inspect: 'Inspect', admin: 'Admin' } as const;
export type View = keyof typeof views;

/** What an address names beside the view: `#/inspect/turn/3/message/120`. */
export interface Place {
  turn?: number | undefined;
  message?: number | undefined;
}

/** The view of the page, which is in the address. */
export const view = signal<View>('talk');
/** The turn that the address names. */
export const turnId = signal<number | undefined>(undefined);
/** The number of the message that the address names. */
export const messageId = signal<number | undefined>(undefined);

export function addressOf(to: View, { turn, message }: Place = {}): string {
  return `#/${to}${turn === undefined ? '' : `/turn/${turn}`}${message === undefined ? '' : `/message/${message}`}`;
}

/** Reads the view from an address. An address that names none changes nothing. */
export function readRoute(hash: string): void {
  const [, name = '', turn, message] = /^#\/(\w+)(?:\/turn\/(\d+))?(?:\/message\/(\d+))?$/.exec(hash) ?? [];
  if (hash === '' || hash === '#') view.value = 'talk';
  else if (name in views) view.value = name as View;
  else return;
  turnId.value = turn ? Number(turn) : undefined;
  messageId.value = message ? Number(message) : undefined;
  const parts = [turn && `Turn ${turn}`, message && `Message ${message}`, view.value !== 'talk' && views[view.value], 'Parley'];
  document.title = parts.filter(Boolean).join(' · ');
}

/** Shows a place; Back returns to the one before. Steps from message to message count as one. */
export function go(to: View, place: Place = {}): void {
  const address = addressOf(to, place);
  const isStep = place.message !== undefined && messageId.peek() !== undefined && to === view.peek() && place.turn === turnId.peek();
  if (!isStep) {
    location.hash = address;
    return;
  }
  history.replaceState(history.state, '', address);
  readRoute(address);
}
