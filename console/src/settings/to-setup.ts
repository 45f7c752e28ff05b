import type { FunctionDeclaration, Setup } from '../protocol/messages';
import { checkDeclaration } from '../tools/declaration-check';
import { builtInFunctions, type PageFunction } from '../tools/functions';
import { runTyped } from '../tools/sandbox';
import type { Profile } from './profile';

const whole = (text: string): number | undefined => (/^\d+$/.test(text.trim()) ? Number(text) : undefined);

/** Removes unset fields: an unset optional field must not be sent (docs/protocol.md#17-check-list-for-a-client). */
const only = <T extends object>(members: T): Partial<T> | undefined => {
  const kept = Object.fromEntries(Object.entries(members).filter(([, member]) => member !== undefined));
  return Object.keys(kept).length > 0 ? (kept as Partial<T>) : undefined;
};

/** The functions of a profile, the built-in ones first. */
export function functionsOf(profile: Profile): PageFunction[] {
  const builtIn = builtInFunctions.filter(({ declaration }) => profile.ready.includes(declaration.name));
  const typed = profile.typed.flatMap(({ declaration, code }) => {
    const parsed = parse(declaration) as FunctionDeclaration | undefined;
    if (!parsed || checkDeclaration(parsed).length > 0) return [];
    return [{ declaration: parsed, run: (args, page) => runTyped(code, args, page) } satisfies PageFunction];
  });
  return [...builtIn, ...typed];
}

/** What is wrong with the text of a number field; undefined if nothing is. An empty field leaves the choice to the model. */
export const numberProblem = (text: string): string | undefined =>
  text.trim() === '' || whole(text) !== undefined ? undefined : 'Enter a whole number, or nothing.';

/** The errors that prevent a session with this profile. */
export function problemsOf(profile: Profile): string[] {
  const problems: string[] = [];
  if (!profile.model) problems.push('Choose a model.');
  for (const [label, text] of [
    ['Silence that ends a turn', profile.silenceMs],
    ['Prefix padding', profile.prefixPaddingMs],
    ['Compress above this number of tokens', profile.triggerTokens],
  ] as const)
    if (numberProblem(text)) problems.push(`${label}: “${text}” is not a whole number.`);
  for (const [index, { declaration }] of profile.typed.entries()) {
    const parsed = parse(declaration);
    const found = parsed === undefined ? ['The declaration is not JSON.'] : checkDeclaration(parsed);
    problems.push(...found.map((problem) => `Function ${index + 1}: ${problem}`));
  }
  const names = functionsOf(profile).map(({ declaration }) => declaration.name);
  for (const name of new Set(names.filter((name, index) => names.indexOf(name) !== index)))
    problems.push(`Two functions have the name ${name}.`);
  if (profile.extra.trim() && typeof parse(profile.extra) !== 'object') problems.push('The extra fields are not a JSON object.');
  return problems;
}

/** The setup message of a profile (docs/protocol.md#41-setup-bidigeneratecontentsetup). */
export function toSetup(profile: Profile): Setup {
  const declarations = functionsOf(profile).map(({ declaration }) => declaration);
  const sensitivity = (edge: 'START' | 'END', value: string) => (value ? `${edge}_SENSITIVITY_${value}` : undefined);
  const detection =
    profile.activity === 'manual'
      ? { disabled: true }
      : only({
          startOfSpeechSensitivity: sensitivity('START', profile.startSensitivity),
          endOfSpeechSensitivity: sensitivity('END', profile.endSensitivity),
          prefixPaddingMs: whole(profile.prefixPaddingMs),
          silenceDurationMs: whole(profile.silenceMs),
        });
  const trigger = whole(profile.triggerTokens);
  const setup = only({
    model: profile.model.startsWith('models/') ? profile.model : `models/${profile.model}`,
    generationConfig: only({
      responseModalities: [profile.modality],
      speechConfig:
        profile.modality === 'AUDIO'
          ? only({
              voiceConfig: profile.voice ? { prebuiltVoiceConfig: { voiceName: profile.voice } } : undefined,
              languageCode: profile.language || undefined,
            })
          : undefined,
      thinkingConfig: only({ thinkingLevel: profile.thinking || undefined, includeThoughts: profile.includeThoughts || undefined }),
      mediaResolution: profile.mediaResolution ? `MEDIA_RESOLUTION_${profile.mediaResolution}` : undefined,
    }),
    systemInstruction: profile.instruction.trim() ? { parts: [{ text: profile.instruction }] } : undefined,
    tools: declarations.length > 0 ? [{ functionDeclarations: declarations }] : undefined,
    realtimeInputConfig: only({
      automaticActivityDetection: detection,
      activityHandling: profile.interruptions ? undefined : 'NO_INTERRUPTION',
    }),
    sessionResumption: profile.resumption ? {} : undefined,
    contextWindowCompression: profile.compression
      ? { slidingWindow: {}, ...(trigger ? { triggerTokens: String(trigger) } : {}) }
      : undefined,
    inputAudioTranscription: profile.inputTranscription ? {} : undefined,
    outputAudioTranscription: profile.outputTranscription ? {} : undefined,
    proactivity: profile.proactive ? { proactiveAudio: true } : undefined,
    explicitVadSignal: profile.activityEvents && profile.activity === 'automatic' ? true : undefined,
  });
  return { ...setup, ...((parse(profile.extra) as Setup | undefined) ?? {}) };
}

function parse(text: string): unknown {
  try {
    return text.trim() ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}
