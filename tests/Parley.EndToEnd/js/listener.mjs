// Collects the messages of a server. Uses neither Node nor browser APIs, so that scripts and pages share it.

const TURN_MARKS = ['interrupted', 'generationComplete', 'turnComplete'];

/** Collects what the server sends, and lets a script wait for a condition. */
export class Listener {
  said = '';
  heard = '';
  audioBytes = 0;
  audioTypes = new Set();
  turns = 0;
  interruptions = 0;
  calls = [];
  handle = null;
  ready = false;
  closed = null;
  /** Kinds of messages in their order, without repetition, for tests of turn order. */
  order = [];
  #waits = new Set();

  take(message) {
    if (message.setupComplete) this.ready = true;
    if (message.sessionResumptionUpdate?.resumable) this.handle = message.sessionResumptionUpdate.newHandle;
    this.calls.push(...(message.toolCall?.functionCalls ?? []));
    if (message.toolCall) this.#note('toolCall');
    if (message.serverContent) this.#takeContent(message.serverContent);
    this.#wake();
  }

  end(code, reason) {
    this.closed = { code, reason };
    this.#wake();
  }

  /** Clears everything collected so far; the session continues. */
  forget() {
    Object.assign(this, { said: '', heard: '', audioBytes: 0, turns: 0, interruptions: 0, calls: [], order: [] });
  }

  /** Resolves when the condition holds; rejects if the server closes first. */
  until(what, condition) {
    return new Promise((resolve, reject) => {
      this.#waits.add({ what, condition: () => condition(this), resolve, reject });
      this.#wake();
    });
  }

  get waitingFor() {
    return [...this.#waits].map((wait) => wait.what).join(', ') || 'nothing';
  }

  #takeContent(content) {
    for (const part of content.modelTurn?.parts ?? []) {
      if (!part.inlineData) continue;
      this.audioBytes += atob(part.inlineData.data).length;
      this.audioTypes.add(part.inlineData.mimeType);
      this.#note('audio');
    }
    this.heard += content.inputTranscription?.text ?? '';
    this.said += content.outputTranscription?.text ?? '';
    for (const mark of TURN_MARKS.filter((name) => content[name])) this.#note(mark);
    if (content.interrupted) this.interruptions++;
    if (content.turnComplete) this.turns++;
  }

  #note(what) {
    if (this.order.at(-1) !== what) this.order.push(what);
  }

  #wake() {
    for (const wait of this.#waits) {
      if (wait.condition()) wait.resolve();
      else if (this.closed) wait.reject(new Error(`Closed with ${this.closed.code} "${this.closed.reason}" while waiting for ${wait.what}`));
      else continue;
      this.#waits.delete(wait);
    }
  }
}

export function toBase64(bytes) {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/** The samples of a WAV file: the content of its "data" chunk. */
export function samplesOf(wav) {
  const view = new DataView(wav.buffer, wav.byteOffset, wav.byteLength);
  const isData = (at) => view.getUint32(at) === 0x64617461;
  let at = 12;
  while (!isData(at)) at += 8 + view.getUint32(at + 4, true);
  return wav.subarray(at + 8, at + 8 + view.getUint32(at + 4, true));
}

/** Passes 16 kHz PCM to `send` in real time, 100 ms at a time, as a microphone would. */
export async function speak(pcm, send) {
  const chunkBytes = 3200;
  const start = performance.now();
  for (let at = 0; at < pcm.length; at += chunkBytes) {
    send(pcm.subarray(at, at + chunkBytes));
    const due = start + (at + chunkBytes) / 32;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
  }
}
