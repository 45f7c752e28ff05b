import type { ClientMessage, ServerMessage } from '../protocol/messages';
import type { Entry } from '../session/log';
import { earliest, type Turn } from '../session/turn';
import { ms } from '../ui/format';
import type { Viewport } from './viewport';

/** What the timeline shows beside the voices. */
export type MarkKind = 'voice' | 'waiting' | 'decision' | 'token' | 'tool' | 'interrupted' | 'goAway' | 'connection';

/** A span of the session, or a moment if there is no end. */
export interface Mark {
  kind: MarkKind;
  label: string;
  at: number;
  end?: number;
}

export const kindNames: Record<MarkKind, string> = {
  voice: 'Voice activity',
  waiting: 'Time to answer',
  decision: 'End of turn detected',
  token: 'First token',
  tool: 'Function call',
  interrupted: 'Interruption',
  goAway: 'goAway',
  connection: 'Connection',
};

/** The marks that come from single messages and events. It reads each entry once. */
export class EventMarks {
  readonly marks: Mark[] = [];
  private voice: Mark | undefined;
  private gap: Mark | undefined;
  // Voice activity of the server is preferred to that of the page.
  private fromServer = false;

  take({ dir, t, mark, message, code, reason }: Entry): void {
    if (dir === 'local') {
      if (mark === 'speechStarted' && !this.fromServer) this.speaks(t);
      else if (mark === 'speechEnded' && !this.fromServer) this.stops(t);
      else if (mark === 'connecting') this.leaves(t, 'connecting');
      else if (mark === 'closed') this.closed(t, code, reason);
      return;
    }
    if (message === null || typeof message !== 'object') return;
    if (dir === 'in') this.sent(message as ClientMessage, t);
    else this.received(message as ServerMessage, t);
  }

  private sent({ setup, realtimeInput }: ClientMessage, t: number): void {
    if (setup) this.leaves(t, 'connecting');
    if (realtimeInput?.activityStart) this.speaks(t);
    if (realtimeInput?.activityEnd) this.stops(t);
  }

  private received({ setupComplete, goAway, voiceActivity }: ServerMessage, t: number): void {
    if (goAway) this.marks.push({ kind: 'goAway', label: `goAway, ${goAway.timeLeft ?? 'now'} left`, at: t });
    if (setupComplete && this.gap) {
      const { at, label } = this.gap;
      this.gap.end = t;
      this.gap.label = label === 'connecting' ? `connected after ${ms(t - at)}` : `${label}, reconnected after ${ms(t - at)}`;
      this.gap = undefined;
    }
    const activity = voiceActivity?.type ?? voiceActivity?.voiceActivityType;
    if (!activity) return;
    if (!this.fromServer && this.voice?.end !== undefined) this.voice = undefined;
    this.fromServer = true;
    if (activity === 'ACTIVITY_START') this.speaks(t);
    else if (activity === 'ACTIVITY_END') this.stops(t);
  }

  private speaks(at: number): void {
    if (this.voice && this.voice.end === undefined) return;
    this.voice = { kind: 'voice', label: 'voice activity', at };
    this.marks.push(this.voice);
  }

  private stops(t: number): void {
    if (this.voice && this.voice.end === undefined) this.voice.end = t;
  }

  private leaves(at: number, label: string): void {
    if (this.gap) return;
    this.gap = { kind: 'connection', label, at };
    this.marks.push(this.gap);
  }

  private closed(t: number, code: number | undefined, reason: string | undefined): void {
    const label = `closed with ${code ?? 1006}${reason ? ` “${reason}”` : ''}`;
    if (this.gap) this.gap.label = label;
    else this.leaves(t, label);
    this.stops(t);
  }
}

/** All marks of a view, in the order of time. A mark that is still open reaches to `now`. */
export function marksIn({ from, to }: Viewport, turns: Turn[], events: Mark[], now: number): Mark[] {
  const seen = (mark: Mark) => mark.at <= to && (mark.end ?? (mark.kind === 'voice' ? now : mark.at)) >= from;
  const marks = events.filter(seen);
  for (const turn of turns) for (const mark of marksOf(turn)) if (seen(mark)) marks.push(mark);
  return marks.sort((a, b) => a.at - b.at);
}

function marksOf({ id, at, tools, interrupted }: Turn): Mark[] {
  const marks: Mark[] = [];
  const from = at.endOfSpeech ?? at.endDecided ?? at.finalTranscript;
  const answer = at.firstAudible ?? earliest(at.firstAudio, at.firstToken);
  if (from !== undefined && answer !== undefined && answer >= from)
    marks.push({ kind: 'waiting', label: `turn ${id}: answer after ${ms(answer - from)}`, at: from, end: answer });
  if (at.endDecided !== undefined && at.endDecided !== at.endOfSpeech)
    marks.push({ kind: 'decision', label: `turn ${id}: end of turn detected`, at: at.endDecided });
  const token = earliest(at.firstToken, at.firstAudio);
  if (token !== undefined) marks.push({ kind: 'token', label: `turn ${id}: first token`, at: token });
  for (const { name, from: called, to } of tools) marks.push({ kind: 'tool', label: name, at: called, end: to ?? called });
  if (interrupted && at.interruptedAt !== undefined)
    marks.push({ kind: 'interrupted', label: `turn ${id}: interrupted`, at: at.interruptedAt });
  return marks;
}
