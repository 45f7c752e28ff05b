const token = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null|-?\d[\d.eE+-]*)\b/g;

/** Longer texts are shown in one colour. */
const longest = 200_000;

/** JSON with names, texts and numbers in different colours. */
export function Json({ value }: { value: unknown }) {
  const text = JSON.stringify(value, null, 2) ?? '';
  // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable element must be reachable by keyboard
  return <pre tabIndex={0}>{text.length > longest ? text : coloured(text)}</pre>;
}

function coloured(text: string) {
  const parts = [];
  let done = 0;
  for (const match of text.matchAll(token)) {
    const [all, quoted, colon] = match;
    if (match.index > done) parts.push(text.slice(done, match.index));
    const kind = colon ? 'name' : quoted ? 'text' : 'number';
    parts.push(
      <span key={match.index} class={`json-${kind}`}>
        {quoted ?? all}
      </span>,
    );
    if (colon) parts.push(colon);
    done = match.index + all.length;
  }
  parts.push(text.slice(done));
  return parts;
}
