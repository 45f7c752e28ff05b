import { fromBase64, inputRate, outputRate, rateOf, wav } from '../audio/pcm';
import { asExample, describe, fold, type Media } from '../protocol/media';
import type { Entry } from '../session/log';
import { isOpen } from '../session/state';
import { CopyButton } from '../ui/copy-button';
import { Icon } from '../ui/icon';
import { SendAgain } from './send-again';

/** One message as JSON, with its media. */
export function MessageDetail({ entry }: { entry: Entry }) {
  if (entry.dir === 'local') {
    return (
      <p class="detail">
        Event in this page: {entry.kind}
        {entry.code !== undefined && ` ${entry.code} ${entry.reason ?? ''}`}
      </p>
    );
  }
  const canSend = isOpen() && entry.dir === 'in' && entry.kind !== 'setup' && entry.kind !== 'audio' && entry.kind !== 'video';
  const { json, media } = fold(entry.message, entry.dir === 'out');
  return (
    <div class="detail" data-testid="detail">
      <div class="row">
        <CopyButton text={() => JSON.stringify(entry.message, null, 2)} />
        <CopyButton text={() => asExample(entry.message)} label="Copy as example" />
        {media.map((one) => (
          <MediaView key={one.path} media={one} fromServer={entry.dir === 'out'} />
        ))}
      </div>
      {canSend && <SendAgain key={entry.n} message={entry.message} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable element must be reachable by keyboard */}
      <pre tabIndex={0}>{JSON.stringify(json, null, 2)}</pre>
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
    <button type="button" onClick={play}>
      <Icon name="play" /> Play {Math.round(media.durationMs)} ms
    </button>
  );
}
