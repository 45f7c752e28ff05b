import { useState } from 'preact/hooks';
import type { AdminSnapshot, DayUsage } from '../session/admin-types';
import { barsOf, costOf, keyName, type Measure, money, totalOf } from '../session/usage';
import { Choice, type Option } from '../ui/fields';
import { Table } from './admin-table';

const days = 31;
const everyone = '';

const measures: Record<Measure, string> = { minutes: 'Minutes', tokens: 'Tokens', sessions: 'Sessions', cost: 'Cost' };

/** Usage of the last 31 days: a chart over the days, and a table by day and key. */
export function Usage({ known }: { known: AdminSnapshot }) {
  const { currency } = known;
  const [key, setKey] = useState(everyone);
  const [measure, setMeasure] = useState<Measure>(currency ? 'cost' : 'minutes');
  const [all, setAll] = useState(false);
  if (known.usage.length === 0)
    return (
      <section class="panel">
        <h3>Usage</h3>
        <p class="hint">Nothing was used yet. Usage is kept for 31 days, by day and key.</p>
      </section>
    );
  const ids = [...new Set(known.usage.map((row) => row.keyId))];
  const rows = key === everyone ? known.usage : known.usage.filter((row) => row.keyId === key);
  const total = totalOf(rows);
  const shown = all ? rows : rows.slice(0, 10);
  const choices = (Object.entries(measures) as [Measure, string][]).filter(([one]) => one !== 'cost' || currency);
  const keys: Option[] = [[everyone, 'All keys'], ...ids.map((id): Option => [id, keyName(known.keys, id)])];
  const head = ['Day', 'Key', 'Sessions', 'Minutes', 'Tokens in', 'Tokens out', ...(currency ? ['Cost'] : [])];
  return (
    <section class="panel" data-testid="usage">
      <div class="title">
        <h3>Usage</h3>
        <div class="tools">
          <Choice label="Show" value={measure} options={choices} onChange={(value) => setMeasure(value as Measure)} />
          <Choice label="Key" value={key} options={keys} onChange={setKey} />
        </div>
      </div>
      <Chart rows={rows} measure={measure} currency={currency} />
      <Table title="Usage by day and key" head={head} actions={false}>
        {shown.map((row) => (
          <Row key={`${row.day} ${row.keyId}`} row={row} name={keyName(known.keys, row.keyId)} currency={currency} />
        ))}
        <Row row={{ ...total, day: 'Sum' }} name={key === everyone ? 'All keys' : keyName(known.keys, key)} currency={currency} />
      </Table>
      {rows.length > 10 && (
        <button type="button" class="quiet" onClick={() => setAll(!all)}>
          {all ? 'Show fewer' : `Show all ${rows.length} rows`}
        </button>
      )}
      {currency && total.unpricedTokens !== undefined && (
        <p class="hint">
          + {total.unpricedTokens.toLocaleString('en')} tokens of models without a price. Whoever runs the server can add them to
          Live:Prices.
        </p>
      )}
      {!currency && <p class="hint">Costs are shown when the server has a price table: the setting Live:Prices.</p>}
      <Closes known={known} />
    </section>
  );
}

function Row({ row, name, currency }: { row: DayUsage; name: string; currency: string | undefined }) {
  const cells: [string, string][] = [
    ['Day', row.day],
    ['Key', name],
    ['Sessions', row.sessions.toLocaleString('en')],
    ['Minutes', row.minutes.toLocaleString('en', { maximumFractionDigits: 1 })],
    ['Tokens in', row.promptTokens.toLocaleString('en')],
    ['Tokens out', row.responseTokens.toLocaleString('en')],
    ...(currency ? ([['Cost', costOf(row, currency)]] as [string, string][]) : []),
  ];
  return (
    <tr class={row.day === 'Sum' ? 'sum' : undefined}>
      {cells.map(([label, value]) => (
        <td key={label} data-label={label}>
          {value}
        </td>
      ))}
    </tr>
  );
}

function Chart({ rows, measure, currency }: { rows: DayUsage[]; measure: Measure; currency: string | undefined }) {
  const bars = barsOf(rows, measure, days, new Date().toISOString().slice(0, 10));
  const top = Math.max(...bars.map(({ value }) => value));
  const words = (value: number) =>
    measure === 'cost' && currency
      ? money(value, currency)
      : value.toLocaleString('en', { maximumFractionDigits: measure === 'minutes' ? 1 : 0 });
  const used = bars.filter(({ value }) => value > 0);
  const label = `${measures[measure]} by day: ${used.map(({ day, value }) => `${day} ${words(value)}`).join(', ') || 'none'}`;
  const step = 100 / days;
  return (
    <figure class="days">
      <div class="top" aria-hidden="true">
        {words(top)}
      </div>
      <svg viewBox="0 0 100 24" preserveAspectRatio="none" role="img" aria-label={label}>
        {bars.map(({ day, value }, index) => {
          const tall = top > 0 ? Math.max(value > 0 ? 0.4 : 0, (value / top) * 23) : 0;
          return (
            <rect key={day} x={index * step + step * 0.15} y={24 - tall} width={step * 0.7} height={tall}>
              <title>{`${day}: ${words(value)}`}</title>
            </rect>
          );
        })}
      </svg>
      <figcaption aria-hidden="true">
        <span>{bars[0]?.day}</span>
        <span>{measures[measure]} by day</span>
        <span>{bars.at(-1)?.day}</span>
      </figcaption>
    </figure>
  );
}

/** How connections ended, for who looks for faults. */
function Closes({ known: { closes } }: { known: AdminSnapshot }) {
  const sums = new Map<string, number>();
  for (const { code, cause, count } of closes) sums.set(`${code} ${cause}`, (sums.get(`${code} ${cause}`) ?? 0) + count);
  if (sums.size === 0) return null;
  return (
    <details>
      <summary>How connections ended</summary>
      <dl class="facts">
        {[...sums]
          .sort(([, a], [, b]) => b - a)
          .map(([name, count]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{count.toLocaleString('en')}</dd>
            </div>
          ))}
      </dl>
    </details>
  );
}
