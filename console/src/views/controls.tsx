import { useEffect, useRef } from 'preact/hooks';
import { toggleCamera } from '../session/camera';
import { startNew } from '../session/files';
import { openMicrophone, toggleMute } from '../session/input';
import { hangUp, interrupt, pressToTalk, releaseToTalk } from '../session/session';
import { cameraKind, holding, isOpen, microphoneOpen, muted, state } from '../session/state';
import { profile } from '../settings/store';
import { Icon, type IconName } from '../ui/icon';
import { go } from '../ui/route';
import { phase } from './presence';

/** The buttons of a call. Each has its own place. */
export function Controls() {
  const open = isOpen();
  const first = useRef<HTMLFieldSetElement>(null);
  useEffect(() => {
    // The button that was pressed is gone; the keyboard continues at what took its place.
    if (document.activeElement !== document.body) return;
    const next = open ? first.current?.querySelector('button') : document.querySelector<HTMLElement>('.conversation');
    next?.focus({ preventScroll: true });
  }, [open]);
  if (!open) return <Afterwards />;
  const answering = phase.value === 'speaking' || phase.value === 'thinking';
  return (
    <fieldset class="controls" ref={first} aria-label="Call">
      {profile.value.activity === 'manual' && microphoneOpen.value ? <PushToTalk /> : <MicrophoneButton />}
      <Toggle icon="camera" label="Camera" on={cameraKind.value === 'camera'} run={() => void toggleCamera('camera')} id="camera" />
      <Toggle icon="screen" label="Screen" on={cameraKind.value === 'screen'} run={() => void toggleCamera('screen')} />
      <button
        type="button"
        class="control"
        onClick={interrupt}
        aria-disabled={!answering}
        aria-label="Stop the answer"
        data-testid="interrupt"
      >
        <Icon name="stop" /> <span>Stop</span>
      </button>
      <button type="button" class="control end" onClick={hangUp} data-testid="hang-up">
        <Icon name="end" /> <span>End</span>
      </button>
    </fieldset>
  );
}

function Afterwards() {
  return (
    <div class="controls after">
      <button type="button" class="primary large" onClick={() => void startNew(true)} data-testid="start">
        <Icon name="microphone" /> {state.value === 'watching' ? 'Start your own' : 'Start again'}
      </button>
      <button type="button" class="large" onClick={() => go('inspect')}>
        Inspect
      </button>
    </div>
  );
}

function MicrophoneButton() {
  if (!microphoneOpen.value)
    return <Toggle icon="microphone" label="Microphone" on={false} run={() => void openMicrophone()} id="microphone" />;
  return (
    <Toggle
      icon={muted.value ? 'mute' : 'microphone'}
      label={muted.value ? 'Unmute' : 'Mute'}
      on={!muted.value}
      run={toggleMute}
      id="microphone"
    />
  );
}

function Toggle({ icon, label, on, run, id }: { icon: IconName; label: string; on: boolean; run(): void; id?: string }) {
  return (
    <button type="button" class={on ? 'control on' : 'control'} aria-pressed={on} onClick={run} data-testid={id}>
      <Icon name={icon} /> <span>{label}</span>
    </button>
  );
}

function PushToTalk() {
  return (
    <button
      type="button"
      class={holding.value ? 'control talk-key on' : 'control talk-key'}
      aria-pressed={holding.value}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        pressToTalk();
      }}
      onPointerUp={releaseToTalk}
      onPointerCancel={releaseToTalk}
      onKeyDown={(event) => {
        if (event.key === ' ' || event.key === 'Enter') pressToTalk();
      }}
      onKeyUp={releaseToTalk}
      data-testid="push-to-talk"
    >
      <Icon name="microphone" /> <span>{holding.value ? 'Listening' : 'Hold to talk'}</span>
    </button>
  );
}
