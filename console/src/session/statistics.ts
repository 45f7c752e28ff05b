import { earliest, type Turn, timeToAnswer } from './turn';

export interface Phase {
  label: string;
  median: number;
  p95: number;
  count: number;
}

/** The value that a share of the values does not exceed. */
export function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

const between = (from: number | undefined, to: number | undefined): number | undefined =>
  from === undefined || to === undefined || to < from ? undefined : to - from;

type Part = readonly [label: string, of: (turn: Turn) => number | undefined];

/** The parts of a time to answer, in their order. They add up to it, if all of them are known. */
const parts: readonly Part[] = [
  ['End of turn detected', ({ at }) => (at.speechStarted === undefined ? undefined : between(at.endOfSpeech, at.endDecided))],
  ['First token or audio', ({ at }) => between(at.endDecided ?? at.endOfSpeech, earliest(at.firstToken, at.firstAudio))],
  ['First sound', ({ at }) => between(earliest(at.firstToken, at.firstAudio), at.firstAudible)],
];

const phases: readonly Part[] = [
  ...parts,
  ['Time to answer', timeToAnswer],
  ['Function call', ({ tools }) => (tools[0]?.to === undefined ? undefined : Math.max(...tools.map(({ from, to = from }) => to - from)))],
  ['Silent after interruption', ({ at }) => between(at.interruptedAt, at.silenceReached)],
];

/** The phases over all turns, in their order. A phase that no turn has is left out. */
export function phasesOf(turns: Turn[]): Phase[] {
  return phases.flatMap(([label, of]) => {
    const values = turns.map(of).filter((value) => value !== undefined);
    return values.length === 0 ? [] : [{ label, median: percentile(values, 0.5), p95: percentile(values, 0.95), count: values.length }];
  });
}

/** The parts of the time to answer of one turn, in milliseconds. */
export const partsOf = (turn: Turn): { label: string; value: number }[] => parts.map(([label, of]) => ({ label, value: of(turn) ?? 0 }));
