/** Longest side of a picture. The service does not use more, and larger pictures take longer to send. */
const longestSide = 768;

export type CameraKind = 'camera' | 'screen';

/** Sends one picture per second, which is the most the Live API uses (docs/protocol.md#23-media-encodings). */
export class Camera {
  private timer = 0;

  private constructor(
    readonly kind: CameraKind,
    private readonly stream: MediaStream,
    private readonly video: HTMLVideoElement,
    private readonly canvas: HTMLCanvasElement,
  ) {}

  static async open(kind: CameraKind, deviceId: string, frame: (jpeg: Uint8Array) => unknown, ended: () => void): Promise<Camera> {
    const stream =
      kind === 'screen'
        ? await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: 2 } })
        : await navigator.mediaDevices.getUserMedia({
            video: { width: { ideal: 1280 }, ...(deviceId ? { deviceId: { exact: deviceId } } : {}) },
          });
    const video = document.createElement('video');
    video.muted = true;
    video.playsInline = true;
    video.srcObject = stream;
    const camera = new Camera(kind, stream, video, document.createElement('canvas'));
    for (const track of stream.getTracks()) track.addEventListener('ended', ended);
    await video.play();
    const take = () => camera.take(frame);
    take();
    camera.timer = window.setInterval(take, 1000);
    return camera;
  }

  stop(): void {
    window.clearInterval(this.timer);
    for (const track of this.stream.getTracks()) track.stop();
    this.video.srcObject = null;
  }

  private take(frame: (jpeg: Uint8Array) => unknown): void {
    const { videoWidth: width, videoHeight: height } = this.video;
    if (width === 0) return;
    const scale = Math.min(1, longestSide / Math.max(width, height));
    this.canvas.width = Math.round(width * scale);
    this.canvas.height = Math.round(height * scale);
    this.canvas.getContext('2d')?.drawImage(this.video, 0, 0, this.canvas.width, this.canvas.height);
    this.canvas.toBlob(
      async (blob) => {
        if (blob) frame(new Uint8Array(await blob.arrayBuffer()));
      },
      'image/jpeg',
      0.8,
    );
  }
}
