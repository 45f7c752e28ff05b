import { type Phase, phasesOf } from './statistics';
import { earliest, type Turn } from './turn';

/** One phase of two sessions; a session that has none lacks it. */
export interface Pair {
  label: string;
  here: Phase | undefined;
  there: Phase | undefined;
}

export function pairsOf(here: Turn[], there: Turn[]): Pair[] {
  const [mine, theirs] = [phasesOf(here), phasesOf(there)];
  const labels = [...new Set([...mine, ...theirs].map(({ label }) => label))];
  return labels.map((label) => ({
    label,
    here: mine.find((one) => one.label === label),
    there: theirs.find((one) => one.label === label),
  }));
}

/** The moment at which turns are aligned: the end of the question. */
export const endOfQuestion = ({ at }: Turn): number | undefined =>
  at.endOfSpeech ?? at.endDecided ?? at.finalTranscript ?? at.firstToken ?? at.firstAudio;

/** The part of the clock around the end of the questions that covers both turns, relative to it. */
export function windowOf(turns: (Turn | undefined)[]): { from: number; to: number } {
  let from = -500;
  let to = 1_500;
  for (const turn of turns) {
    const zero = turn && endOfQuestion(turn);
    if (turn === undefined || zero === undefined) continue;
    const { at, audioMs } = turn;
    const start = at.firstAudible ?? earliest(at.firstAudio, at.firstToken);
    from = Math.min(from, (at.speechStarted ?? zero) - zero - 300);
    if (start !== undefined) to = Math.max(to, (at.silenceReached ?? start + audioMs) - zero + 300);
  }
  // A story of a minute must not squeeze the time to its beginning.
  return { from: Math.max(from, -8_000), to: Math.min(to, 8_000) };
}
