import { explainClose, sentence } from '../protocol/closes';
import type { ClientMessage, ServerMessage, Setup } from '../protocol/messages';
import { milliseconds } from '../protocol/messages';
import { delayBefore } from './backoff';
import type { SessionLog } from './log';
import { LoginNeeded } from './server';

export type CallState = 'connecting' | 'live' | 'reconnecting' | 'ended';

export interface CallEvents {
  state(state: CallState): void;
  message(message: ServerMessage): void;
  /** The session failed; cause and cure are texts for the user. */
  failed(cause: string, cure: string): void;
}

export interface CallOptions {
  setup: Setup;
  log: SessionLog;
  /** Returns the URL with a new credential for each connection. */
  address(): Promise<string>;
  /** Whether this is a safe point for a rotation: no side speaks, and no function call is open. */
  isIdle(): boolean;
  socket?(url: string): WebSocket;
}

/** Most audio messages buffered while there is no connection: five seconds. The oldest are dropped first. */
const mostBufferedAudio = 250;

/** Time in which the server must acknowledge the setup. */
const setupTimeoutMs = 15_000;

/** The rotation happens this long before the deadline even if it is not a safe point. */
const forcedRotationMs = 3_000;

/**
 * A session over one or more connections: it resumes with the newest handle before the server closes (rotation) and after a lost connection
 * (reconnect). It sends nothing before the server has acknowledged the setup.
 */
export class Call {
  private socket: WebSocket | undefined;
  private ready = false;
  private over = false;
  private attempt = 0;
  private handle: string | undefined;
  private buffered: { raw: string; message: ClientMessage; isAudio: boolean }[] = [];
  private rotation: number | undefined;
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

  /** Sends at once, or as soon as there is a connection. */
  send(message: ClientMessage): void {
    if (this.over) return;
    const raw = JSON.stringify(message);
    if (this.ready) {
      this.write(raw, message);
      return;
    }
    const { audio, text } = message.realtimeInput ?? {};
    if (text) this.options.log.mark('queued', { text });
    const isAudio = audio !== undefined;
    if (isAudio && this.buffered.filter((one) => one.isAudio).length >= mostBufferedAudio) {
      this.buffered.splice(
        this.buffered.findIndex((one) => one.isAudio),
        1,
      );
    }
    this.buffered.push({ raw, message, isAudio });
  }

  /** Ends the session. */
  end(): void {
    if (this.over) return;
    this.finish();
    this.socket?.close(1000);
    this.events.state('ended');
  }

  /** Reconnects at once if it is waiting for the next attempt. */
  retryNow(): void {
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
      if (error instanceof LoginNeeded) this.fail('This server needs an API key.', 'Enter a key of this server.');
      else this.lost((error as Error).message);
      return;
    }
    if (this.over) return;
    this.options.log.mark('connecting');
    const socket = this.options.socket?.(url) ?? new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    this.socket = socket;
    this.deadline = window.setTimeout(() => socket.close(), setupTimeoutMs);
    socket.onopen = () => this.sendSetup();
    socket.onmessage = ({ data }) => {
      if (socket === this.socket) this.receive(data as string | ArrayBuffer);
    };
    socket.onclose = ({ code, reason }) => {
      if (socket === this.socket) this.closed(code, reason);
    };
  }

  private sendSetup(): void {
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
    if (message.goAway) this.rotateWithin(milliseconds(message.goAway.timeLeft));
    this.events.message(message);
  }

  private opened(): void {
    window.clearTimeout(this.deadline);
    this.ready = true;
    this.attempt = 0;
    this.options.log.mark('connected');
    const buffered = this.buffered;
    this.buffered = [];
    for (const { raw, message } of buffered) this.write(raw, message);
    this.events.state('live');
  }

  // The server may send nothing after goAway, so the client keeps the deadline (docs/protocol.md#9-sessions).
  private rotateWithin(timeLeft: number): void {
    const until = performance.now() + timeLeft;
    window.clearInterval(this.rotation);
    this.rotation = window.setInterval(() => {
      if (this.options.isIdle() || until - performance.now() < forcedRotationMs) this.rotate();
    }, 250);
  }

  private rotate(): void {
    window.clearInterval(this.rotation);
    const old = this.socket;
    this.socket = undefined;
    this.ready = false;
    this.events.state('reconnecting');
    // Close the old connection first: a session that is still connected may not be resumable.
    if (old) old.onclose = () => void this.connect();
    old?.close(1000);
  }

  private closed(code: number, reason: string): void {
    window.clearTimeout(this.deadline);
    window.clearInterval(this.rotation);
    this.socket = undefined;
    this.ready = false;
    this.options.log.mark('closed', { code, reason });
    if (this.over) return;
    const meaning = explainClose(code, reason);
    if (meaning.retry === 'no') {
      if (code === 1000) this.fail('', '');
      else this.fail(meaning.cause + (reason ? ` The server says: ${sentence(reason)}` : ''), meaning.cure);
      return;
    }
    if (meaning.retry === 'fresh') this.handle = undefined;
    this.reconnect(meaning.retry === 'wait');
  }

  private lost(why: string): void {
    if (this.over) return;
    this.options.log.mark('closed', { code: 1006, reason: why });
    this.reconnect(false);
  }

  private fail(cause: string, cure: string): void {
    if (this.over) return;
    this.finish();
    this.events.state('ended');
    if (cause) this.events.failed(cause, cure);
  }

  private reconnect(mustWait: boolean): void {
    this.events.state('reconnecting');
    this.retry = window.setTimeout(() => void this.connect(), delayBefore(++this.attempt, mustWait));
  }

  private finish(): void {
    this.over = true;
    this.ready = false;
    this.buffered = [];
    window.clearTimeout(this.retry);
    window.clearTimeout(this.deadline);
    window.clearInterval(this.rotation);
  }

  private write(raw: string, message: ClientMessage): void {
    this.options.log.message('in', raw, message);
    this.socket?.send(raw);
  }
}
