import { batch } from '@preact/signals';
import { AudioIndex } from '../timeline/audio-index';
import { EventMarks } from '../timeline/marks';
import { noFacts, updateFacts } from './facts';
import { type Entry, SessionLog } from './log';
import { beat, facts, isRunning, revision, turns } from './state';
import type { Turn } from './turn';
import { TurnReader } from './turns';

/** Fifty audio messages arrive per second; counters, the timeline and the message list follow this often. */
const slowMs = 1_000;

/** Milliseconds at a time for the waveform of a long recording, so that the page stays responsive. */
const waveformMs = 12;

/** Only the newest turns still change. */
const open = 6;

/** The log of one session, with the turns and facts derived from it. Only the shown feed changes the signals. */
export class Feed {
  private static shown: Feed | undefined;

  readonly reader = new TurnReader();
  readonly audio = new AudioIndex();
  readonly events = new EventMarks();
  readonly log: SessionLog = new SessionLog(
    (entry) => this.take(entry),
    undefined,
    // The waveform outlives the messages.
    (entries) => this.audio.update(entries),
  );

  private facts = noFacts();
  private shownTurns: Turn[] = [];
  private turnsChanged = false;
  private frame = false;
  private slow: number | undefined;
  private endedAt: number | undefined;

  /** Shows this feed instead of the one before. */
  show(): void {
    Feed.shown = this;
    this.turnsChanged = true;
    this.drawAll();
  }

  /** The session is over: its clock stops at its last message. */
  end(): void {
    this.endedAt = this.log.entries.at(-1)?.t ?? 0;
  }

  /** Milliseconds since the session began; for a session that is over, its duration. */
  now(): number {
    return this.endedAt ?? this.log.now();
  }

  /** Where the timeline ends: audio may be heard after the last message. */
  get duration(): number {
    return this.endedAt === undefined ? this.log.now() : Math.max(this.endedAt, this.audio.end);
  }

  private take(entry: Entry): void {
    this.facts = updateFacts(this.facts, entry);
    this.events.take(entry);
    if (this.reader.feed(entry)) {
      this.turnsChanged = true;
      this.drawNextFrame();
    }
    this.slow ??= window.setTimeout(() => this.drawAll(), slowMs);
  }

  private drawNextFrame(): void {
    if (this.frame) return;
    this.frame = true;
    // A background page gets no animation frames, but its captions must update.
    if (document.hidden) window.setTimeout(() => this.draw(), 250);
    else window.requestAnimationFrame(() => this.draw());
  }

  // All views at once, so that the browser paints them together.
  private drawAll(): void {
    window.clearTimeout(this.slow);
    this.slow = undefined;
    if (Feed.shown !== this) return;
    const complete = this.audio.update(this.log.entries, waveformMs);
    if (!complete || isRunning()) this.slow = window.setTimeout(() => this.drawAll(), complete ? slowMs : 0);
    batch(() => {
      beat.value++;
      this.draw();
    });
  }

  private draw(): void {
    this.frame = false;
    if (Feed.shown !== this) return;
    batch(() => {
      facts.value = this.facts;
      revision.value++;
      if (this.turnsChanged) turns.value = this.copyTurns();
      this.turnsChanged = false;
    });
  }

  // Settled turns keep their identity, so the views need not draw them again.
  private copyTurns(): Turn[] {
    const all = this.reader.turns;
    const settled = Math.max(0, Math.min(this.shownTurns.length, all.length) - open);
    this.shownTurns = [...this.shownTurns.slice(0, settled), ...all.slice(settled).map((turn) => ({ ...turn }))];
    return this.shownTurns;
  }
}
