// A voice feature: asks a model, runs its functions, and goes on after goAway. It knows nothing of the tests.
import { GoogleGenAI, Modality } from '@google/genai';

const tools = [{ functionDeclarations: [{ name: 'set_lamp', parameters: { type: 'OBJECT', properties: { room: { type: 'STRING' } } } }] }];

export class Concierge {
  #ai;
  #functions;
  #session;
  #handle;
  #waiting;
  #leaving = false;
  #replacing;
  said = '';
  /** Audio that is not played yet, as base64. */
  queue = [];
  interruptions = 0;

  constructor(functions, options = {}) {
    // Without options the SDK takes the key and the server from the environment.
    this.#ai = new GoogleGenAI(options);
    this.#functions = functions;
  }

  async open() {
    let session;
    session = await this.#ai.live.connect({
      model: 'gemini-3.1-flash-live-preview',
      config: { responseModalities: [Modality.AUDIO], outputAudioTranscription: {}, sessionResumption: { handle: this.#handle }, tools },
      callbacks: {
        onmessage: (message) => this.#take(message).catch((error) => this.#waiting?.reject(error)),
        onclose: (event) => {
          // A session that was replaced after goAway may close as it likes.
          if (session === this.#session) this.#waiting?.reject(new Error(`The call ended: ${event.code} ${event.reason}`));
        },
      },
    });
    this.#session = session;
  }

  /** Asks in text; the answer is complete when its turn is. */
  async ask(text) {
    await this.#replacing;
    const { promise, resolve, reject } = Promise.withResolvers?.() ?? withResolvers();
    this.#waiting = { resolve, reject };
    this.said = '';
    this.#session.sendClientContent({ turns: [{ role: 'user', parts: [{ text }] }], turnComplete: true });
    return promise;
  }

  /** Sends audio of the microphone: 16 kHz PCM. */
  hear(pcm) {
    this.#session.sendRealtimeInput({ audio: { data: pcm.toString('base64'), mimeType: 'audio/pcm;rate=16000' } });
  }

  close() {
    this.#waiting = undefined;
    this.#session.close();
  }

  async #take(message) {
    const content = message.serverContent;
    this.said += content?.outputTranscription?.text ?? '';
    for (const part of content?.modelTurn?.parts ?? []) if (part.inlineData) this.queue.push(part.inlineData.data);
    if (content?.interrupted) {
      this.interruptions++;
      this.queue = [];
    }
    // While the model speaks there is no handle.
    if (message.sessionResumptionUpdate) this.#handle = message.sessionResumptionUpdate.newHandle;
    for (const call of message.toolCall?.functionCalls ?? []) {
      const response = await this.#functions[call.name](call.args);
      this.#session.sendToolResponse({ functionResponses: [{ id: call.id, name: call.name, response }] });
    }
    if (content?.turnComplete) this.#waiting?.resolve(this.said);
    this.#leaving ||= message.goAway !== undefined;
    if (this.#leaving && this.#handle) {
      this.#leaving = false;
      const old = this.#session;
      this.#replacing = this.open().then(() => old.close());
      await this.#replacing;
    }
  }
}

// Node.js 20 has no Promise.withResolvers.
function withResolvers() {
  const result = {};
  result.promise = new Promise((resolve, reject) => Object.assign(result, { resolve, reject }));
  return result;
}
