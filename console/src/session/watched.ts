import { signal } from '@preact/signals';

/** A running session of somebody else that this page shows. */
export interface Watched {
  name: string;
  model: string;
  /** Messages that the server dropped, because this page did not take them fast enough. */
  dropped: number;
  silenced: boolean;
  /** The client left, and may come back. */
  isAway: boolean;
  /** Why it is over; undefined while it runs. */
  over?: string;
  silence(silenced: boolean): void;
  stop(): void;
}

export const watched = signal<Watched | undefined>(undefined);
