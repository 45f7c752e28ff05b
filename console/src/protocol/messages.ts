/**
 * The fields of Live API messages that the console reads; all other fields are kept unchanged (docs/protocol.md#4-client--server-messages and
 * docs/protocol.md#5-server--client-messages).
 */
export interface Blob64 {
  mimeType?: string;
  data?: string;
}

export interface Part {
  text?: string;
  thought?: boolean;
  inlineData?: Blob64;
  [member: string]: unknown;
}

export interface Content {
  role?: string;
  parts?: Part[];
}

export interface FunctionDeclaration {
  name: string;
  description?: string;
  parameters?: Record<string, unknown>;
  parametersJsonSchema?: Record<string, unknown>;
  behavior?: 'BLOCKING' | 'NON_BLOCKING';
}

export interface FunctionCall {
  id?: string;
  name?: string;
  args?: Record<string, unknown>;
}

export interface FunctionResponse {
  id?: string;
  name?: string;
  response?: Record<string, unknown>;
}

export interface Setup {
  model?: string;
  generationConfig?: Record<string, unknown>;
  sessionResumption?: { handle?: string };
  [member: string]: unknown;
}

export interface ClientMessage {
  setup?: Setup;
  clientContent?: { turns?: Content[]; turnComplete?: boolean };
  realtimeInput?: {
    audio?: Blob64;
    video?: Blob64;
    text?: string;
    activityStart?: object;
    activityEnd?: object;
    audioStreamEnd?: boolean;
  };
  toolResponse?: { functionResponses?: FunctionResponse[] };
}

export interface Transcription {
  text?: string;
  finished?: boolean;
}

export interface TokenDetail {
  modality?: string;
  tokenCount?: number;
}

export interface UsageMetadata {
  promptTokenCount?: number;
  responseTokenCount?: number;
  candidatesTokenCount?: number;
  thoughtsTokenCount?: number;
  totalTokenCount?: number;
  promptTokensDetails?: TokenDetail[];
  responseTokensDetails?: TokenDetail[];
  candidatesTokensDetails?: TokenDetail[];
}

export interface ServerContent {
  modelTurn?: Content;
  generationComplete?: boolean;
  turnComplete?: boolean;
  turnCompleteReason?: string;
  interrupted?: boolean;
  inputTranscription?: Transcription;
  interimInputTranscription?: Transcription;
  outputTranscription?: Transcription;
}

export interface ServerMessage {
  setupComplete?: { sessionId?: string };
  serverContent?: ServerContent;
  toolCall?: { functionCalls?: FunctionCall[] };
  toolCallCancellation?: { ids?: string[] };
  goAway?: { timeLeft?: string };
  sessionResumptionUpdate?: { newHandle?: string; resumable?: boolean };
  usageMetadata?: UsageMetadata;
  voiceActivity?: { type?: string; voiceActivityType?: string; audioOffset?: string };
}

/** `"50s"` -> 50000; undefined -> 0. */
export const milliseconds = (duration: string | undefined): number => Number.parseFloat(duration ?? '0') * 1000 || 0;
