// Starts and stops a parley serve for a script, on a free port or on a given one.
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { check } from './peer.mjs';

const tool = process.env.PARLEY_TOOL;
const running = new Set();

/** Starts a server. `config` is the content of its configuration file; `args` are options of parley serve. */
export async function startServer({ config = {}, args = [], port = 0, environment = {} } = {}) {
  check(tool, 'PARLEY_TOOL must name parley.dll.');
  const folder = await mkdtemp(join(tmpdir(), 'parley-console-'));
  const file = join(folder, 'parley.json');
  await writeFile(file, JSON.stringify(config));
  const child = spawn('dotnet', [tool, 'serve', '--port', String(port), '--config', file, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, XDG_STATE_HOME: folder, ...environment },
  });
  running.add(child);
  const log = [];
  const exited = new Promise((resolve) => child.once('exit', resolve));
  let adminUrl;
  let listening;
  const url = await new Promise((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => log.push(line));
    createInterface({ input: child.stdout }).on('line', (line) => {
      log.push(line);
      const address = /serves the Live API on (http:\/\/[\d.:]+)/.exec(line)?.[1];
      adminUrl ??= /(http:\/\/[\d.:]+\/)admin\//.exec(line)?.[1];
      if (address) listening = address;
      if (/^try /.test(line)) resolve(listening);
    });
    exited.then((code) => reject(new Error(`parley serve ended with ${code}:\n${log.join('\n')}`)));
  });
  const end = async (signal) => {
    child.kill(signal);
    await exited;
    running.delete(child);
    await rm(folder, { recursive: true, force: true });
  };
  return { url, adminUrl, port: Number(new URL(url).port), log, kill: () => end('SIGKILL'), stop: () => end('SIGTERM') };
}

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
