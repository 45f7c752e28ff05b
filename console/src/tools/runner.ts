import type { FunctionCall, FunctionResponse } from '../protocol/messages';
import type { PageFunction, PageHost } from './functions';

/** Runs page functions: every call gets exactly one response, a cancelled call none; a repeated call runs once. */
export class ToolRunner {
  private readonly seen = new Set<string>();
  private readonly cancelled = new Set<string>();

  /** Number of open calls, which have no response yet. */
  open = 0;

  constructor(
    private readonly functions: PageFunction[],
    private readonly page: PageHost,
    private readonly answer: (responses: FunctionResponse[]) => void,
  ) {}

  async call(calls: FunctionCall[]): Promise<void> {
    const fresh = calls.filter(({ id }) => !id || !this.seen.has(id));
    for (const { id } of fresh) if (id) this.seen.add(id);
    if (fresh.length === 0) return;
    this.open += fresh.length;
    const responses = await Promise.all(fresh.map((call) => this.run(call)));
    this.open -= fresh.length;
    const wanted = responses.filter(({ id }) => !id || !this.cancelled.has(id));
    if (wanted.length > 0) this.answer(wanted);
  }

  cancel(ids: string[]): void {
    for (const id of ids) this.cancelled.add(id);
  }

  private async run({ id, name = '', args = {} }: FunctionCall): Promise<FunctionResponse> {
    const about = { ...(id ? { id } : {}), name };
    const found = this.functions.find(({ declaration }) => declaration.name === name);
    if (!found) return { ...about, response: { error: `This page has no function named ${name}.` } };
    try {
      const result = await found.run(args, this.page);
      return { ...about, response: isObject(result) ? result : { output: result ?? null } };
    } catch (error) {
      return { ...about, response: { error: (error as Error).message } };
    }
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object' && !Array.isArray(value);
