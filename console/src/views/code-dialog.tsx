import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../ui/icon';
import { lazily } from '../ui/lazy';

const shown = signal(false);

const SessionCode = lazily(async () => (await import('./session-code')).SessionCode);

/** Shows the session as code. */
export function showCode(): void {
  shown.value = true;
}

export function CodeDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (shown.value) dialog.current?.showModal();
  }, [shown.value]);
  useEffect(
    () => () => {
      shown.value = false;
    },
    [],
  );
  if (!shown.value) return null;
  return (
    <dialog
      ref={dialog}
      class="code-dialog"
      aria-labelledby="code-title"
      onClose={() => {
        shown.value = false;
      }}
      data-testid="code-dialog"
    >
      <div class="heading">
        <h2 id="code-title">This session as code</h2>
        <button type="button" class="icon-only" aria-label="Close" onClick={() => dialog.current?.close()}>
          <Icon name="close" />
        </button>
      </div>
      <SessionCode />
    </dialog>
  );
}
