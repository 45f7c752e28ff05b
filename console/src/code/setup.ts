import type { Setup } from '../protocol/messages';

// Members of the generation config that have their own names in the configs of the SDKs.
const flat = [
  'responseModalities',
  'temperature',
  'topP',
  'topK',
  'maxOutputTokens',
  'mediaResolution',
  'seed',
  'speechConfig',
  'thinkingConfig',
  'enableAffectiveDialog',
  'translationConfig',
] as const;

// Without explicitVadSignal and labels, which the SDKs send to Vertex AI only.
const known = [
  'systemInstruction',
  'tools',
  'sessionResumption',
  'inputAudioTranscription',
  'outputAudioTranscription',
  'realtimeInputConfig',
  'contextWindowCompression',
  'proactivity',
  'safetySettings',
] as const;

export interface SdkConfig {
  /** The model without `models/`. */
  model: string;
  config: Record<string, unknown>;
  /** Members of the setup that the SDKs do not send. */
  left: string[];
}

/** A setup as the `model` and `config` of the official SDKs. A handle is left out: it belongs to one session. */
export function sdkConfig(setup: Setup): SdkConfig {
  const { model = '', generationConfig = {}, ...others } = withoutHandle(setup);
  const config: Record<string, unknown> = {};
  const left: string[] = [];
  for (const [name, value] of Object.entries(generationConfig))
    if (!(flat as readonly string[]).includes(name)) left.push(`generationConfig.${name}`);
    else config[name] = value;
  for (const [name, value] of Object.entries(others))
    if (!(known as readonly string[]).includes(name)) left.push(name);
    else config[name] = value;
  return { model: model.replace(/^models\//, ''), config, left };
}

export function withoutHandle(setup: Setup): Setup {
  const { handle: _, ...resumption } = setup.sessionResumption ?? {};
  return setup.sessionResumption ? { ...setup, sessionResumption: resumption } : setup;
}
