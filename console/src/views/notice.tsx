import { notice } from '../session/notices';
import { Icon } from '../ui/icon';

export function NoticeView() {
  const shown = notice.value;
  if (!shown) return null;
  const close = () => {
    notice.value = undefined;
  };
  return (
    <div class={`notice ${shown.kind}`} role={shown.kind === 'error' ? 'alert' : 'status'} data-testid="notice">
      <div>
        <p class="text">{shown.text}</p>
        {shown.cure && <p>{shown.cure}</p>}
      </div>
      {shown.action && (
        <button
          type="button"
          onClick={() => {
            shown.action?.run();
            close();
          }}
        >
          {shown.action.label}
        </button>
      )}
      <button type="button" class="icon-only" aria-label="Close" onClick={close}>
        <Icon name="close" />
      </button>
    </div>
  );
}
