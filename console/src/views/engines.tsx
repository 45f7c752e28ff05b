import { commandsOf, enginesOf } from '../session/server';
import { server } from '../session/watch';
import { CopyButton } from '../ui/copy-button';

const relay = 'PARLEY_UPSTREAM_KEY=<your key> parley serve';

/** What answers on this server, with the way to better engines. */
export function Engines() {
  const engines = enginesOf(server.value);
  if (!engines) return null;
  return (
    <p class="answers" data-testid="answers">
      <span>{engines}</span>
      {commandsOf(server.value).length > 0 && (
        <button type="button" class="link" popovertarget="better-model">
          Use a better model
        </button>
      )}
    </p>
  );
}

export function BetterModel() {
  const commands = commandsOf(server.value);
  if (commands.length === 0) return null;
  return (
    <div id="better-model" popover="auto" class="popover">
      <h2>Use a better model</h2>
      <p>This server answers with {enginesOf(server.value)}. These engines are small and work offline.</p>
      <p>For better answers, run on the machine of the server:</p>
      {commands.map((command) => (
        <div class="command" key={command}>
          <code>{command}</code>
          <CopyButton text={command} />
        </div>
      ))}
      <p>Then start the server again. To use the Gemini service instead, start it with your API key:</p>
      <div class="command">
        <code>{relay}</code>
        <CopyButton text={relay} />
      </div>
      <button type="button" popovertarget="better-model" popovertargetaction="hide">
        Close
      </button>
    </div>
  );
}
