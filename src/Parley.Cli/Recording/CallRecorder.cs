using Parley.Client;
using Parley.Protocol;
using Parley.Server.Storage;

namespace Parley.Cli.Recording;

/// <summary>
/// Records a call in a folder: <c>user.wav</c> as sent, <c>model.wav</c> as played (cut off at interruptions), both from the beginning of
/// the call and of equal length, and <c>messages.jsonl</c> with every message and its media. Readable by this user only.
/// </summary>
internal sealed class CallRecorder : ILiveMessageObserver, IDisposable
{
    internal const string UserFile = "user.wav", ModelFile = "model.wav", MessagesFile = "messages.jsonl";

    private readonly AlignedWav _user;
    private readonly AlignedWav _model;
    private readonly MessageLines _messages;

    /// <exception cref="CommandException">The folder already holds a recording.</exception>
    internal CallRecorder(string folder, TimeProvider timeProvider)
    {
        try
        {
            PrivateFiles.CreateFolder("folder", folder, UserFile, MessagesFile);
        }
        catch (Exception e) when (Commands.Files.IsFileError(e))
        {
            throw new CommandException($"--record: {e.Message}", ExitCodes.Failure);
        }
        var messages = Path.Combine(folder, MessagesFile);
        if (File.Exists(messages))
            throw new CommandException($"{folder} already holds a recording. Give another folder.", ExitCodes.Usage);
        var started = timeProvider.GetTimestamp();
        _user = new AlignedWav(Path.Combine(folder, UserFile), AudioFormat.InputRateHz, timeProvider, started);
        _model = new AlignedWav(Path.Combine(folder, ModelFile), AudioFormat.OutputRateHz, timeProvider, started);
        _messages = new MessageLines(messages, timeProvider);
    }

    public void Sent(ReadOnlySpan<byte> message)
    {
        _messages.Write(MessageLines.FromClient, "text", message);
        if (!AudioMessage.TryFindInput(message, out var chunk) || chunk.RateHz != AudioFormat.InputRateHz)
            return;
        var pcm = new byte[chunk.PcmBytes];
        if (chunk.TryDecode(pcm, out var written))
            _user.Write(pcm.AsSpan(0, written & ~1));
    }

    public void Received(ReadOnlySpan<byte> message) => _messages.Write(MessageLines.FromServer, "binary", message);

    /// <summary>Wraps the loudspeaker and records what it plays.</summary>
    internal IAudioOutput Listen(IAudioOutput output) => new RecordedOutput(output, _model);

    public void Dispose()
    {
        // Both files get the length of the longer one.
        var (user, model) = (_user.Length, _model.Length);
        var length = user > model ? user : model;
        _user.End(length);
        _model.End(length);
    }

    private sealed class RecordedOutput(IAudioOutput inner, AlignedWav wav) : IAudioOutput
    {
        private long _written;

        public int RateHz => inner.RateHz;

        public long PlayedBytes => inner.PlayedBytes;

        public async ValueTask WriteAsync(ReadOnlyMemory<byte> pcm, CancellationToken cancellationToken)
        {
            await inner.WriteAsync(pcm, cancellationToken);
            Interlocked.Add(ref _written, pcm.Length);
            wav.Write(pcm.Span);
        }

        public void Clear()
        {
            inner.Clear();
            var played = inner.PlayedBytes;
            wav.TakeBack(Math.Max(0, Interlocked.Exchange(ref _written, played) - played));
        }

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
