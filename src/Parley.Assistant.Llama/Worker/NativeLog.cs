using LLama.Native;

namespace Parley.Assistant.Llama.Worker;

/// <summary>Keeps the errors that llama.cpp logged, as the reason if something fails.</summary>
internal static class NativeLog
{
    private const int MaxCharacters = 300;

    private static readonly Lock Gate = new();
    private static string _errors = "";

    /// <summary>The errors since the last call, in one line; empty if there were none.</summary>
    public static string TakeErrors()
    {
        lock (Gate)
        {
            var taken = _errors;
            _errors = "";
            return taken.Length > MaxCharacters ? taken[..MaxCharacters] : taken;
        }
    }

    /// <summary>Before the first use of the library.</summary>
    public static void Listen() => NativeLibraryConfig.All.WithLogCallback(static (level, message) =>
    {
        if (level != LLamaLogLevel.Error || string.IsNullOrWhiteSpace(message))
            return;
        var line = message.ReplaceLineEndings(" ").Trim();
        lock (Gate)
        {
            // The first ones say most; the rest are those of the callers.
            if (_errors.Length < MaxCharacters)
                _errors += _errors.Length > 0 ? "; " + line : line;
        }
    });
}
