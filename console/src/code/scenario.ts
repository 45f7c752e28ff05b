import type { ServerMessage } from '../protocol/messages';
import type { Entry } from '../session/log';
import { hasAnswer, type Turn } from '../session/turn';
import { TurnReader } from '../session/turns';

/** A session as a scenario of Parley.Testing: a server that does what the server of the session did (docs/scenarios.md). */
export function scenario(entries: Entry[]): string {
  const reader = new TurnReader();
  const copies = entries.map((one) => ({ ...one }));
  for (const entry of copies) reader.feed(entry);
  const turns = reader.turns.filter((turn) => hasAnswer(turn) || turn.tools.length > 0);
  const lines = [
    '# A session from the Parley console, as a scenario. Check it: parley emulator lint session.yaml',
    '# Play it: parley emulator exec --scenario session.yaml -- YOUR TESTS',
    'conversation:',
  ];
  for (const [index, turn] of turns.entries()) lines.push(...turnLines(turn, index === 0, goAwayIn(copies, turn, turns[index + 1])));
  if (turns.length === 0) lines.push('  # No turn of this session was answered.', '  []');
  return `${lines.join('\n')}\n`;
}

function turnLines(turn: Turn, isFirst: boolean, goAway: string | undefined): string[] {
  const steps: string[] = [];
  if (turn.thoughts) steps.push(`- think: ${text(turn.thoughts)}`);
  steps.push(...toolLines(turn));
  if (turn.model) steps.push(`- say: ${text(turn.model)}`, ...(turn.interrupted ? ['  pace: realTime  # It was interrupted.'] : []));
  if (goAway) steps.push(`- goAway: ${goAway}`);
  return [`  - ${userLine(turn, isFirst)}`, steps.length > 0 ? '    model:' : '    model: []', ...steps.map((step) => `      ${step}`)];
}

/** What the user must do for this turn. The words of speech are not required: they depend on the recognizer. */
function userLine(turn: Turn, isFirst: boolean): string {
  const { speechStarted, endOfSpeech } = turn.at;
  const isTyped = turn.user !== '' && turn.at.finalTranscript === undefined;
  if (!isTyped && speechStarted !== undefined && endOfSpeech !== undefined && endOfSpeech > speechStarted) {
    const least = Math.max(0.1, Math.floor((endOfSpeech - speechStarted) / 200) / 10);
    return `user: { speech: { min: ${least}s } }${turn.user ? `  # ${turn.user.replaceAll(/\s+/g, ' ')}` : ''}`;
  }
  if (turn.user) return `user: { text: ${text(turn.user)} }`;
  return isFirst ? 'opened: true' : 'user: { anything: true }';
}

function toolLines({ tools }: Turn): string[] {
  // Calls that were made together are answered together.
  const groups: Turn['tools'][] = [];
  for (const tool of tools) {
    const last = groups.at(-1);
    if (last?.[0]?.from === tool.from) last.push(tool);
    else groups.push([tool]);
  }
  return groups.flatMap((group) => {
    const [only] = group;
    if (group.length === 1 && only) return callLines(only, '- ', '  ');
    return ['- calls:', ...group.flatMap((tool) => callLines(tool, '    - ', '      '))];
  });
}

function callLines({ name, args, response }: Turn['tools'][number], first: string, more: string): string[] {
  const lines = [`${first}call: ${/^[a-z_]\w*$/i.test(name) && !/^(true|false|null)$/i.test(name) ? name : text(name)}`];
  if (args && Object.keys(args).length > 0) lines.push(`${more}args: ${JSON.stringify(args)}`);
  // Results may differ from run to run; who wants to require this one removes the sign.
  if (response !== undefined) lines.push(`${more}# expect: ${JSON.stringify(response)}`);
  return lines;
}

function goAwayIn(entries: Entry[], turn: Turn, next: Turn | undefined): string | undefined {
  const from = turn.at.firstToken ?? turn.at.firstAudio ?? 0;
  const to = next ? (next.at.endDecided ?? next.at.firstToken ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
  const found = entries.find(({ t, dir, message }) => dir === 'out' && t >= from && t < to && (message as ServerMessage | null)?.goAway);
  const left = (found?.message as ServerMessage | undefined)?.goAway?.timeLeft;
  return left && /^\d+(\.\d+)?s$/.test(left) ? left : undefined;
}

/** A text of YAML. JSON is YAML too, but for characters that YAML does not allow unescaped. */
const text = (value: string): string =>
  JSON.stringify(value.trim()).replaceAll(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
