import type { Signal } from '@preact/signals';
import { type Filter, type Group, groups } from '../session/message-filter';
import type { Turn } from '../session/turn';
import { whole } from '../ui/format';

interface FiltersProps {
  filter: Signal<Filter>;
  counts: ReadonlyMap<Group, number>;
  shown: number;
  all: number;
  dropped: number;
  turn: Turn | undefined;
  follow: boolean;
  onFollow(on: boolean): void;
}

const directions: readonly [Filter['direction'], string][] = [
  ['all', 'All'],
  ['in', 'Sent'],
  ['out', 'Received'],
];

/** Search, direction, kinds, and whether the list follows. */
export function Filters({ filter, counts, shown, all, dropped, turn, follow, onFollow }: FiltersProps) {
  const change = (members: Partial<Filter>) => {
    filter.value = { ...filter.value, ...members };
  };
  const toggle = (group: Group) => {
    const next = new Set(filter.value.groups);
    if (!next.delete(group)) next.add(group);
    change({ groups: next });
  };
  const present = (Object.keys(groups) as Group[]).filter((group) => (counts.get(group) ?? 0) > 0);
  return (
    <div class="filters">
      <div class="heading">
        <h3>Messages</h3>
        <span class="hint" data-testid="message-count">
          {whole(shown)} of {whole(all)}
          {dropped > 0 && `, ${whole(dropped)} older messages dropped`}
        </span>
        <label class="check">
          <input type="checkbox" checked={follow} onChange={(event) => onFollow(event.currentTarget.checked)} data-testid="follow" /> Follow
        </label>
      </div>
      <div class="row">
        <input
          type="search"
          value={filter.value.text}
          placeholder="Search in messages"
          aria-label="Search in messages"
          onInput={(event) => change({ text: event.currentTarget.value })}
          data-testid="filter"
        />
        <fieldset class="segments" aria-label="Direction">
          {directions.map(([direction, label]) => (
            <button key={direction} type="button" aria-pressed={filter.value.direction === direction} onClick={() => change({ direction })}>
              {label}
            </button>
          ))}
        </fieldset>
      </div>
      <fieldset class="kinds" aria-label="Kinds of messages">
        {turn && (
          <button
            type="button"
            class="kind-chip"
            aria-pressed={filter.value.turn !== undefined}
            onClick={() => change({ turn: filter.value.turn === undefined ? turn.id : undefined })}
            data-testid="only-turn"
          >
            Turn {filter.value.turn ?? turn.id} only
          </button>
        )}
        {present.map((group) => (
          <button
            key={group}
            type="button"
            class="kind-chip"
            aria-pressed={filter.value.groups.has(group)}
            onClick={() => toggle(group)}
            data-testid="kind"
          >
            {group} <span>{whole(counts.get(group) ?? 0)}</span>
          </button>
        ))}
        {filter.value.groups.size > 0 && (
          <button type="button" class="quiet" onClick={() => change({ groups: new Set() })}>
            Clear
          </button>
        )}
      </fieldset>
    </div>
  );
}
