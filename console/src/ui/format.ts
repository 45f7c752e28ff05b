export const bytes = (count: number): string =>
  count < 1024 ? `${count} B` : count < 1 << 20 ? `${(count / 1024).toFixed(1)} KB` : `${(count / (1 << 20)).toFixed(1)} MB`;

export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** A moment of the session: `0:07.3`, `1:02:07`. */
export function clockOf(t: number, decimals: 0 | 1 | 2): string {
  const value = Math.max(0, t) / 1000;
  const seconds = Math.floor(value % 60);
  const hours = Math.floor(value / 3600);
  const minutes = Math.floor((value % 3600) / 60);
  const part = decimals === 0 ? '' : `.${String(Math.floor((value % 1) * 10 ** decimals)).padStart(decimals, '0')}`;
  const padded = `${String(seconds).padStart(2, '0')}${part}`;
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${padded}` : `${minutes}:${padded}`;
}

export const ms = (value: number): string => (value < 10_000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`);

export const at = (value: number): string => `${(value / 1000).toFixed(3)} s`;

/** `0.55 s` */
export const seconds = (value: number): string => `${(value / 1000).toFixed(2)} s`;

// Made once: toLocaleString makes a formatter for each call, which takes longer than everything else in a row.
const numbers = new Intl.NumberFormat('en');

/** `12,345` */
export const whole = (value: number): string => (value < 1_000 ? String(value) : numbers.format(value));

/** `1 message`, `2 messages` */
export const plural = (count: number, noun: string): string => `${whole(count)} ${noun}${count === 1 ? '' : 's'}`;
