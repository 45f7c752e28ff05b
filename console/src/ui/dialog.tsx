import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

interface Question {
  title: string;
  lines: string[];
  /** Text that is shown as code, such as functions of another person. */
  code?: string;
  /** Label of a check box; its answer is `option`. */
  option?: string;
  confirm: string;
  decline: string;
  danger?: boolean;
  answer(result: { confirmed: boolean; option: boolean }): void;
}

const question = signal<Question | undefined>(undefined);

/** Asks the user in a dialog. Escape declines. */
export function ask(asked: Omit<Question, 'answer'>): Promise<{ confirmed: boolean; option: boolean }> {
  question.peek()?.answer({ confirmed: false, option: false });
  return new Promise((resolve) => {
    question.value = {
      ...asked,
      answer: (result) => {
        question.value = undefined;
        resolve(result);
      },
    };
  });
}

export const confirmed = async (asked: Omit<Question, 'answer'>): Promise<boolean> => (await ask(asked)).confirmed;

/** The open dialog, if there is one. */
export function Dialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const option = useRef<HTMLInputElement>(null);
  const asked = question.value;
  useEffect(() => {
    if (asked) dialog.current?.showModal();
  }, [asked]);
  if (!asked) return null;
  const answer = (yes: boolean) => asked.answer({ confirmed: yes, option: option.current?.checked ?? false });
  return (
    <dialog ref={dialog} aria-labelledby="dialog-title" onCancel={() => answer(false)} data-testid="dialog">
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          answer(true);
        }}
      >
        <h2 id="dialog-title">{asked.title}</h2>
        {asked.lines.map((line) => (
          <p key={line}>{line}</p>
        ))}
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable element must be reachable by keyboard */}
        {asked.code && <pre tabIndex={0}>{asked.code}</pre>}
        {asked.option && (
          <label class="check">
            <input ref={option} type="checkbox" /> {asked.option}
          </label>
        )}
        <div class="row end">
          <button type="button" onClick={() => answer(false)}>
            {asked.decline}
          </button>
          <button type="submit" class={asked.danger ? 'primary danger' : 'primary'}>
            {asked.confirm}
          </button>
        </div>
      </form>
    </dialog>
  );
}
