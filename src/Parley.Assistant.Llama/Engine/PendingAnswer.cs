using System.Threading.Channels;

namespace Parley.Assistant.Llama.Engine;

/// <summary>An answer that was asked for: pieces of text, then how it ended.</summary>
internal sealed class PendingAnswer(int number, byte[] request)
{
    // Bounded by the tokens of a context.
    private readonly Channel<string> _text = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

    public int Number => number;

    /// <summary>The request for the worker.</summary>
    public byte[] Request => request;

    /// <summary>How it ended; null while it has not, or if it failed.</summary>
    public AnswerResult? Result { get; private set; }

    /// <summary>Nobody reads it any more.</summary>
    public volatile bool IsCancelled;

    /// <summary>Whether it has ended or failed.</summary>
    public volatile bool IsOver;

    public IAsyncEnumerable<string> ReadAllAsync(CancellationToken cancellationToken) => _text.Reader.ReadAllAsync(cancellationToken);

    public void Add(string text) => _text.Writer.TryWrite(text);

    public void Complete(AnswerResult result)
    {
        Result = result;
        IsOver = true;
        _text.Writer.TryComplete(result.Error is { } error ? new InvalidOperationException(error) : null);
    }

    public void Fail(Exception reason)
    {
        IsOver = true;
        _text.Writer.TryComplete(reason);
    }
}
