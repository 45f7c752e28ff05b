/** A JSON value as a literal of Python. */
export function python(value: unknown, indent = ''): string {
  if (value === null || value === undefined) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value !== 'object') return JSON.stringify(value);
  return block(value, indent, python, (name) => `${JSON.stringify(name)}: `, { space: '' });
}

/** A JSON value as a literal of JavaScript. */
export function javascript(value: unknown, indent = ''): string {
  if (typeof value === 'string') return quoted(value);
  if (value === null || typeof value !== 'object') return JSON.stringify(value ?? null);
  return block(value, indent, javascript, (name) => `${/^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name)}: `);
}

/** JSON in few lines. */
export function json(value: unknown, indent = ''): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value ?? null);
  // JSON allows no comma after the last member.
  return block(value, indent, json, (name) => `${JSON.stringify(name)}: `, { lastComma: '' });
}

const quoted = (text: string): string => {
  const json = JSON.stringify(text);
  return json.includes("'") ? json : `'${json.slice(1, -1).replaceAll('\\"', '"')}'`;
};

const longestLine = 100;

function block(
  value: object,
  indent: string,
  write: (value: unknown, indent: string) => string,
  label: (name: string) => string,
  { space = ' ', lastComma = ',' } = {},
): string {
  const isList = Array.isArray(value);
  const [open, close] = isList ? '[]' : '{}';
  const deeper = `${indent}    `;
  const parts = isList
    ? value.map((one) => write(one, deeper))
    : Object.entries(value)
        .filter(([, one]) => one !== undefined)
        .map(([name, one]) => label(name) + write(one, deeper));
  const inner = isList || parts.length === 0 ? '' : space;
  const line = `${open}${inner}${parts.join(', ')}${inner}${close}`;
  if (line.length + indent.length <= longestLine && !line.includes('\n')) return line;
  return `${open}\n${deeper}${parts.join(`,\n${deeper}`)}${lastComma}\n${indent}${close}`;
}

/** A string of C#. */
export const csharp = (text: string): string =>
  `"${[...text].map((one) => (one === '"' || one === '\\' ? `\\${one}` : (escapes[one] ?? (one < ' ' ? `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}` : one)))).join('')}"`;

const escapes: Record<string, string> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
  '\u0085': '\\u0085',
};

/** A JSON value as a raw string of C#, indented like the code around it. */
export function csharpJson(value: unknown, indent = ''): string {
  const text = json(value);
  const most = Math.max(2, ...[...text.matchAll(/"+/g)].map(([run]) => run.length));
  const quotes = '"'.repeat(most + 1);
  if (!text.includes('\n')) return `${quotes}${text.endsWith('"') || text.startsWith('"') ? ` ${text} ` : text}${quotes}`;
  return `${quotes}\n${text
    .split('\n')
    .map((row) => `${indent}    ${row}`)
    .join('\n')}\n${indent}    ${quotes}`;
}

// Members below these are names of the user, not of the API.
const free = new Set(['args', 'response', 'properties', 'parametersJsonSchema', 'responseJsonSchema', 'labels', 'defs', '$defs']);

/** A value with the names of the Python SDK: `functionDeclarations` is `function_declarations` there. */
export function snakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCase);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      name === 'properties' ? schemas(one) : free.has(name) ? one : snakeCase(one),
    ]),
  );
}

/** The properties of a schema keep their names; the schemas below them are of the API again. */
const schemas = (value: unknown): unknown =>
  value !== null && typeof value === 'object'
    ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, snakeCase(one)]))
    : value;
