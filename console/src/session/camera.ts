import { toBase64 } from '../audio/pcm';
import { Camera, type CameraKind } from '../video/camera';
import { send } from './current';
import { devices } from './devices';
import { say, settle } from './notices';
import { cameraKind, lastFrame } from './state';

let camera: Camera | undefined;
// A picture that is still being encoded when its camera is closed must not be sent.
let generation = 0;

/** Switches the camera or the screen on or off; only one of them is on. */
export async function toggleCamera(kind: CameraKind): Promise<void> {
  const was = camera?.kind;
  closeCamera();
  if (was === kind) return;
  try {
    const mine = generation;
    camera = await Camera.open(kind, devices.camera.value, (jpeg) => mine === generation && show(jpeg), closeCamera);
    cameraKind.value = kind;
    settle('camera');
    void devices.refresh();
  } catch (error) {
    const what = kind === 'screen' ? 'screen' : 'camera';
    const denied = (error as Error).name === 'NotAllowedError';
    say(
      'camera',
      'error',
      denied ? `This page is not allowed to use the ${what}.` : `The ${what} cannot be used.`,
      (error as Error).message,
    );
  }
}

export function closeCamera(): void {
  generation++;
  camera?.stop();
  camera = undefined;
  cameraKind.value = undefined;
  if (lastFrame.value) URL.revokeObjectURL(lastFrame.value);
  lastFrame.value = undefined;
}

function show(jpeg: Uint8Array): void {
  send({ realtimeInput: { video: { mimeType: 'image/jpeg', data: toBase64(jpeg) } } });
  if (lastFrame.value) URL.revokeObjectURL(lastFrame.value);
  lastFrame.value = URL.createObjectURL(new Blob([jpeg as BlobPart], { type: 'image/jpeg' }));
}
