import { signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { codeOf, type Form, forms } from '../code/program';
import { current } from '../session/current';
import { save } from '../session/files';
import { CopyButton } from '../ui/copy-button';

/** Kept while the dialog is closed. */
const form = signal<Form>('javascript');

const notes: Record<Form, string> = {
  javascript: 'Sends the setup and the inputs of this session to a server, and prints the answers.',
  genai: 'Sends the setup and the inputs of this session to a server, and prints the answers. The SDK opens wss: only.',
  websockets: 'Sends the setup and the inputs of this session to a server, and prints the answers.',
  csharp: 'Sends the setup and the inputs of this session to a server, and prints the answers.',
  scenario: 'Plays the server of this session in your tests, in any language, without network or key.',
};

/** The session as a program in one of several languages, or as a test scenario. */
export function SessionCode() {
  const { entries } = current.feed.log;
  const code = useMemo(() => codeOf(entries, form.value, location.origin), [entries, form.value]);
  const { file } = forms[form.value];
  return (
    <>
      <fieldset class="segments" aria-label="Language">
        {(Object.keys(forms) as Form[]).map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={form.value === one}
            onClick={() => {
              form.value = one;
            }}
            data-testid={`form-${one}`}
          >
            <span>
              {forms[one].label} <small>{forms[one].about}</small>
            </span>
          </button>
        ))}
      </fieldset>
      <p class="hint">
        {notes[form.value]}
        {code.includes('user.wav') && ' It reads user.wav, which is in the export.'}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable element must be reachable by keyboard */}
      <pre tabIndex={0} data-testid="code">
        {code}
      </pre>
      <div class="row end">
        <CopyButton text={code} />
        <button type="button" class="primary" onClick={() => save(new Blob([code], { type: 'text/plain' }), file)}>
          Save {file}
        </button>
      </div>
    </>
  );
}
