// A session as code: the programs are run, and the scenario is played to them. What one of them sends, the other expects.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openBrowser, openConsole, say, show, waitForAudio, waitForCaption, waitForPhase, waitForState } from './console-page.mjs';
import { check, file, print, run } from './peer.mjs';
import { startServer } from './server-process.mjs';
import { compose } from './wav.mjs';

const tool = process.env.PARLEY_TOOL;
const python = '/usr/bin/python3';
const execute = promisify(execFile);

const said = /^That makes 42\.\n+You rolled .+ in total\.\n+.*\(interrupted\)\n+.*That makes (3|three)\.\s*$/;

await run(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-code-'));
  const server = await startServer();
  const silence = join(folder, 'silence.wav');
  await compose(silence, 48_000, [1]);
  const browser = await openBrowser(silence);
  try {
    const { page, problems } = await openConsole(browser, server.url);
    // Spoken, with a function, interrupted, typed.
    await page.getByTestId('phrase').filter({ hasText: 'seven times six' }).click();
    await waitForCaption(page, 'model', /42/);
    await waitForPhase(page, 'listening');
    await say(page, 'Roll two dice');
    await waitForCaption(page, 'model', /in total/);
    await waitForPhase(page, 'listening');
    await say(page, 'Tell me a long story');
    await waitForAudio(page);
    await say(page, 'What is one plus two?');
    await waitForCaption(page, 'model', /makes (three|3)\b/);
    await waitForPhase(page, 'listening');
    await page.getByTestId('hang-up').click();
    await waitForState(page, 'ended');
    await show(page, 'Inspect');
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('export').click()]);
    await download.saveAs(join(folder, 'export.zip'));
    await execute(python, ['-m', 'zipfile', '-e', join(folder, 'export.zip'), folder]);
    await page.getByTestId('as-code').click();
    for (const form of ['javascript', 'genai', 'websockets', 'csharp', 'scenario']) {
      await page.getByTestId(`form-${form}`).click();
      const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: /^Save / }).click()]);
      await saved.saveAs(join(folder, saved.suggestedFilename()));
      check((await readFile(join(folder, saved.suggestedFilename()), 'utf8')) === (await page.getByTestId('code').textContent()), `${form} is saved as something else.`);
    }
    check(problems.length === 0, `Errors in the page:\n${problems.join('\n')}`);
  } finally {
    await browser.close();
    await server.stop();
  }
  try {
    // The exit code is 1 if the scenario has an error.
    await execute('dotnet', [tool, 'emulator', 'lint', join(folder, 'session.yaml')]);
    await symlink(fileURLToPath(file('tests/Parley.EndToEnd/js/node_modules')), join(folder, 'node_modules'));
    await execute(python, ['-m', 'py_compile', join(folder, 'session.py')]);
    const program = await compileCSharp(folder);
    const programs = { JavaScript: ['node', 'session.mjs'], Python: [python, 'session_websockets.py'], 'C#': ['dotnet', program] };
    // One after the other: a program that gets no processor for two seconds has stopped speaking.
    for (const [language, command] of Object.entries(programs)) {
      const options = ['emulator', 'exec', '--scenario', 'session.yaml', '--', ...command];
      const { stdout } = await execute('dotnet', [tool, ...options], { cwd: folder });
      check(said.test(stdout), `${language} printed:\n${stdout}`);
      print(language, 'followed');
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

/** Compiles the program with the compiler of the SDK, beside the libraries of the tool: no package is needed. */
async function compileCSharp(folder) {
  const listed = async (what) => (await execute('dotnet', [what])).stdout.trim().split('\n');
  const [, version, sdks] = /^(\S+) \[(.+)\]$/.exec((await listed('--list-sdks')).at(-1));
  const runtimes = (await listed('--list-runtimes')).filter((line) => line.startsWith('Microsoft.NETCore.App 10.'));
  const [, number, runtime] = /^\S+ (\S+) \[(.+)\]$/.exec(runtimes.at(-1));
  const built = join(folder, 'csharp');
  await mkdir(built);
  for (const name of await readdir(dirname(tool))) if (/\.dll$/.test(name) && name !== 'parley.dll') await cp(join(dirname(tool), name), join(built, name));
  await cp(join(dirname(tool), 'parley.runtimeconfig.json'), join(built, 'session.runtimeconfig.json'));
  const source = (await readFile(join(folder, 'session.cs'), 'utf8')).replace(/^#:package .*$/m, '');
  const usings = ['System', 'System.Collections.Generic', 'System.IO', 'System.Linq', 'System.Net.Http', 'System.Threading', 'System.Threading.Tasks'];
  await writeFile(join(built, 'session.cs'), source);
  await writeFile(join(built, 'usings.cs'), usings.map((name) => `global using global::${name};\n`).join(''));
  const assemblies = (await readdir(join(runtime, number))).filter((name) => /^(System|Microsoft|netstandard|mscorlib).*\.dll$/.test(name) && !/Native/.test(name));
  const references = [
    ...assemblies.map((name) => join(runtime, number, name)),
    ...['Parley.Client.dll', 'Parley.Protocol.dll', 'Parley.Audio.dll'].map((name) => join(dirname(tool), name)),
  ];
  const program = join(built, 'session.dll');
  await writeFile(
    join(built, 'compile.rsp'),
    [...references.map((path) => `-r:"${path}"`), '-nologo', '-nullable:enable', '-warnaserror', `-out:"${program}"`, `"${join(built, 'session.cs')}"`, `"${join(built, 'usings.cs')}"`].join('\n'),
  );
  try {
    await execute('dotnet', [join(sdks, version, 'Roslyn', 'bincore', 'csc.dll'), `@${join(built, 'compile.rsp')}`]);
  } catch (error) {
    throw new Error(`session.cs does not compile:\n${error.stdout}`);
  }
  return program;
}
