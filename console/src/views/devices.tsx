import { Speaker } from '../audio/speaker';
import { devices } from '../session/devices';
import { closeMicrophone, openMicrophone } from '../session/input';
import { microphoneOpen } from '../session/state';
import { Choice, type Option } from '../ui/fields';

export function Devices() {
  return (
    <details class="devices" onToggle={() => void devices.refresh()}>
      <summary>Devices</summary>
      <div class="fields">
        <Choice
          label="Microphone"
          value={devices.microphone.value}
          options={options('audioinput')}
          onChange={(id) => {
            devices.microphone.value = id;
            if (!microphoneOpen.value) return;
            closeMicrophone();
            void openMicrophone();
          }}
        />
        <Choice
          label="Loudspeaker"
          value={devices.speaker.value}
          options={options('audiooutput')}
          onChange={(id) => {
            devices.speaker.value = id;
            void Speaker.useDevice(id);
          }}
        />
        <Choice
          label="Camera"
          value={devices.camera.value}
          options={options('videoinput')}
          hint="Used the next time the camera is switched on."
          onChange={(id) => {
            devices.camera.value = id;
          }}
        />
      </div>
    </details>
  );
}

const options = (kind: MediaDeviceKind): Option[] => [
  ['', 'Browser default'],
  ...devices.of(kind).map(({ id, label }): Option => [id, label]),
];
