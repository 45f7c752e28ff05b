import type { Turn } from './turn';

const words = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? [];

/** The share of the words of the shorter text that occur in the other one, 0 to 1. */
export function overlap(one: string, other: string): number {
  const [short, long] = [words(one), words(other)].sort((a, b) => a.length - b.length) as [string[], string[]];
  if (short.length === 0) return 0;
  const known = new Set(long);
  return short.filter((word) => known.has(word)).length / short.length;
}

/** Whether the microphone seems to pick up the model: the transcript of the user repeats the last answer, or answers are interrupted repeatedly. */
export function echoSuspected(turns: Turn[]): boolean {
  const [before, last] = turns.slice(-2);
  if (!last) return false;
  const heard = last.user || last.interim;
  const spoken = before?.model ?? '';
  if (words(heard).length >= 3 && overlap(heard, spoken) >= 0.6) return true;
  const recent = turns.slice(-3);
  return (
    recent.length === 3 &&
    recent.every((turn) => turn.interrupted && (turn.at.interruptedAt ?? 0) - (turn.at.firstAudible ?? 0) < 1000 && !turn.user)
  );
}
