// node bench/compare.mjs BEFORE AFTER: compares the ratios of two files of bench/run.sh, row by row.
// A row is found by its group and the cells before its first number. Columns whose title contains "ratio" or "against" count.
import { readFileSync, existsSync } from 'node:fs';

const [before, after] = process.argv.slice(2);
if (!existsSync(before)) {
  console.log(`${before} does not exist: nothing to compare with.`);
  process.exit(0);
}

const isNumber = (cell) => /^-?[\d.,]+(, [\d.,]+)?( \([\d.,]+\))?( (ns|B))?$/.test(cell);

/** Best and median of each ratio, by row. */
function ratios(file) {
  const found = new Map();
  let group = '';
  let chapter = '';
  let titles;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line.startsWith('## ')) group = chapter = line.slice(3).trim();
    if (line.startsWith('### ')) group = `${chapter}, ${line.slice(4).trim()}`;
    if (!line.startsWith('|')) {
      titles = undefined;
      continue;
    }
    const cells = line.split('|').slice(1, -1).map((cell) => cell.trim());
    if (cells.every((cell) => /^:?-*:?$/.test(cell))) continue;
    if (!titles) {
      titles = cells;
      continue;
    }
    const first = cells.findIndex(isNumber);
    const labels = cells.slice(0, Math.max(1, first)).filter((label) => label !== '');
    cells.forEach((cell, index) => {
      const numbers = cell.match(/\d[\d,]*\.?\d*/g)?.map((number) => Number(number.replaceAll(',', '')));
      if (!/ratio|against/i.test(titles[index] ?? '') || !numbers) return;
      found.set([group, ...labels].join(' · '), { best: numbers[0], median: numbers[1] ?? numbers[0] });
    });
  }
  return found;
}

const old = ratios(before);
// A yardstick's ratio to itself says nothing.
const rows = [...ratios(after)].filter(([, { best, median }]) => best !== 1 || median !== 1).map(([row, now]) => {
  const then = old.get(row);
  const change = then && then.median > 0 ? `${((now.median / then.median - 1) * 100).toFixed(0)} %` : 'new';
  return `| ${row} | ${then ? `${then.best} (${then.median})` : ''} | ${now.best} (${now.median}) | ${change} |`;
});
console.log(['| ratio to the yardstick: best (median) | committed | now | median changed by |', '|---|--:|--:|--:|', ...rows].join('\n'));
