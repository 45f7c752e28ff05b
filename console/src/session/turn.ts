import { outputRate, rateOf } from '../audio/pcm';
import type { Blob64, ClientMessage, FunctionCall } from '../protocol/messages';

/** Moments of a turn, in their usual order. The names are those of the server's turn metrics. */
export const moments = [
  'speechStarted',
  'endOfSpeech',
  'endDecided',
  'finalTranscript',
  'firstToken',
  'firstAudio',
  'firstAudible',
  'generationComplete',
  'turnComplete',
  'interruptedAt',
  'silenceReached',
] as const;

export type Moment = (typeof moments)[number];

export interface ToolSpan {
  id: string;
  name: string;
  args: unknown;
  from: number;
  to?: number;
  cancelled?: boolean;
  response?: unknown;
}

export interface Turn {
  id: number;
  /** What the user said or typed. */
  user: string;
  /** Interim transcript of the user, until the final one arrives. */
  interim: string;
  model: string;
  /** Audio of the answer that has arrived, in milliseconds. */
  audioMs: number;
  /** Where the pieces of the answer end in `model`, how much audio had arrived before each, and the number of its message. */
  pieces: { end: number; audioMs: number; n: number }[];
  thoughts: string;
  interrupted: boolean;
  done: boolean;
  /** The text was typed while there was no connection and is not sent yet. */
  queued?: boolean;
  /** The connection was lost during the answer. */
  lost?: boolean;
  reason?: string;
  tools: ToolSpan[];
  at: Partial<Record<Moment, number>>;
}

export const newTurn = (id: number): Turn => ({
  id,
  user: '',
  interim: '',
  model: '',
  audioMs: 0,
  pieces: [],
  thoughts: '',
  interrupted: false,
  done: false,
  tools: [],
  at: {},
});

export type Outcome = 'open' | 'completed' | 'interrupted' | 'no_output';

export function outcomeOf(turn: Turn): Outcome {
  if (turn.interrupted) return 'interrupted';
  if (!turn.done) return 'open';
  return turn.at.firstToken === undefined && turn.at.firstAudio === undefined ? 'no_output' : 'completed';
}

export function earliest(...times: (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}

/** The part of the clock that a turn covers, with a little room. */
export function rangeOf({ at, tools }: Turn): { from: number; to: number } {
  const all = [...Object.values(at), ...tools.flatMap((tool) => [tool.from, tool.to ?? tool.from])];
  if (all.length === 0) return { from: 0, to: 1_000 };
  return { from: Math.max(0, Math.min(...all) - 300), to: Math.max(...all) + 300 };
}

/** Milliseconds from the end of the question to the first sound or word of the answer; undefined if one of them is missing. */
export function timeToAnswer({ at }: Turn): number | undefined {
  const from = at.endOfSpeech ?? at.endDecided ?? at.finalTranscript;
  const to = at.firstAudible ?? at.firstAudio ?? at.firstToken;
  return from === undefined || to === undefined || to < from ? undefined : to - from;
}

/**
 * How many characters of the answer have been played. The transcript arrives before its audio is played; all of it counts if nothing is known about
 * playback.
 */
export function spokenLength(turn: Turn, now: number): number {
  const { firstAudible, silenceReached } = turn.at;
  if (firstAudible === undefined || turn.audioMs === 0 || (silenceReached !== undefined && !turn.interrupted)) return turn.model.length;
  const played = (silenceReached ?? now) - firstAudible;
  let spoken = 0;
  for (const { end, audioMs } of turn.pieces) if (audioMs <= played) spoken = end;
  return spoken;
}

export const hasAnswer = (turn: Turn): boolean => turn.at.firstToken !== undefined || turn.at.firstAudio !== undefined;

export const spanOf = (call: FunctionCall, t: number): ToolSpan => ({
  id: call.id ?? '',
  name: call.name ?? '',
  args: call.args ?? {},
  from: t,
});

/** Appends a piece of a transcript. Pieces contain their own spaces; the first one is trimmed. */
export const join = (text: string, more: string): string => (text ? text + more : more.trimStart());

export function textOf(message: ClientMessage): string {
  const turns = message.clientContent?.turns ?? [];
  return turns
    .filter((turn) => turn.role !== 'model')
    .flatMap((turn) => turn.parts ?? [])
    .map((part) => part.text ?? '')
    .join(' ')
    .trim();
}

/** Length of PCM16 audio in milliseconds. */
export function durationOf({ mimeType = '', data = '' }: Blob64): number {
  const bytes = Math.floor((data.length * 3) / 4) - (data.endsWith('==') ? 2 : data.endsWith('=') ? 1 : 0);
  return (bytes / 2 / rateOf(mimeType, outputRate)) * 1000;
}
