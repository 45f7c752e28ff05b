import type { ClientMessage, ServerContent, ServerMessage } from '../protocol/messages';
import type { Entry } from './log';
import { durationOf, join, type Turn, textOf } from './turn';
import { TurnTrack } from './turn-track';
import { TypedQueue } from './typed-queue';

/** Derives turns from the messages, live or from an export: the same entries give the same turns. */
export class TurnReader {
  private readonly track = new TurnTrack();
  private readonly queue = new TypedQueue();
  // Number of the entry.
  private n = 0;

  get turns(): Turn[] {
    return this.track.turns;
  }

  /** Processes the next entry and writes the number of its turn into it; returns whether a turn changed. */
  feed(entry: Entry): boolean {
    this.track.begin();
    this.n = entry.n;
    const changed = this.read(entry);
    if (this.track.subject) entry.turn = this.track.subject.id;
    return changed;
  }

  private read(entry: Entry): boolean {
    if (entry.dir === 'local') return this.local(entry);
    if (entry.message === null || typeof entry.message !== 'object') return false;
    return entry.dir === 'in' ? this.sent(entry.message as ClientMessage, entry.t) : this.received(entry.message as ServerMessage, entry.t);
  }

  private local({ mark, t, text }: Entry): boolean {
    switch (mark) {
      case 'connecting':
      case 'closed':
        return this.track.cut();
      case 'queued':
        this.wait(text ?? '', t);
        return true;
      case 'speechStarted':
        this.track.speech = { from: t };
        return false;
      case 'speechEnded':
        if (this.track.speech) this.track.speech.to = t;
        // The server may have answered before the local detector reported the end of speech.
        if (this.track.current && this.track.current.at.firstAudio === undefined) this.track.about(this.track.current).at.endOfSpeech = t;
        return true;
      case 'audible':
        return this.audible(t);
      case 'silent':
      case 'drained': {
        const turn = this.track.about(this.track.answering ?? this.track.last);
        if (!turn || turn.at.firstAudible === undefined) return false;
        turn.at.silenceReached = t;
        return true;
      }
      default:
        return false;
    }
  }

  private audible(t: number): boolean {
    const turn = this.track.about(this.track.answering);
    return turn !== undefined && this.track.touch(turn, 'firstAudible', t);
  }

  private sent(message: ClientMessage, t: number): boolean {
    if (message.setup) return this.track.cut();
    const text = message.realtimeInput?.text ?? textOf(message);
    if (text) {
      const turn = this.track.about(this.queue.take(text) ?? this.typed(text, t));
      turn.at.endOfSpeech = t;
      turn.at.endDecided = t;
      return true;
    }
    if (message.realtimeInput?.activityStart) return this.track.touch(this.track.forUser(t), 'speechStarted', t);
    if (message.realtimeInput?.activityEnd) {
      const turn = this.track.forUser(t);
      turn.at.endOfSpeech = t;
      turn.at.endDecided = t;
      return true;
    }
    for (const response of message.toolResponse?.functionResponses ?? []) this.track.answered(response.id ?? '', response.response, t);
    return message.toolResponse !== undefined;
  }

  private received(message: ServerMessage, t: number): boolean {
    let changed = false;
    const activity = message.voiceActivity?.type ?? message.voiceActivity?.voiceActivityType;
    if (activity === 'ACTIVITY_START') changed = this.track.touch(this.track.forUser(t), 'speechStarted', this.track.speech?.from ?? t);
    if (activity === 'ACTIVITY_END') {
      const turn = this.track.forUser(t);
      turn.at.endOfSpeech = this.track.speech?.to ?? turn.at.endOfSpeech ?? t;
      turn.at.endDecided = t;
      changed = true;
    }
    if (message.serverContent) changed = this.content(message.serverContent, t) || changed;
    for (const call of message.toolCall?.functionCalls ?? []) {
      this.track.called(call, t);
      changed = true;
    }
    return this.track.cancelled(message.toolCallCancellation?.ids ?? [], t) || changed;
  }

  private content(content: ServerContent, t: number): boolean {
    let changed = false;
    if (content.interimInputTranscription?.text) {
      this.track.forUser(t).interim = content.interimInputTranscription.text;
      changed = true;
    }
    if (content.inputTranscription?.text) {
      const turn = this.track.forWords(t);
      turn.interim = '';
      turn.user = join(turn.user, content.inputTranscription.text);
      turn.at.finalTranscript = t;
      changed = true;
    }
    for (const part of content.modelTurn?.parts ?? []) {
      const turn = this.track.forModel(t);
      changed = true;
      if (part.thought === true) turn.thoughts = join(turn.thoughts, part.text ?? '');
      else if (part.text !== undefined) this.said(turn, part.text, t);
      else if (part.inlineData?.mimeType?.startsWith('audio/')) {
        this.track.continues(turn);
        this.track.touch(turn, 'firstAudio', t);
        turn.audioMs += durationOf(part.inlineData);
      }
    }
    if (content.outputTranscription?.text) {
      this.said(this.track.forModel(t), content.outputTranscription.text, t);
      changed = true;
    }
    if (content.generationComplete) changed = this.track.touch(this.track.forModel(t), 'generationComplete', t) || changed;
    if (content.interrupted) changed = this.track.interrupted(t) || changed;
    if (content.turnComplete) changed = this.track.complete(content.turnCompleteReason, t) || changed;
    return changed;
  }

  private said(turn: Turn, text: string, t: number): void {
    this.track.continues(turn);
    this.track.touch(turn, 'firstToken', t);
    turn.model = join(turn.model, text);
    turn.pieces.push({ end: turn.model.length, audioMs: turn.audioMs, n: this.n });
  }

  private typed(text: string, t: number): Turn {
    const turn = this.track.forUser(t);
    turn.user += (turn.user ? ' ' : '') + text;
    return turn;
  }

  private wait(text: string, t: number): void {
    this.track.startWaiting();
    this.queue.add(this.typed(text, t), text);
  }
}
