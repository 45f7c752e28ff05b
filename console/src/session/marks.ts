import type { ServerMessage } from '../protocol/messages';
import type { Entry } from './log';
import { type Turn, timeToAnswer } from './turn';

/** What the timeline shows between the voices: a span, or a moment if there is no end. */
export interface Mark {
  kind: 'wait' | 'tool' | 'bad';
  label: string;
  at: number;
  end?: number;
}

export function marksOf(turns: Turn[], entries: Entry[]): Mark[] {
  const marks: Mark[] = [];
  for (const turn of turns) {
    const time = timeToAnswer(turn);
    const from = turn.at.endOfSpeech ?? turn.at.endDecided ?? turn.at.finalTranscript;
    if (time !== undefined && from !== undefined) marks.push({ kind: 'wait', label: 'time to answer', at: from, end: from + time });
    for (const tool of turn.tools) marks.push({ kind: 'tool', label: tool.name, at: tool.from, end: tool.to ?? tool.from });
    if (turn.at.interruptedAt !== undefined) marks.push({ kind: 'bad', label: 'interrupted', at: turn.at.interruptedAt });
  }
  for (const { mark, dir, t, message } of entries) {
    if (mark === 'closed') marks.push({ kind: 'bad', label: 'connection closed', at: t });
    else if (dir === 'out' && (message as ServerMessage | null)?.goAway) marks.push({ kind: 'bad', label: 'goAway', at: t });
  }
  return marks;
}
