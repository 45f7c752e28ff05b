import { useId, useRef, useState } from 'preact/hooks';
import { asExample } from '../protocol/media';
import type { ClientMessage } from '../protocol/messages';
import type { Entry } from '../session/log';
import { copy } from '../ui/clipboard';
import { Icon } from '../ui/icon';

const languages = {
  csharp: 'C# (Parley.Client)',
  genai: 'Python (google-genai)',
  websockets: 'Python (websockets)',
  javascript: 'JavaScript (@google/genai)',
} as const;

type Form = keyof typeof languages | 'json' | 'example';

/** Copies a message as JSON, and a sent one as code. */
export function CopyMenu({ entry }: { entry: Entry }) {
  const id = useId();
  const menu = useRef<HTMLDivElement>(null);
  const [copied, setCopied] = useState('');
  const forms: [Form, string][] = [
    ['json', 'JSON'],
    ['example', 'JSON, media shortened'],
    ...(entry.dir === 'in' ? (Object.entries(languages) as [Form, string][]) : []),
  ];
  const run = async (form: Form, label: string) => {
    menu.current?.hidePopover();
    if (!(await copy(await textOf(entry, form)))) return;
    setCopied(label);
    window.setTimeout(() => setCopied(''), 2_000);
  };
  return (
    <>
      <button type="button" class="quiet" popovertarget={id} style={{ 'anchor-name': `--${id}` }} data-testid="copy-as">
        <Icon name="copy" /> <span aria-live="polite">{copied ? 'Copied' : 'Copy as'}</span>
      </button>
      <div id={id} ref={menu} class="menu" popover="auto" style={{ 'position-anchor': `--${id}` }}>
        {forms.map(([form, label]) => (
          <button key={form} type="button" onClick={() => void run(form, label)}>
            {label}
          </button>
        ))}
      </div>
    </>
  );
}

async function textOf(entry: Entry, form: Form): Promise<string> {
  if (form === 'json') return JSON.stringify(entry.message, null, 2);
  if (form === 'example') return asExample(entry.message);
  const { messageCode } = await import('../code/message');
  return messageCode(entry.message as ClientMessage, form);
}
