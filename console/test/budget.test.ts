import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';

const dist = new URL('../dist/', import.meta.url);

/** Bytes of the first load, as the server sends them. */
const budget = 60 * 1024;

test.skipIf(!existsSync(dist))('first load is at most 60 KB', () => {
  const page = readFileSync(new URL('index.html', dist), 'utf8');
  const assets = readdirSync(new URL('assets/', dist)).filter((name) => page.includes(name));
  const sizes = ['index.html', 'icon.svg', ...assets.map((name) => `assets/${name}`)].map(
    (name) => brotliCompressSync(readFileSync(new URL(name, dist))).length,
  );
  expect(assets.length).toBeGreaterThanOrEqual(2);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(budget);
});
