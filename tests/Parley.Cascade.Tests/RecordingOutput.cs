using System.Buffers;
using System.Text.Json;
using Parley.Protocol;
using Parley.Server;
using Parley.TestKit;
using LiveClose = Parley.Server.LiveClose;

namespace Parley.Cascade.Tests;

/// <summary>An output that writes at once, records everything, and validates every message against the schema.</summary>
internal sealed class RecordingOutput : ILiveModelOutput
{
    private readonly EventLog<int> _sent = new();
    private Task _sending = Task.CompletedTask;
    private int _cancelled;

    /// <summary>Set once the session exists, so that chunks are reported as sent.</summary>
    internal ILiveModelSession? Session { get; set; }

    /// <summary>Everything sent, in order: <c>audio</c>, <c>text:…</c>, <c>interrupted</c>, …</summary>
    internal EventLog<string> Said { get; } = new();

    internal MemoryStream Audio { get; } = new();

    internal string Spoken { get; private set; } = "";

    internal EventLog<object?> Checkpoints { get; } = new();

    internal LiveClose? Closed { get; private set; }

    internal List<LiveSessionResponse> Messages { get; } = [];

    public void Send(LiveSessionResponse message)
    {
        var buffer = new ArrayBufferWriter<byte>();
        LiveCodec.Encode(message, buffer);
        WireSchema.Live.Require("ServerMessage", JsonElement.Parse(buffer.WrittenSpan));
        lock (Messages)
            Messages.Add(message);
        if (message.ServerContent?.OutputTranscription is { } caption)
        {
            lock (Audio)
                Spoken += caption.Text;
        }
        foreach (var word in Describe(message))
            Said.Add(word);
    }

    public void Send(WireMessage message) => throw new NotSupportedException("The cascade sends no encoded messages.");

    public void SendMedia(in LiveMedia media)
    {
        if (media.Generation <= Volatile.Read(ref _cancelled))
            return;
        lock (Audio)
        {
            Audio.Write(media.Pcm.Span);
            Spoken += media.Text;
        }
        Said.Add(media.Pcm.IsEmpty ? "text:" + media.Text : "audio");
        var sent = media;
        // Like the real writer: from another thread, in order, and not under the session's lock.
        lock (_sent)
            _sending = _sending.ContinueWith(_ => Sent(sent), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    /// <summary>Waits until this number of chunks is reported as sent.</summary>
    internal Task<int> SentAsync(int chunks) =>
        _sent.FirstAsync(sent => sent == chunks, $"{chunks} chunks were sent", TestContext.Current.CancellationToken);

    private void Sent(LiveMedia media)
    {
        Session?.MediaSent(in media);
        _sent.Add(_sent.Snapshot.Count + 1);
    }

    public void CancelMedia(int generation) => Volatile.Write(ref _cancelled, generation);

    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public void Checkpoint(object? state) => Checkpoints.Add(state);

    public void Close(LiveClose close)
    {
        Closed = close;
        Said.Add($"close {close.Code} {close.Reason}");
    }

    private static IEnumerable<string> Describe(LiveSessionResponse message)
    {
        if (message.ServerContent is { } content)
        {
            if (content.InterimInputTranscription is { } interim)
                yield return "interim:" + interim.Text;
            if (content.InputTranscription is { } heard)
                yield return "heard:" + heard.Text;
            if (content.Interrupted is true)
                yield return "interrupted";
            if (content.GenerationComplete is true)
                yield return "generationComplete";
            if (content.TurnComplete is true)
                yield return "turnComplete";
        }
        foreach (var call in message.ToolCall?.FunctionCalls ?? [])
            yield return "call:" + call.Name;
        foreach (var id in message.ToolCallCancellation?.Ids ?? [])
            yield return "cancel:" + id;
    }
}
