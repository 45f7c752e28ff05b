import { signal } from '@preact/signals';

const lists = signal<MediaDeviceInfo[]>([]);

/** Available and selected devices; empty = browser default. Browsers reveal device names after the first permission. */
export const devices = {
  microphone: signal(''),
  speaker: signal(''),
  camera: signal(''),

  of(kind: MediaDeviceKind): { id: string; label: string }[] {
    return lists.value
      .filter((device) => device.kind === kind && device.deviceId && device.deviceId !== 'default')
      .map(({ deviceId, label }, index) => ({ id: deviceId, label: label || `${kind} ${index + 1}` }));
  },

  async refresh(): Promise<void> {
    lists.value = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  },
};

navigator.mediaDevices?.addEventListener('devicechange', () => void devices.refresh());
