import { signal } from '@preact/signals';
import { startNew } from '../session/files';
import { sendText } from '../session/session';
import { isOpen } from '../session/state';
import { Icon } from '../ui/icon';

/** What was typed and not sent, kept while another view is shown. */
const text = signal('');

export function MessageField() {
  const submit = async (event: Event) => {
    event.preventDefault();
    const words = text.value.trim();
    if (!words) return;
    // The text stays in the field until there is a session that takes it.
    if (!isOpen() && !(await startNew(false))) return;
    text.value = '';
    sendText(words);
  };
  return (
    <form class="message" onSubmit={(event) => void submit(event)}>
      <label class="visually-hidden" for="message">
        Message
      </label>
      <input
        id="message"
        value={text.value}
        placeholder="Type a message"
        autocomplete="off"
        enterkeyhint="send"
        onInput={(event) => {
          text.value = event.currentTarget.value;
        }}
      />
      <button type="submit" class={text.value.trim() ? 'send ready' : 'send'} aria-label="Send">
        <Icon name="send" />
      </button>
    </form>
  );
}
