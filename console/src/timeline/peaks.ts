/** Milliseconds of one peak. */
export const peakMs = 20;

/** Each level has one cell for so many cells of the level below. */
const fan = 8;
const levels = 6;

/**
 * How loud one voice is over time: one byte for each 20 ms, and coarser levels for views of hours. A second costs 57 bytes, however often
 * its audio was sent, and drawing costs the same at any zoom.
 */
export class Peaks {
  private readonly cells: Uint8Array[] = Array.from({ length: levels }, () => new Uint8Array(64));

  /** Bytes in use. */
  get bytes(): number {
    return this.cells.reduce((sum, { length }) => sum + length, 0);
  }

  /** Adds peaks of 20 ms each, 0 to 255, from a moment on. */
  write(at: number, peaks: Uint8Array): void {
    const first = Math.max(0, Math.floor(at / peakMs));
    for (const [index, peak] of peaks.entries()) {
      if (peak === 0) continue;
      let cell = first + index;
      for (let level = 0; level < levels; level++, cell = Math.floor(cell / fan)) {
        const row = this.row(level, cell);
        if ((row[cell] as number) >= peak) break;
        row[cell] = peak;
      }
    }
  }

  /** Makes it silent between two moments. */
  clear(from: number, to: number): void {
    let first = Math.max(0, Math.floor(from / peakMs));
    let last = Math.ceil(to / peakMs) - 1;
    this.cells[0]?.fill(0, first, last + 1);
    for (let level = 1; level < levels; level++) {
      first = Math.floor(first / fan);
      last = Math.floor(last / fan);
      const row = this.cells[level] as Uint8Array;
      const below = this.cells[level - 1] as Uint8Array;
      for (let cell = first; cell <= Math.min(last, row.length - 1); cell++)
        row[cell] = below.subarray(cell * fan, (cell + 1) * fan).reduce((most, peak) => Math.max(most, peak), 0);
    }
  }

  /** The highest peak of each of `count` equal parts between two moments, 0 to 255. */
  columns(from: number, to: number, count: number): Uint8Array {
    const wide = (to - from) / count / peakMs;
    const level = Math.max(0, Math.min(levels - 1, Math.floor(Math.log(Math.max(1, wide)) / Math.log(fan))));
    const row = this.cells[level] as Uint8Array;
    const scale = 1 / (peakMs * fan ** level);
    const columns = new Uint8Array(count);
    for (let column = 0; column < count; column++) {
      const first = Math.floor((from + ((to - from) * column) / count) * scale);
      const last = Math.max(first + 1, Math.floor((from + ((to - from) * (column + 1)) / count) * scale));
      let most = 0;
      for (let cell = Math.max(0, first); cell < last; cell++) most = Math.max(most, row[cell] ?? 0);
      columns[column] = most;
    }
    return columns;
  }

  private row(level: number, cell: number): Uint8Array {
    let row = this.cells[level] as Uint8Array;
    if (cell >= row.length) {
      const longer = new Uint8Array(Math.max(cell + 1, row.length + (row.length >> 1)));
      longer.set(row);
      this.cells[level] = row = longer;
    }
    return row;
  }
}
