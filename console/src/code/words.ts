import type { Recipe } from './steps';

export const hasAudio = ({ steps }: Recipe): boolean => steps.some((step) => step.do === 'audio');

/** The comment at the top of a program. */
export function comments(recipe: Recipe, mark: string, run: string): string {
  const lines = [`A session with ${recipe.setup.model ?? 'a model'}, from the Parley console.`, run];
  if (hasAudio(recipe)) lines.push('It reads user.wav, which is in the export of the session.');
  if (recipe.pictures > 0) lines.push(`Pictures are not repeated: the session sent ${recipe.pictures}.`);
  return lines.map((line) => `${mark} ${line}`).join('\n');
}

/** The words of a question as a comment before its first step. */
export function wordsAt({ words }: Recipe, index: number, mark: string, indent = ''): string {
  const text = words.get(index);
  return text === undefined ? '' : `\n${indent}${mark} ${text.replaceAll(/\s+/g, ' ')}\n`;
}
