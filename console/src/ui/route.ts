import { signal } from '@preact/signals';

export const views = { talk: 'Talk', settings: 'Settings', inspect: 'Inspect', admin: 'Admin' } as const;
export type View = keyof typeof views;

/** The view of the page, which is in the address: `#/inspect/turn/3`. */
export const view = signal<View>('talk');
/** The turn that the address names. */
export const turnId = signal<number | undefined>(undefined);

export const addressOf = (to: View, turn?: number): string => `#/${to}${turn === undefined ? '' : `/turn/${turn}`}`;

/** Reads the view from an address. An address that names none changes nothing. */
export function readRoute(hash: string): void {
  const [, name = '', turn] = /^#\/(\w+)(?:\/turn\/(\d+))?$/.exec(hash) ?? [];
  if (hash === '' || hash === '#') view.value = 'talk';
  else if (name in views) view.value = name as View;
  else return;
  turnId.value = turn ? Number(turn) : undefined;
  document.title = view.value === 'talk' ? 'Parley' : `${views[view.value]} · Parley`;
}

/** Shows a view; Back returns to the one before. */
export function go(to: View, turn?: number): void {
  location.hash = addressOf(to, turn);
}
