import type { ServerMessage, Setup, TokenDetail, UsageMetadata } from '../protocol/messages';
import { milliseconds } from '../protocol/messages';
import type { Entry } from './log';

/** Facts about a session other than its transcripts. */
export interface Facts {
  model: string;
  sessionId: string;
  connections: number;
  resumes: number;
  /** Time of the newest resumption handle; undefined = none. */
  handleAt?: number;
  resumable: boolean;
  /** Time at which the server will close, from goAway. */
  goAwayAt?: number;
  sentBytes: number;
  receivedBytes: number;
  sentMessages: number;
  receivedMessages: number;
  pictures: number;
  tokens: { prompt: Record<string, number>; response: Record<string, number>; total: number };
  close?: { code: number; reason: string };
}

export const noFacts = (): Facts => ({
  model: '',
  sessionId: '',
  connections: 0,
  resumes: 0,
  resumable: false,
  sentBytes: 0,
  receivedBytes: 0,
  sentMessages: 0,
  receivedMessages: 0,
  pictures: 0,
  tokens: { prompt: {}, response: {}, total: 0 },
});

/** The facts after another entry of the log. */
export function updateFacts(facts: Facts, entry: Entry): Facts {
  const next = { ...facts };
  if (entry.dir === 'local') {
    if (entry.mark === 'closed') next.close = { code: entry.code ?? 1006, reason: entry.reason ?? '' };
    if (entry.mark === 'connected') next.close = undefined;
    return next;
  }
  if (entry.dir === 'in') {
    next.sentMessages++;
    next.sentBytes += entry.bytes;
    const setup = (entry.message as { setup?: Setup } | null)?.setup;
    if (setup) {
      next.connections++;
      next.model = setup.model ?? next.model;
      next.goAwayAt = undefined;
      if (setup.sessionResumption?.handle) next.resumes++;
    }
    if ((entry.message as { realtimeInput?: { video?: unknown } } | null)?.realtimeInput?.video) next.pictures++;
    return next;
  }
  next.receivedMessages++;
  next.receivedBytes += entry.bytes;
  const message = (entry.message ?? {}) as ServerMessage;
  if (message.setupComplete) next.sessionId = message.setupComplete.sessionId ?? next.sessionId;
  if (message.goAway) next.goAwayAt = entry.t + milliseconds(message.goAway.timeLeft);
  if (message.sessionResumptionUpdate) {
    next.resumable = message.sessionResumptionUpdate.resumable === true;
    if (next.resumable && message.sessionResumptionUpdate.newHandle) next.handleAt = entry.t;
  }
  if (message.usageMetadata) next.tokens = addUsage(next.tokens, message.usageMetadata);
  return next;
}

function addUsage(tokens: Facts['tokens'], usage: UsageMetadata): Facts['tokens'] {
  const add = (sums: Record<string, number>, details: TokenDetail[] | undefined, count: number | undefined) => {
    const next = { ...sums };
    const given = details?.length ? details : count ? [{ modality: 'TEXT', tokenCount: count }] : [];
    for (const { modality = 'TEXT', tokenCount = 0 } of given) next[modality] = (next[modality] ?? 0) + tokenCount;
    return next;
  };
  return {
    prompt: add(tokens.prompt, usage.promptTokensDetails, usage.promptTokenCount),
    response: add(
      tokens.response,
      usage.responseTokensDetails ?? usage.candidatesTokensDetails,
      usage.responseTokenCount ?? usage.candidatesTokenCount,
    ),
    total: tokens.total + (usage.totalTokenCount ?? 0),
  };
}
