import type { ClientMessage, Setup } from '../protocol/messages';
import type { Entry } from '../session/log';
import { hasAnswer, type Turn } from '../session/turn';
import { TurnReader } from '../session/turns';

/** One thing that a program does to repeat a session. */
export type Step =
  | { do: 'send'; message: ClientMessage }
  /** A part of `user.wav` of the export, in milliseconds. */
  | { do: 'audio'; from: number; to: number }
  | { do: 'answer' }
  /** Waits until the model answers, and some milliseconds more: the next input interrupts it. */
  | { do: 'answering'; ms: number };

export interface Recipe {
  setup: Setup;
  steps: Step[];
  /** What the functions returned, by name, in the order of the calls. */
  results: Record<string, unknown[]>;
  /** Pictures that were sent; programs do not repeat them. */
  pictures: number;
  /** Words of the questions, for comments; by index of the first step. */
  words: Map<number, string>;
}

/** Audio before the detected beginning of speech and after its end, in milliseconds. */
const margin = 200;

/** What the client of a session did, in steps. */
export function recipeOf(entries: Entry[]): Recipe {
  const reader = new TurnReader();
  const sent: Entry[] = [];
  let setup: Setup = {};
  const results: Record<string, unknown[]> = {};
  let pictures = 0;
  for (const entry of entries.map((one) => ({ ...one }))) {
    reader.feed(entry);
    if (entry.dir !== 'in' || entry.message === null || typeof entry.message !== 'object') continue;
    const message = entry.message as ClientMessage;
    if (message.setup) setup = Object.keys(setup).length === 0 ? message.setup : setup;
    else if (message.toolResponse)
      for (const { name = '', response } of message.toolResponse.functionResponses ?? [])
        results[name] = [...(results[name] ?? []), response ?? {}];
    else if (message.realtimeInput?.video) pictures++;
    else sent.push(entry);
  }
  const steps: Step[] = [];
  const words = new Map<number, string>();
  for (const [index, turn] of reader.turns.entries()) {
    const first = steps.length;
    steps.push(...inputsOf(turn, reader.turns[index - 1], sent));
    if (steps.length === first) continue;
    if (turn.user) words.set(first, turn.user);
    if (turn.interrupted) steps.push({ do: 'answering', ms: answeredFor(turn) });
    else if (hasAnswer(turn) || turn.tools.length > 0) steps.push({ do: 'answer' });
  }
  return { setup, steps, results, pictures, words };
}

const answeredFor = ({ at }: Turn): number =>
  Math.max(0, Math.round((at.interruptedAt ?? 0) - (at.firstAudible ?? at.firstAudio ?? at.firstToken ?? at.interruptedAt ?? 0)));

function inputsOf(turn: Turn, before: Turn | undefined, sent: Entry[]): Step[] {
  const own = sent.filter((entry) => entry.turn === turn.id).map(({ message }) => message as ClientMessage);
  const marks = own.filter(({ realtimeInput }) => !realtimeInput?.activityStart && !realtimeInput?.activityEnd);
  const isTyped =
    turn.at.finalTranscript === undefined && own.some(({ realtimeInput, clientContent }) => realtimeInput?.text || clientContent);
  const speech = isTyped ? undefined : spoken(turn, before, sent);
  if (!speech) return own.map((message) => ({ do: 'send', message }));
  const isManual = own.length > marks.length;
  return [
    ...(isManual ? [{ do: 'send' as const, message: { realtimeInput: { activityStart: {} } } }] : []),
    speech,
    { do: 'send', message: { realtimeInput: isManual ? { activityEnd: {} } : { audioStreamEnd: true } } },
    ...marks.map((message) => ({ do: 'send' as const, message })),
  ];
}

/** The audio of a question; undefined if it was typed. */
function spoken({ at }: Turn, before: Turn | undefined, sent: Entry[]): Step | undefined {
  const end = at.endOfSpeech ?? at.endDecided ?? at.finalTranscript ?? at.firstToken;
  if (end === undefined) return undefined;
  const earliest = before?.at.endDecided ?? before?.at.firstAudio ?? 0;
  const start = at.speechStarted ?? earliest;
  const audio = sent.filter(({ t, kind }) => kind === 'audio' && t > start && t <= end + margin);
  const first = audio[0];
  // A few messages of an open microphone are no question.
  if (!first || (at.speechStarted === undefined && at.finalTranscript === undefined)) return undefined;
  return { do: 'audio', from: Math.max(0, Math.round(Math.max(start, first.t - 20) - margin)), to: Math.round(end + margin) };
}
