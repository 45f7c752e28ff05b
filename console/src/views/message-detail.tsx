import { fromBase64, inputRate, outputRate, rateOf, wav } from '../audio/pcm';
import { describe, fold, type Media } from '../protocol/media';
import type { Entry } from '../session/log';
import { isOpen } from '../session/state';
import { clockOf } from '../ui/format';
import { Icon } from '../ui/icon';
import { addressOf, go, turnId } from '../ui/route';
import { CopyMenu } from './copy-menu';
import { Json } from './json';
import { SendAgain } from './send-again';
import { seek } from './timeline-keys';

const directions = { in: 'sent', out: 'received', local: 'event in this page' } as const;

/** One message as JSON, with its media. */
export function MessageDetail({ entry }: { entry: Entry }) {
  const canSend = isOpen() && entry.dir === 'in' && entry.kind !== 'setup' && entry.kind !== 'audio' && entry.kind !== 'video';
  const { json, media } = fold(entry.message, entry.dir === 'out');
  return (
    <div class="detail" data-testid="detail">
      <div class="detail-head">
        <p>
          <b>{entry.kind}</b> <span>{directions[entry.dir]}</span>
        </p>
        <button
          type="button"
          class="icon-only"
          aria-label="Close the message"
          onClick={() => go('inspect', { turn: turnId.peek() })}
          data-testid="close-message"
        >
          <Icon name="close" />
        </button>
      </div>
      <div class="row">
        <button type="button" class="quiet" onClick={() => seek(entry.t)} title="Show this moment in the timeline" data-testid="seek">
          {clockOf(entry.t, 2)}
        </button>
        {entry.turn !== undefined && (
          <a class="turn-link" href={addressOf('inspect', { turn: entry.turn, message: entry.n })} data-testid="turn-of-message">
            Turn {entry.turn}
          </a>
        )}
        {entry.dir !== 'local' && <CopyMenu entry={entry} />}
        {media.map((one) => (
          <MediaView key={one.path} media={one} fromServer={entry.dir === 'out'} />
        ))}
      </div>
      {canSend && <SendAgain key={entry.n} message={entry.message} />}
      {entry.dir === 'local' ? (
        <p>{[entry.code, entry.reason, entry.text].filter(Boolean).join(' ') || entry.kind}</p>
      ) : (
        <Json value={json} />
      )}
    </div>
  );
}

function MediaView({ media, fromServer }: { media: Media; fromServer: boolean }) {
  if (media.mimeType.startsWith('image/'))
    return <img class="thumb" src={`data:${media.mimeType};base64,${media.data}`} alt={describe(media)} />;
  if (media.durationMs === undefined) return <span class="hint">{describe(media)}</span>;
  const play = () => {
    const file = wav([fromBase64(media.data)], rateOf(media.mimeType, fromServer ? outputRate : inputRate));
    const url = URL.createObjectURL(new Blob([file as BlobPart], { type: 'audio/wav' }));
    const audio = new Audio(url);
    audio.onended = () => URL.revokeObjectURL(url);
    void audio.play();
  };
  return (
    <button type="button" class="quiet" onClick={play}>
      <Icon name="play" /> {Math.round(media.durationMs)} ms
    </button>
  );
}
