import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Call, type CallState } from '../src/session/call';
import { SessionLog } from '../src/session/log';

class FakeSocket {
  sent: Record<string, unknown>[] = [];
  closed: number | undefined;
  binaryType = '';
  onopen: (() => void) | undefined;
  onmessage: ((event: { data: unknown }) => void) | undefined;
  onclose: ((event: { code: number; reason: string }) => void) | undefined;

  send(raw: string): void {
    this.sent.push(JSON.parse(raw));
  }

  close(code?: number): void {
    this.closed = code ?? 1005;
    queueMicrotask(() => this.onclose?.({ code: this.closed as number, reason: '' }));
  }

  receive(message: object, binary = true): void {
    const raw = JSON.stringify(message);
    this.onmessage?.({ data: binary ? new TextEncoder().encode(raw).buffer : raw });
  }

  open(): void {
    this.onopen?.();
    this.receive({ setupComplete: {} });
  }

  fail(code: number, reason = ''): void {
    this.onclose?.({ code, reason });
  }
}

function begin() {
  const sockets: FakeSocket[] = [];
  const states: CallState[] = [];
  const failures: string[] = [];
  let idle = true;
  let reachable = true;
  const call = new Call(
    {
      setup: { model: 'models/m', sessionResumption: {} },
      log: new SessionLog(() => {}),
      address: async () => {
        if (!reachable) throw new Error('gone');
        return 'ws://x';
      },
      isIdle: () => idle,
      socket: () => {
        const socket = new FakeSocket();
        sockets.push(socket);
        return socket as unknown as WebSocket;
      },
    },
    { state: (state) => states.push(state), message: () => {}, failed: (cause) => failures.push(cause) },
  );
  call.start();
  // Less than the setup timeout, more than any delay before a connection.
  const next = async (count: number) => {
    await vi.advanceTimersByTimeAsync(14_000);
    expect(sockets).toHaveLength(count);
    return sockets[count - 1] as FakeSocket;
  };
  return {
    call,
    sockets,
    states,
    failures,
    next,
    setIdle: (value: boolean) => (idle = value),
    setReachable: (value: boolean) => (reachable = value),
  };
}

const audio = (data: string) => ({ realtimeInput: { audio: { mimeType: 'audio/pcm;rate=16000', data } } });

describe('A call', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('window', globalThis);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  test('sends the setup first and nothing else before setupComplete', async () => {
    const { call, sockets } = begin();
    await vi.advanceTimersByTimeAsync(0);
    const socket = sockets[0] as FakeSocket;
    call.send({ realtimeInput: { text: 'early' } });
    socket.onopen?.();
    expect(socket.sent).toEqual([{ setup: { model: 'models/m', sessionResumption: {} } }]);
    socket.receive({ setupComplete: {} }, false);
    expect(socket.sent[1]).toEqual({ realtimeInput: { text: 'early' } });
  });

  test('resumes a lost connection with the newest handle and sends buffered messages', async () => {
    const { call, sockets, states, next } = begin();
    await vi.advanceTimersByTimeAsync(0);
    sockets[0]?.open();
    sockets[0]?.receive({ sessionResumptionUpdate: { newHandle: 'one', resumable: true } });
    sockets[0]?.receive({ sessionResumptionUpdate: { newHandle: '', resumable: false } });
    sockets[0]?.fail(1006);
    call.send({ realtimeInput: { text: 'buffered' } });
    const second = await next(2);
    second.open();
    expect(second.sent).toEqual([
      { setup: { model: 'models/m', sessionResumption: { handle: 'one' } } },
      { realtimeInput: { text: 'buffered' } },
    ]);
    expect(states).toEqual(['connecting', 'live', 'reconnecting', 'live']);
  });

  test('buffers the last five seconds of audio and all other messages', async () => {
    const { call, sockets, next } = begin();
    await vi.advanceTimersByTimeAsync(0);
    sockets[0]?.open();
    sockets[0]?.fail(1006);
    call.send({ realtimeInput: { text: 'first' } });
    for (let i = 0; i < 300; i++) call.send(audio(String(i)));
    const second = await next(2);
    second.open();
    const [, text, oldest] = second.sent;
    expect(second.sent).toHaveLength(252);
    expect(text).toEqual({ realtimeInput: { text: 'first' } });
    expect(oldest).toEqual(audio('50'));
  });

  test('after goAway waits for a safe point, closes the old connection and resumes', async () => {
    const { sockets, next, setIdle } = begin();
    await vi.advanceTimersByTimeAsync(0);
    const first = sockets[0] as FakeSocket;
    first.open();
    first.receive({ sessionResumptionUpdate: { newHandle: 'h', resumable: true } });
    setIdle(false);
    first.receive({ goAway: { timeLeft: '60s' } });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(first.closed).toBeUndefined();
    setIdle(true);
    const second = await next(2);
    expect(first.closed).toBe(1000);
    second.onopen?.();
    expect(second.sent[0]).toMatchObject({ setup: { sessionResumption: { handle: 'h' } } });
  });

  test('after goAway rotates before the deadline without a safe point', async () => {
    const { sockets, next, setIdle } = begin();
    await vi.advanceTimersByTimeAsync(0);
    sockets[0]?.open();
    setIdle(false);
    sockets[0]?.receive({ goAway: { timeLeft: '10s' } });
    await next(2);
    expect(sockets[0]?.closed).toBe(1000);
  });

  test('starts a new session if the handle is refused', async () => {
    const { sockets, next } = begin();
    await vi.advanceTimersByTimeAsync(0);
    sockets[0]?.open();
    sockets[0]?.receive({ sessionResumptionUpdate: { newHandle: 'h', resumable: true } });
    sockets[0]?.fail(1006);
    (await next(2)).fail(1008, 'BidiGenerateContent session not found');
    const third = await next(3);
    third.onopen?.();
    expect(third.sent[0]).toEqual({ setup: { model: 'models/m', sessionResumption: {} } });
  });

  test('ends with a message if a retry cannot help', async () => {
    const { sockets, states, failures } = begin();
    await vi.advanceTimersByTimeAsync(0);
    sockets[0]?.open();
    sockets[0]?.fail(1007, 'Invalid JSON payload received. Unknown name "x": Cannot find field.');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sockets).toHaveLength(1);
    expect(states.at(-1)).toBe('ended');
    expect(failures[0]).toContain('Unknown name "x"');
  });

  test('retries while the server is unreachable, and at once when it is back', async () => {
    const { call, sockets, setReachable } = begin();
    await vi.advanceTimersByTimeAsync(0);
    sockets[0]?.open();
    setReachable(false);
    sockets[0]?.fail(1006);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(sockets).toHaveLength(1);
    setReachable(true);
    call.retryNow();
    await vi.advanceTimersByTimeAsync(0);
    expect(sockets).toHaveLength(2);
  });

  test('does not reconnect after it was ended', async () => {
    const { call, sockets, states } = begin();
    await vi.advanceTimersByTimeAsync(0);
    sockets[0]?.open();
    call.end();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sockets).toHaveLength(1);
    expect(sockets[0]?.closed).toBe(1000);
    expect(states.at(-1)).toBe('ended');
  });
});
