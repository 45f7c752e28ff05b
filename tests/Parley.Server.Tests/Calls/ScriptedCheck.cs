using System.Collections.Concurrent;

namespace Parley.Server.Tests.Calls;

/// <summary>A check whose verdict depends on words in the text: bad, number, leave, broken, slow.</summary>
internal sealed class ScriptedCheck
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<LiveVerdict>> _slow = new(StringComparer.Ordinal);

    public EventLog<LiveCallText> Asked { get; } = new();

    /// <summary>Texts whose token was cancelled.</summary>
    public EventLog<string> Cancelled { get; } = new();

    public async ValueTask<LiveVerdict> RunAsync(LiveCallText text, CancellationToken cancellationToken)
    {
        Asked.Add(text);
        if (Has("slow"))
        {
            await using var registration = cancellationToken.Register(() => Cancelled.Add(text.Piece));
            return await _slow.GetOrAdd(text.Piece, New).Task;
        }
        if (Has("broken"))
            throw new InvalidOperationException("no moderation");
        return Has("leave") ? LiveVerdict.End(4_002, "House rules")
            : Has("bad") ? LiveVerdict.Block("policy")
            : Has("4111") ? LiveVerdict.Replace(text.Piece.Replace("4111", "****", StringComparison.Ordinal))
            : LiveVerdict.Allow;

        bool Has(string word) => text.Piece.Contains(word, StringComparison.Ordinal);
    }

    /// <summary>Waits until the check is asked about a slow text.</summary>
    public Task AskedAsync(string piece) => Asked.FirstAsync(text => text.Piece == piece, $"the check is asked about '{piece}'");

    /// <summary>Decides about a slow text, also before it is asked.</summary>
    public void Decide(string piece, LiveVerdict? verdict = null) => _slow.GetOrAdd(piece, New).SetResult(verdict ?? LiveVerdict.Allow);

    private static TaskCompletionSource<LiveVerdict> New(string piece) => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
