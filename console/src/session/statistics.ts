import { type Turn, timeToAnswer } from './turn';

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

/** The parts of the time to answer over all turns, in their order. A part that no turn has is left out. */
export function phasesOf(turns: Turn[]): Phase[] {
  const between = (from: number | undefined, to: number | undefined) =>
    from === undefined || to === undefined || to < from ? undefined : to - from;
  const parts: [label: string, of: (turn: Turn) => number | undefined][] = [
    ['End of turn detected', ({ at }) => (at.speechStarted === undefined ? undefined : between(at.endOfSpeech, at.endDecided))],
    ['First token or audio', ({ at }) => between(at.endDecided, earliest(at.firstToken, at.firstAudio))],
    ['First sound', ({ at }) => between(at.firstAudio, at.firstAudible)],
    ['Time to answer', timeToAnswer],
    ['Silent after interruption', ({ at }) => between(at.interruptedAt, at.silenceReached)],
  ];
  return parts.flatMap(([label, of]) => {
    const values = turns.map(of).filter((value) => value !== undefined);
    return values.length === 0 ? [] : [{ label, median: percentile(values, 0.5), p95: percentile(values, 0.95), count: values.length }];
  });
}

function earliest(...times: (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}
