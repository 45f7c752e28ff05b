import type { Turn } from '../session/turn';
import type { AudioIndex } from './audio-index';

/** What is heard at a moment of the session. */
export interface Heard {
  turn: Turn;
  /** Whether the question is being asked. */
  asking: boolean;
  /** Where in the answer the words that are heard begin and end, in characters. */
  from: number;
  to: number;
  /** Number of the message with these words. */
  n: number | undefined;
}

/** The turn and the words that are heard at a moment; undefined before the first turn. */
export function heardAt(turns: Turn[], audio: AudioIndex, t: number): Heard | undefined {
  const turn = turnAt(turns, audio, t);
  if (!turn) return undefined;
  const { speechStarted, endOfSpeech } = turn.at;
  const asking = speechStarted !== undefined && t >= speechStarted && t <= (endOfSpeech ?? turn.at.endDecided ?? t);
  const start = answerStart(turn);
  if (start === undefined || t < start) return { turn, asking, from: 0, to: 0, n: undefined };
  const over = t >= answerEnd(turn, start);
  const played = over && !turn.interrupted ? Number.POSITIVE_INFINITY : Math.min(t, answerEnd(turn, start)) - start;
  let from = 0;
  let to = 0;
  let n: number | undefined;
  for (const piece of turn.pieces) {
    if (piece.audioMs > played) break;
    from = to;
    to = piece.end;
    n = piece.n;
  }
  return over ? { turn, asking, from: to, to, n } : { turn, asking, from, to, n };
}

/** When the answer is heard first. */
const answerStart = ({ at }: Turn): number | undefined => at.firstAudible ?? at.firstAudio ?? at.firstToken;

const answerEnd = ({ at, audioMs }: Turn, start: number): number => at.silenceReached ?? start + Math.max(audioMs, 1);

/** The newest turn that has begun, unless the answer of the one before is still heard. */
function turnAt(turns: Turn[], audio: AudioIndex, t: number): Turn | undefined {
  for (let index = turns.length - 1; index >= 0; index--) {
    const turn = turns[index] as Turn;
    const began = Math.min(...Object.values(turn.at), ...turn.tools.map(({ from }) => from));
    if (began > t) continue;
    const before = turns[index - 1];
    const start = before && answerStart(before);
    const answering = before && start !== undefined && answerStart(turn) === undefined && t < answerEnd(before, start);
    return answering && audio.model.at(t) ? before : turn;
  }
  return undefined;
}
