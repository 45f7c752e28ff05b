import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface Labelled {
  label: string;
  hint?: string;
  /** What is wrong with the value. */
  error?: string | undefined;
}

function Field({ id, label, hint, error, children }: Labelled & { id: string; children: ComponentChildren }) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children}
      {(error || hint) && (
        <p class={error ? 'hint wrong' : 'hint'} id={`${id}-hint`}>
          {error ?? hint}
        </p>
      )}
    </div>
  );
}

export type Option = readonly [value: string, text: string];

export function Choice({
  value,
  options,
  onChange,
  ...about
}: Labelled & { value: string; options: readonly Option[]; onChange(value: string): void }) {
  const id = useId();
  const known = options.some(([one]) => one === value);
  return (
    <Field id={id} {...about}>
      <select
        id={id}
        value={value}
        aria-describedby={about.hint ? `${id}-hint` : undefined}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {!known && <option value={value}>{value}</option>}
        {options.map(([one, text]) => (
          <option key={one} value={one}>
            {text}
          </option>
        ))}
      </select>
    </Field>
  );
}

interface TextProps extends Labelled {
  value: string;
  rows?: number;
  code?: boolean;
  numeric?: boolean;
  placeholder?: string;
  list?: readonly string[];
  secret?: boolean;
  onInput(value: string): void;
}

export function Text({ value, rows, code, numeric, placeholder, list, secret, onInput, ...about }: TextProps) {
  const id = useId();
  const common = {
    id,
    value,
    placeholder,
    spellcheck: !code,
    class: code ? 'code' : undefined,
    'aria-describedby': about.hint || about.error ? `${id}-hint` : undefined,
    'aria-invalid': about.error ? true : undefined,
    onInput: (event: { currentTarget: { value: string } }) => onInput(event.currentTarget.value),
  };
  return (
    <Field id={id} {...about}>
      {rows ? (
        <textarea {...common} rows={rows} />
      ) : (
        <SingleLine common={common} secret={secret} numeric={numeric} list={list ? `${id}-list` : undefined} />
      )}
      {list && (
        <datalist id={`${id}-list`}>
          {list.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
    </Field>
  );
}

interface SingleLineProps {
  common: object;
  secret: boolean | undefined;
  numeric: boolean | undefined;
  list: string | undefined;
}

function SingleLine({ common, secret, numeric, list }: SingleLineProps) {
  if (secret) return <input {...common} type="password" autocomplete="off" />;
  if (list) return <input {...common} type="text" autocomplete="off" list={list} />;
  return <input {...common} type="text" autocomplete="off" inputMode={numeric ? 'numeric' : 'text'} />;
}

export function Switch({ label, hint, checked, onChange }: Labelled & { checked: boolean; onChange(checked: boolean): void }) {
  const id = useId();
  return (
    <div class="switch">
      <input
        id={id}
        type="checkbox"
        checked={checked}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <label for={id}>{label}</label>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}
