import type { KeyLimits } from '../session/admin-types';
import { Text } from '../ui/fields';
import { plural } from '../ui/format';

const numbers = {
  maxSessions: 'Sessions at once',
  opensPerMinute: 'Connections per minute',
  minutesPerDay: 'Minutes per day',
  tokensPerDay: 'Tokens per day',
} as const;

type NumberLimit = keyof typeof numbers;

/** Limits as they are typed. */
export type LimitDraft = Record<NumberLimit | 'models', string>;

const names = Object.keys(numbers) as NumberLimit[];

export const draftOf = (limits: KeyLimits): LimitDraft => ({
  maxSessions: limits.maxSessions?.toString() ?? '',
  opensPerMinute: limits.opensPerMinute?.toString() ?? '',
  minutesPerDay: limits.minutesPerDay?.toString() ?? '',
  tokensPerDay: limits.tokensPerDay?.toString() ?? '',
  models: (limits.models ?? []).join(', '),
});

const isLimit = (text: string): boolean => text.trim() === '' || /^[1-9]\d{0,15}$/.test(text.trim());

/** The limits that were typed; undefined if one of them is not a number. */
export function limitsOf(draft: LimitDraft): KeyLimits | undefined {
  if (!names.every((name) => isLimit(draft[name]))) return undefined;
  const limits: KeyLimits = {};
  for (const name of names) if (draft[name].trim()) limits[name] = Number(draft[name]);
  const models = draft.models
    .split(/[\s,]+/)
    .map((model) => model.replace(/^models\//, ''))
    .filter(Boolean);
  if (models.length > 0) limits.models = models;
  return limits;
}

export function LimitFields({ draft, checked, change }: { draft: LimitDraft; checked: boolean; change(draft: LimitDraft): void }) {
  return (
    <>
      {names.map((name) => (
        <Text
          key={name}
          label={numbers[name]}
          numeric
          value={draft[name]}
          placeholder="no limit"
          error={checked && !isLimit(draft[name]) ? 'A whole number above 0, or empty.' : undefined}
          onInput={(value) => change({ ...draft, [name]: value })}
        />
      ))}
      <Text
        label="Models"
        value={draft.models}
        placeholder="all; or gemini-3.8-*"
        onInput={(value) => change({ ...draft, models: value })}
      />
    </>
  );
}

export function limitWords(limits: KeyLimits): string {
  const words = [
    limits.maxSessions && `${plural(limits.maxSessions, 'session')} at once`,
    limits.opensPerMinute && `${plural(limits.opensPerMinute, 'connection')} per minute`,
    limits.minutesPerDay && `${limits.minutesPerDay.toLocaleString('en')} min per day`,
    limits.tokensPerDay && `${plural(limits.tokensPerDay, 'token')} per day`,
    limits.models?.length && `only ${limits.models.join(', ')}`,
  ].filter(Boolean);
  return words.join(', ') || 'none';
}
