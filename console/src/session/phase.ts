import type { state } from './state';
import { hasAnswer, type Turn } from './turn';

/** What the session is doing, for the user: one at a time. */
export type Phase =
  | 'before'
  | 'connecting'
  | 'listening'
  | 'hearing'
  | 'thinking'
  | 'speaking'
  | 'interrupted'
  | 'reconnecting'
  | 'ended'
  | 'recording'
  | 'watching';

export interface Signs {
  state: typeof state.value;
  userSpeaking: boolean;
  modelAudible: boolean;
  turn: Turn | undefined;
}

export function phaseOf({ state, userSpeaking, modelAudible, turn }: Signs): Phase {
  if (state === 'idle') return 'before';
  if (state === 'replay') return 'recording';
  if (state !== 'live') return state;
  if (userSpeaking) return 'hearing';
  if (modelAudible) return 'speaking';
  if (!turn) return 'listening';
  if (turn.interim && !turn.user && turn.at.endOfSpeech === undefined) return 'hearing';
  if (turn.interrupted) return 'interrupted';
  if (turn.done || !(turn.user || turn.at.endOfSpeech !== undefined)) return 'listening';
  return hasAnswer(turn) && turn.at.firstAudio === undefined ? 'speaking' : hasWords(turn) ? 'listening' : 'thinking';
}

const hasWords = (turn: Turn): boolean => hasAnswer(turn) && turn.tools.every((tool) => tool.to !== undefined);
