import type { FunctionCall } from '../protocol/messages';
import { hasAnswer, type Moment, newTurn, spanOf, type ToolSpan, type Turn } from './turn';

/** The turns of a session, and which of them a message belongs to: to the one that is asked, answered, or has just ended. */
export class TurnTrack {
  readonly turns: Turn[] = [];

  /** What the local detector heard last, and the turn that it began. */
  speech: { from: number; to?: number; turn?: Turn } | undefined;

  /** The turn that was asked for or changed last. */
  subject: Turn | undefined;

  current: Turn | undefined;
  last: Turn | undefined;

  // The turn that is still being answered while the user already speaks the next one.
  private displaced: Turn | undefined;
  private owesComplete = false;

  // The turn with a function call after which the model has said nothing yet: the answer belongs to this turn, even after turnComplete.
  private calling: Turn | undefined;

  // The question that had no answer when its connection was lost.
  private unanswered: Turn | undefined;

  get answering(): Turn | undefined {
    return this.current?.at.firstAudio !== undefined ? this.current : this.last;
  }

  /** The turn of the user's current input: never a turn that is being answered. */
  forUser(t: number): Turn {
    if (this.current && this.isAnswered(this.current)) {
      this.last = this.current;
      this.displaced = this.current;
      this.current = undefined;
    }
    return this.about(this.current ?? this.open(t));
  }

  /** The turn of a transcript, which may arrive after the answer has begun. */
  forWords(t: number): Turn {
    return this.about(this.current ?? (this.last && !this.last.user && !this.last.done ? this.last : this.open(t)));
  }

  forModel(t: number): Turn {
    return this.about(this.displaced ?? this.current ?? this.open(t));
  }

  /** A question that was typed while there is no connection begins a turn, if one without an answer is open. */
  startWaiting(): void {
    if (this.current && this.current === this.unanswered) this.current = undefined;
  }

  called(call: FunctionCall, t: number): void {
    this.calling = this.forModel(t);
    this.calling.tools.push(spanOf(call, t));
  }

  /** After a function call, the model answers in the same turn. */
  continues(turn: Turn): void {
    if (turn !== this.calling) return;
    this.calling = undefined;
    delete turn.at.turnComplete;
    delete turn.at.generationComplete;
  }

  /** A new connection: an answer that was under way does not continue. */
  cut(): boolean {
    let changed = false;
    for (const turn of [this.displaced, this.current]) {
      if (!turn) continue;
      if (!this.isAnswered(turn)) {
        if (!turn.queued) this.unanswered = turn;
        continue;
      }
      turn.done = true;
      if (turn.at.generationComplete === undefined) turn.lost = true;
      this.leave(turn);
      changed = true;
    }
    this.owesComplete = false;
    return changed;
  }

  interrupted(t: number): boolean {
    const turn = this.about(this.displaced ?? (this.current && this.isAnswered(this.current) ? this.current : this.last));
    if (!turn || turn.at.interruptedAt !== undefined) return false;
    turn.interrupted = true;
    turn.at.interruptedAt = t;
    if (!turn.done) {
      this.owesComplete = turn.at.turnComplete === undefined;
      turn.done = !this.owesComplete;
      this.leave(turn);
    }
    return true;
  }

  complete(reason: string | undefined, t: number): boolean {
    const turn = this.about(this.owesComplete ? this.last : (this.displaced ?? this.current ?? this.last));
    if (!turn) return false;
    turn.at.turnComplete ??= t;
    if (reason) turn.reason = reason;
    if (turn === this.calling && !turn.interrupted) return true;
    turn.done = true;
    this.owesComplete = false;
    this.leave(turn);
    return true;
  }

  cancelled(ids: string[], t: number): boolean {
    for (const id of ids) {
      const span = this.span(id);
      if (!span) continue;
      span.cancelled = true;
      span.to = t;
    }
    const turn = this.calling;
    if (turn?.at.turnComplete !== undefined && turn.tools.every((tool) => tool.cancelled)) {
      turn.done = true;
      this.leave(turn);
    }
    return ids.length > 0;
  }

  answered(id: string, response: unknown, t: number): void {
    const span = this.span(id);
    if (!span) return;
    span.to = t;
    span.response = response;
  }

  /** Begins an entry, which is about no turn yet. */
  begin(): void {
    this.subject = undefined;
  }

  /** Remembers the turn that an entry is about. */
  about<T extends Turn | undefined>(turn: T): T {
    this.subject = turn ?? this.subject;
    return turn;
  }

  touch(turn: Turn, moment: Moment, t: number): boolean {
    if (turn.at[moment] !== undefined) return false;
    turn.at[moment] = t;
    return true;
  }

  private leave(turn: Turn): void {
    this.last = turn;
    if (turn === this.calling) this.calling = undefined;
    if (turn === this.displaced) this.displaced = undefined;
    if (turn !== this.current) return;
    this.current = undefined;
    this.speech = undefined;
  }

  private span(id: string): ToolSpan | undefined {
    for (const turn of [this.current, this.displaced, this.last]) {
      const found = turn?.tools.find((tool) => tool.id === id && tool.to === undefined);
      if (!found) continue;
      this.about(turn);
      return found;
    }
    return undefined;
  }

  private isAnswered(turn: Turn): boolean {
    return hasAnswer(turn) || turn === this.calling;
  }

  private open(t: number): Turn {
    const turn = newTurn(this.turns.length + 1);
    if (this.speech && !this.speech.turn && this.speech.from <= t) {
      this.speech.turn = turn;
      turn.at.speechStarted = this.speech.from;
      if (this.speech.to !== undefined) turn.at.endOfSpeech = this.speech.to;
    }
    this.turns.push(turn);
    this.current = turn;
    return turn;
  }
}
