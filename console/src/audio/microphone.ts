import { audioContext } from './engine';

export interface MicrophoneOptions {
  deviceId: string;
  /** Off for music, and for audio from a file. */
  echoCancellation: boolean;
}

/** The microphone: delivers 20 ms chunks of PCM16 at 16 kHz until it is stopped. When muted it delivers silence, because the server counts time in samples. */
export class Microphone {
  muted = false;

  private constructor(
    private readonly stream: MediaStream,
    private readonly source: MediaStreamAudioSourceNode,
    private readonly worklet: AudioWorkletNode,
  ) {}

  static async open(options: MicrophoneOptions, chunk: (pcm: Int16Array) => void, ended: () => void): Promise<Microphone> {
    if (!navigator.mediaDevices)
      throw new Error('Browsers allow the microphone on secure pages only. Open this page on localhost or over https.');
    const { echoCancellation } = options;
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: {
        channelCount: 1,
        echoCancellation,
        noiseSuppression: echoCancellation,
        autoGainControl: echoCancellation,
        ...(options.deviceId ? { deviceId: { exact: options.deviceId } } : {}),
      },
    });
    try {
      const context = await audioContext();
      const source = context.createMediaStreamSource(stream);
      const worklet = new AudioWorkletNode(context, 'parley-microphone', { numberOfOutputs: 0 });
      source.connect(worklet);
      const microphone = new Microphone(stream, source, worklet);
      worklet.port.onmessage = ({ data }: MessageEvent<Int16Array>) => {
        if (microphone.muted) data.fill(0);
        chunk(data);
      };
      for (const track of stream.getAudioTracks()) track.addEventListener('ended', ended);
      return microphone;
    } catch (error) {
      for (const track of stream.getTracks()) track.stop();
      throw error;
    }
  }

  stop(): void {
    this.worklet.port.onmessage = null;
    this.source.disconnect();
    for (const track of this.stream.getTracks()) track.stop();
  }
}
