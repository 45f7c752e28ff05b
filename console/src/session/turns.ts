import type { ClientMessage, ServerContent, ServerMessage } from '../protocol/messages';
import type { Entry } from './log';
import { durationOf, hasAnswer, join, type Moment, spanOf, type ToolSpan, type Turn, textOf } from './turn';

/** Derives turns from the messages, live or from an export: the same entries give the same turns. */
export class TurnReader {
  readonly turns: Turn[] = [];

  private current: Turn | undefined;
  private last: Turn | undefined;

  // The turn that is still being answered while the user already speaks the next one.
  private displaced: Turn | undefined;
  private owesComplete = false;
  private speech: { from: number; to?: number } | undefined;

  // The turn with a function call after which the model has said nothing yet: the answer belongs to this turn, even after turnComplete.
  private calling: Turn | undefined;

  // The question that had no answer when its connection was lost.
  private unanswered: Turn | undefined;
  private queue: { turn: Turn; text: string }[] = [];

  /** Processes the next entry; returns whether a turn changed. */
  feed(entry: Entry): boolean {
    if (entry.dir === 'local') return this.local(entry);
    if (entry.message === null || typeof entry.message !== 'object') return false;
    return entry.dir === 'in' ? this.sent(entry.message as ClientMessage, entry.t) : this.received(entry.message as ServerMessage, entry.t);
  }

  private local({ mark, t, text }: Entry): boolean {
    switch (mark) {
      case 'connecting':
      case 'closed':
        return this.cut();
      case 'queued':
        this.wait(text ?? '', t);
        return true;
      case 'speechStarted':
        this.speech = { from: t };
        return false;
      case 'speechEnded':
        if (this.speech) this.speech.to = t;
        // The server may have answered before the local detector reported the end of speech.
        if (this.current && this.current.at.firstAudio === undefined) this.current.at.endOfSpeech = t;
        return true;
      case 'audible':
        if (!this.answering || this.answering.at.firstAudible !== undefined) return false;
        this.answering.at.firstAudible = t;
        return true;
      case 'silent':
      case 'drained': {
        const turn = this.answering ?? this.last;
        if (!turn || turn.at.firstAudible === undefined) return false;
        turn.at.silenceReached = t;
        return true;
      }
      default:
        return false;
    }
  }

  private get answering(): Turn | undefined {
    return this.current?.at.firstAudio !== undefined ? this.current : this.last;
  }

  private sent(message: ClientMessage, t: number): boolean {
    if (message.setup) return this.cut();
    const text = message.realtimeInput?.text ?? textOf(message);
    if (text) {
      const turn = this.takeQueued(text) ?? this.typed(text, t);
      turn.at.endOfSpeech = t;
      turn.at.endDecided = t;
      return true;
    }
    if (message.realtimeInput?.activityStart) return this.touch(this.forUser(t), 'speechStarted', t);
    if (message.realtimeInput?.activityEnd) {
      const turn = this.forUser(t);
      turn.at.endOfSpeech = t;
      turn.at.endDecided = t;
      return true;
    }
    for (const response of message.toolResponse?.functionResponses ?? []) this.answered(response.id ?? '', response.response, t);
    return message.toolResponse !== undefined;
  }

  private received(message: ServerMessage, t: number): boolean {
    let changed = false;
    const activity = message.voiceActivity?.type ?? message.voiceActivity?.voiceActivityType;
    if (activity === 'ACTIVITY_START') changed = this.touch(this.forUser(t), 'speechStarted', this.speech?.from ?? t);
    if (activity === 'ACTIVITY_END') {
      const turn = this.forUser(t);
      turn.at.endOfSpeech = this.speech?.to ?? turn.at.endOfSpeech ?? t;
      turn.at.endDecided = t;
      changed = true;
    }
    if (message.serverContent) changed = this.content(message.serverContent, t) || changed;
    for (const call of message.toolCall?.functionCalls ?? []) {
      this.calling = this.forModel(t);
      this.calling.tools.push(spanOf(call, t));
      changed = true;
    }
    return this.cancelled(message.toolCallCancellation?.ids ?? [], t) || changed;
  }

  private content(content: ServerContent, t: number): boolean {
    let changed = false;
    if (content.interimInputTranscription?.text) {
      this.forUser(t).interim = content.interimInputTranscription.text;
      changed = true;
    }
    if (content.inputTranscription?.text) {
      const turn = this.forWords(t);
      turn.interim = '';
      turn.user = join(turn.user, content.inputTranscription.text);
      turn.at.finalTranscript = t;
      changed = true;
    }
    for (const part of content.modelTurn?.parts ?? []) {
      const turn = this.forModel(t);
      changed = true;
      if (part.thought === true) turn.thoughts = join(turn.thoughts, part.text ?? '');
      else if (part.text !== undefined) this.said(turn, part.text, t);
      else if (part.inlineData?.mimeType?.startsWith('audio/')) {
        this.continues(turn);
        this.touch(turn, 'firstAudio', t);
        turn.audioMs += durationOf(part.inlineData);
      }
    }
    if (content.outputTranscription?.text) {
      this.said(this.forModel(t), content.outputTranscription.text, t);
      changed = true;
    }
    if (content.generationComplete) changed = this.touch(this.forModel(t), 'generationComplete', t) || changed;
    if (content.interrupted) changed = this.interrupted(t) || changed;
    if (content.turnComplete) changed = this.complete(content.turnCompleteReason, t) || changed;
    return changed;
  }

  private said(turn: Turn, text: string, t: number): void {
    this.continues(turn);
    this.touch(turn, 'firstToken', t);
    turn.model = join(turn.model, text);
    turn.pieces.push({ end: turn.model.length, audioMs: turn.audioMs });
  }

  /** After a function call, the model answers in the same turn. */
  private continues(turn: Turn): void {
    if (turn !== this.calling) return;
    this.calling = undefined;
    delete turn.at.turnComplete;
    delete turn.at.generationComplete;
  }

  /** A new connection: an answer that was under way does not continue. */
  private cut(): boolean {
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

  private typed(text: string, t: number): Turn {
    const turn = this.forUser(t);
    turn.user += (turn.user ? ' ' : '') + text;
    return turn;
  }

  private wait(text: string, t: number): void {
    if (this.current && this.current === this.unanswered) this.current = undefined;
    const turn = this.typed(text, t);
    turn.queued = true;
    this.queue.push({ turn, text });
  }

  private takeQueued(text: string): Turn | undefined {
    if (this.queue[0]?.text !== text) return undefined;
    const turn = this.queue.shift()?.turn;
    if (turn) turn.queued = this.queue.some((one) => one.turn === turn) || undefined;
    return turn;
  }

  private interrupted(t: number): boolean {
    const turn = this.displaced ?? (this.current && this.isAnswered(this.current) ? this.current : this.last);
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

  private complete(reason: string | undefined, t: number): boolean {
    const turn = this.owesComplete ? this.last : (this.displaced ?? this.current ?? this.last);
    if (!turn) return false;
    turn.at.turnComplete ??= t;
    if (reason) turn.reason = reason;
    if (turn === this.calling && !turn.interrupted) return true;
    turn.done = true;
    this.owesComplete = false;
    this.leave(turn);
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

  private cancelled(ids: string[], t: number): boolean {
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

  private answered(id: string, response: unknown, t: number): void {
    const span = this.span(id);
    if (!span) return;
    span.to = t;
    span.response = response;
  }

  private span(id: string): ToolSpan | undefined {
    for (const turn of [this.current, this.displaced, this.last]) {
      const found = turn?.tools.find((tool) => tool.id === id && tool.to === undefined);
      if (found) return found;
    }
    return undefined;
  }

  /** The turn of the user's current input: never a turn that is being answered. */
  private forUser(t: number): Turn {
    if (this.current && this.isAnswered(this.current)) {
      this.last = this.current;
      this.displaced = this.current;
      this.current = undefined;
    }
    return this.current ?? this.open(t);
  }

  private isAnswered(turn: Turn): boolean {
    return hasAnswer(turn) || turn === this.calling;
  }

  /** The turn of a transcript, which may arrive after the answer has begun. */
  private forWords(t: number): Turn {
    return this.current ?? (this.last && !this.last.user && !this.last.done ? this.last : this.open(t));
  }

  private forModel(t: number): Turn {
    return this.displaced ?? this.current ?? this.open(t);
  }

  private open(t: number): Turn {
    const turn: Turn = {
      id: this.turns.length + 1,
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
    };
    if (this.speech && this.speech.from <= t) {
      turn.at.speechStarted = this.speech.from;
      if (this.speech.to !== undefined) turn.at.endOfSpeech = this.speech.to;
    }
    this.turns.push(turn);
    this.current = turn;
    return turn;
  }

  private touch(turn: Turn, moment: Moment, t: number): boolean {
    if (turn.at[moment] !== undefined) return false;
    turn.at[moment] = t;
    return true;
  }
}
