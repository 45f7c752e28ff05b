import { inputRate, outputRate, rateOf } from '../audio/pcm';

/** A media blob of a message, and its path in the message. */
export interface Media {
  path: string;
  mimeType: string;
  data: string;
  bytes: number;
  /** Length of audio in milliseconds; absent for other media. */
  durationMs?: number;
}

const bytesOf = (base64: string): number => Math.floor((base64.replace(/=+$/, '').length * 3) / 4);

export function describe(media: Media): string {
  const size = media.bytes < 1024 ? `${media.bytes} B` : `${(media.bytes / 1024).toFixed(1)} KB`;
  return media.durationMs === undefined ? `${media.mimeType}, ${size}` : `${media.mimeType}, ${size}, ${Math.round(media.durationMs)} ms`;
}

/** Separates a message from its media. The data of each blob is replaced by a description. */
export function fold(message: unknown, fromServer: boolean): { json: unknown; media: Media[] } {
  const media: Media[] = [];
  const walk = (value: unknown, path: string): unknown => {
    if (Array.isArray(value)) return value.map((item, index) => walk(item, `${path}[${index}]`));
    if (value === null || typeof value !== 'object') return value;
    const entries = value as Record<string, unknown>;
    const { mimeType, data } = entries;
    const folded: Record<string, unknown> = {};
    for (const [name, member] of Object.entries(entries)) folded[name] = walk(member, path ? `${path}.${name}` : name);
    if (typeof mimeType === 'string' && typeof data === 'string') {
      const found: Media = { path, mimeType, data, bytes: bytesOf(data) };
      if (mimeType.startsWith('audio/pcm'))
        found.durationMs = (found.bytes / 2 / rateOf(mimeType, fromServer ? outputRate : inputRate)) * 1000;
      media.push(found);
      folded.data = `‹${describe(found)}›`;
    }
    return folded;
  };
  return { json: walk(message, ''), media };
}

/** A message short enough for documentation: media is truncated and stays valid base64. */
export function asExample(message: unknown): string {
  const shorten = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shorten);
    if (value === null || typeof value !== 'object') return value;
    const entries = value as Record<string, unknown>;
    return Object.fromEntries(
      Object.entries(entries).map(([name, member]) =>
        name === 'data' && typeof entries.mimeType === 'string' && typeof member === 'string' && member.length > 64
          ? [name, member.slice(0, 64)]
          : [name, shorten(member)],
      ),
    );
  };
  return JSON.stringify(shorten(message), null, 2);
}

/** The kind of a message: its top-level fields, or the fields of its content. */
export function kindOf(message: unknown): string {
  if (message === null || typeof message !== 'object') return 'not JSON';
  const kinds = Object.entries(message as Record<string, unknown>).flatMap(([name, member]) => {
    if ((name === 'serverContent' || name === 'realtimeInput') && member !== null && typeof member === 'object') {
      const inner = Object.keys(member);
      // The server sends an empty content beside other members.
      if (inner.length === 0) return Object.keys(message).length > 1 ? [] : [`${name} (empty)`];
      return inner.map((part) => (part === 'modelTurn' ? modelTurnKind(member as Record<string, unknown>) : part));
    }
    return [name];
  });
  return kinds.length === 0 ? '(empty)' : kinds.join(' + ');
}

function modelTurnKind(content: Record<string, unknown>): string {
  const parts = (content.modelTurn as { parts?: Record<string, unknown>[] } | undefined)?.parts ?? [];
  const kinds = new Set(
    parts.map((part) => {
      if (part.thought === true) return 'thought';
      if (part.inlineData) return ((part.inlineData as { mimeType?: string }).mimeType ?? 'data').split(/[/;]/)[0] ?? 'data';
      return Object.keys(part)[0] ?? 'part';
    }),
  );
  return [...kinds].join(' + ') || 'modelTurn';
}
