import { explainClose } from '../protocol/closes';
import type { ClientMessage, ServerMessage, Setup } from '../protocol/messages';
import { milliseconds } from '../protocol/messages';
import { delayBefore } from './backoff';
import type { SessionLog } from './log';
import { LoginNeeded } from './server';

export type CallState = 'connecting' | 'live' | 'reconnecting' | 'ended';

export interface CallEvents {
  state(state: CallState): void;
  message(message: ServerMessage): void;
  /** The call could not go on; words for the user. */
  failed(cause: string, cure: string): void;
}

export interface CallOptions {
  setup: Setup;
  log: SessionLog;
  /** A fresh credential and its address, for each connection. */
  address(): Promise<string>;
  /** Nothing is being said, and no function is open: a good moment for another connection. */
  quiet(): boolean;
  socket?(url: string): WebSocket;
}

/** Sound of the microphone that is held while the connection is exchanged: five seconds, the oldest going first. */
const mostHeld = 250;

/** A connection must answer the setup within this time. */
const setupTimeoutMs = 15_000;

/** What is left of the time when the connection is exchanged though the moment is a bad one. */
const lastCallMs = 3_000;

/**
 * A session over as many connections as it takes: it resumes with the newest handle before the server hangs up and after a lost
 * connection, and sends nothing before the setup was acknowledged.
 */
export class Call {
  private socket: WebSocket | undefined;
  private ready = false;
  private over = false;
  private attempt = 0;
  private handle: string | undefined;
  private held: { raw: string; message: ClientMessage; isSound: boolean }[] = [];
  private exchange: number | undefined;
  private retry: number | undefined;
  private deadline: number | undefined;
  private readonly decoder = new TextDecoder();

  constructor(
    private readonly options: CallOptions,
    private readonly events: CallEvents,
  ) {}

  start(): void {
    this.events.state('connecting');
    void this.connect();
  }

  /** Sends now, or as soon as there is a connection again. */
  send(message: ClientMessage): void {
    if (this.over) return;
    const raw = JSON.stringify(message);
    if (this.ready) {
      this.write(raw, message);
      return;
    }
    const isSound = message.realtimeInput?.audio !== undefined;
    if (isSound && this.held.filter((one) => one.isSound).length >= mostHeld) {
      this.held.splice(
        this.held.findIndex((one) => one.isSound),
        1,
      );
    }
    this.held.push({ raw, message, isSound });
  }

  /** Hangs up. */
  end(): void {
    if (this.over) return;
    this.finish();
    this.socket?.close(1000);
    this.events.state('ended');
  }

  /** Tries at once what waits for its next attempt. */
  hurry(): void {
    if (this.retry === undefined) return;
    window.clearTimeout(this.retry);
    void this.connect();
  }

  private async connect(): Promise<void> {
    this.retry = undefined;
    this.ready = false;
    let url: string;
    try {
      url = await this.options.address();
    } catch (error) {
      if (error instanceof LoginNeeded) this.give(error.message, 'Give a key of this server.');
      else this.lost((error as Error).message);
      return;
    }
    if (this.over) return;
    this.options.log.mark('connecting');
    const socket = this.options.socket?.(url) ?? new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    this.socket = socket;
    this.deadline = window.setTimeout(() => socket.close(), setupTimeoutMs);
    socket.onopen = () => this.greet();
    socket.onmessage = ({ data }) => {
      if (socket === this.socket) this.receive(data as string | ArrayBuffer);
    };
    socket.onclose = ({ code, reason }) => {
      if (socket === this.socket) this.closed(code, reason);
    };
  }

  private greet(): void {
    const setup = { ...this.options.setup };
    if (setup.sessionResumption && this.handle) setup.sessionResumption = { ...setup.sessionResumption, handle: this.handle };
    const message: ClientMessage = { setup };
    this.write(JSON.stringify(message), message);
  }

  private receive(data: string | ArrayBuffer): void {
    const raw = typeof data === 'string' ? data : this.decoder.decode(data);
    let message: ServerMessage;
    try {
      message = JSON.parse(raw) as ServerMessage;
    } catch {
      this.options.log.message('out', raw, raw);
      return;
    }
    this.options.log.message('out', raw, message);
    if (message.setupComplete) this.opened();
    const update = message.sessionResumptionUpdate;
    if (update?.resumable && update.newHandle) this.handle = update.newHandle;
    if (message.goAway) this.leaveWithin(milliseconds(message.goAway.timeLeft));
    this.events.message(message);
  }

  private opened(): void {
    window.clearTimeout(this.deadline);
    this.ready = true;
    this.attempt = 0;
    this.options.log.mark('connected');
    const held = this.held;
    this.held = [];
    for (const { raw, message } of held) this.write(raw, message);
    this.events.state('live');
  }

  // The server may say nothing more after goAway, so the time is kept here (docs/protocol.md#9-sessions).
  private leaveWithin(timeLeft: number): void {
    const until = performance.now() + timeLeft;
    window.clearInterval(this.exchange);
    this.exchange = window.setInterval(() => {
      if (this.options.quiet() || until - performance.now() < lastCallMs) this.renew();
    }, 250);
  }

  private renew(): void {
    window.clearInterval(this.exchange);
    const old = this.socket;
    this.socket = undefined;
    this.ready = false;
    this.events.state('reconnecting');
    // The old one goes first: a session that is still connected elsewhere may not be resumable.
    if (old) old.onclose = () => void this.connect();
    old?.close(1000);
  }

  private closed(code: number, reason: string): void {
    window.clearTimeout(this.deadline);
    window.clearInterval(this.exchange);
    this.socket = undefined;
    this.ready = false;
    this.options.log.mark('closed', { code, reason });
    if (this.over) return;
    const meaning = explainClose(code, reason);
    if (meaning.retry === 'no') {
      if (code === 1000) this.give('', '');
      else this.give(meaning.cause + (reason ? ` The server says: “${reason}”` : ''), meaning.cure);
      return;
    }
    if (meaning.retry === 'fresh') this.handle = undefined;
    this.again(meaning.retry === 'wait');
  }

  private lost(why: string): void {
    if (this.over) return;
    this.options.log.mark('closed', { code: 1006, reason: why });
    this.again(false);
  }

  private give(cause: string, cure: string): void {
    if (this.over) return;
    this.finish();
    this.events.state('ended');
    if (cause) this.events.failed(cause, cure);
  }

  private again(mustWait: boolean): void {
    this.events.state('reconnecting');
    this.retry = window.setTimeout(() => void this.connect(), delayBefore(++this.attempt, mustWait));
  }

  private finish(): void {
    this.over = true;
    this.ready = false;
    this.held = [];
    window.clearTimeout(this.retry);
    window.clearTimeout(this.deadline);
    window.clearInterval(this.exchange);
  }

  private write(raw: string, message: ClientMessage): void {
    this.options.log.message('in', raw, message);
    this.socket?.send(raw);
  }
}
