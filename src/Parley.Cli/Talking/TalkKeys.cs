using System.Text;

namespace Parley.Cli.Talking;

/// <summary>The action of a key.</summary>
internal enum TalkAction
{
    Interrupt,
    PushToTalk,
    Mute,
    Say,
    HangUp,
}

/// <summary>
/// The keys of a call: space and i interrupt (in push-to-talk, space opens and closes the microphone), m mutes, t types a text up to Enter,
/// q hangs up.
/// </summary>
internal sealed class TalkKeys(bool pushToTalk)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    private readonly StringBuilder _typed = new();
    private volatile string? _typing;

    /// <summary>The text being typed; null if none is.</summary>
    internal string? Typing => _typing;

    internal string Help => pushToTalk
        ? "space talk / stop talking · i interrupt · m mute · t type · q hang up"
        : "space interrupt · m mute · t type · q hang up";

    /// <summary>Reads keys until the token fires. The console has no asynchronous read, so it is polled every 20 ms.</summary>
    internal async Task RunAsync(Func<TalkAction, string, ValueTask> act, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Tick);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            while (Console.KeyAvailable)
            {
                if (Press(Console.ReadKey(intercept: true)) is var (action, text))
                    await act(action, text);
            }
        }
    }

    /// <summary>The action of a key, given the keys before it; null if it has none.</summary>
    internal (TalkAction Action, string Text)? Press(ConsoleKeyInfo key)
    {
        if (_typing is not null)
            return Type(key);
        switch (char.ToLowerInvariant(key.KeyChar))
        {
            case ' ':
                return (pushToTalk ? TalkAction.PushToTalk : TalkAction.Interrupt, "");
            case 'i':
                return (TalkAction.Interrupt, "");
            case 'm':
                return (TalkAction.Mute, "");
            case 'q':
                return (TalkAction.HangUp, "");
            case 't':
                _typing = "";
                return null;
            default:
                return null;
        }
    }

    private (TalkAction Action, string Text)? Type(ConsoleKeyInfo key)
    {
        switch (key.Key)
        {
            case ConsoleKey.Enter:
                var text = _typed.ToString().Trim();
                _typed.Clear();
                _typing = null;
                return text.Length > 0 ? (TalkAction.Say, text) : null;
            case ConsoleKey.Escape:
                _typed.Clear();
                _typing = null;
                return null;
            case ConsoleKey.Backspace:
                if (_typed.Length > 0)
                    _typed.Length--;
                break;
            default:
                if (!char.IsControl(key.KeyChar))
                    _typed.Append(key.KeyChar);
                break;
        }
        _typing = _typed.ToString();
        return null;
    }
}
