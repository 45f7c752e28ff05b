import { useEffect, useRef } from 'preact/hooks';
import { turns } from '../session/session';
import type { ToolSpan, Turn } from '../session/turn';

/** Transcripts of both sides. Screen readers announce final text only; interim text is hidden from them. */
export function Captions() {
  const list = useRef<HTMLDivElement>(null);
  const shown = turns.value;
  useEffect(() => {
    const element = list.current;
    // Do not scroll if the user has scrolled up to read.
    if (element && element.scrollHeight - element.scrollTop - element.clientHeight < 160) element.scrollTop = element.scrollHeight;
  });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable element must be reachable by keyboard
    <div class="captions" ref={list} role="log" aria-live="polite" aria-label="Captions" tabIndex={0} data-testid="captions">
      <ol>
        {shown.map((turn) => (
          <TurnView key={turn.id} turn={turn} />
        ))}
      </ol>
    </div>
  );
}

function TurnView({ turn }: { turn: Turn }) {
  return (
    <>
      {(turn.user || turn.interim) && (
        <li class="said user">
          <span class="who">You</span>
          <p>
            <span data-testid="user-caption">{turn.user}</span>
            {turn.interim && (
              <span class="interim" aria-hidden="true" data-testid="interim-caption">
                {turn.user ? ' ' : ''}
                {turn.interim}
              </span>
            )}
          </p>
        </li>
      )}
      {turn.tools.map((tool) => (
        <ToolView key={`${tool.id}${tool.from}`} tool={tool} />
      ))}
      {turn.thoughts && (
        <li class="said thought">
          <details>
            <summary>Thoughts</summary>
            <p>{turn.thoughts}</p>
          </details>
        </li>
      )}
      {(turn.model || turn.interrupted) && (
        <li class="said model">
          <span class="who">Model</span>
          <p>
            <span data-testid="model-caption">{turn.model}</span>
            {turn.interrupted && (
              <span class="cut" data-testid="cut">
                {' '}
                <b>interrupted</b>
              </span>
            )}
          </p>
        </li>
      )}
      {turn.reason && <li class="said tool">The turn ended early: {turn.reason}</li>}
    </>
  );
}

function ToolView({ tool }: { tool: ToolSpan }) {
  return (
    <li class="said tool" data-testid="tool-call">
      <details>
        <summary>
          {tool.name}{' '}
          {tool.cancelled ? 'was cancelled' : tool.to === undefined ? 'is running' : `took ${Math.round(tool.to - tool.from)} ms`}
        </summary>
        <pre>{JSON.stringify({ args: tool.args, response: tool.response }, null, 2)}</pre>
      </details>
    </li>
  );
}
