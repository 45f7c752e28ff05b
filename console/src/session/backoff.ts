/** Milliseconds to wait before the given attempt to reconnect, 1 being the first: doubling from half a second to 15, with jitter. */
export function delayBefore(attempt: number, mustWait: boolean, random: () => number = Math.random): number {
  const base = Math.min(15_000, 500 * 2 ** (attempt - 1));
  const delay = mustWait ? Math.max(base, 5_000) : base;
  return attempt === 1 && !mustWait ? 50 : delay * (0.75 + random() / 2);
}
