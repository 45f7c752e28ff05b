using System.Net.WebSockets;
using Parley.Protocol;
using Parley.Server.Wire;

namespace Parley.Server.Sessions;

/// <summary>What the model sends.</summary>
internal sealed partial class HostedSession
{
    void ILiveModelOutput.Send(LiveSessionResponse message)
    {
        _writer.Send(message);
        _meter.ModelMessage(message);
    }

    void ILiveModelOutput.Send(WireMessage message) => _writer.Send(message);

    void ILiveModelOutput.SendMedia(in LiveMedia media)
    {
        _meter.Output();
        if (_meter.MeasuresAudio)
            _meter.AudioSent(TimeSpan.FromSeconds(media.Pcm.Length / (double)(2 * AudioFormat.OutputRateHz)));
        _writer.SendMedia(media);
    }

    void ILiveModelOutput.CancelMedia(int generation) => _writer.CancelMedia(generation);

    ValueTask ILiveModelOutput.WaitForRoomAsync(CancellationToken cancellationToken) => _writer.WaitForRoomAsync(cancellationToken);

    void ILiveModelOutput.Checkpoint(object? state) => _resumption?.Checkpoint(state, Received, Send);

    void ILiveModelOutput.Close(LiveClose close) => _connection.Close(close);

    bool IMessageOutput.WantsHandles => _resumption is not null;

    ISessionMeter IMessageOutput.Meter => _meter;

    ValueTask IMessageOutput.SendAsync(ReadOnlyMemory<byte> message, WebSocketMessageType type, MessageKind kind)
    {
        _connection.Services.Metrics.Messages.Count(LiveDirection.ToClient, kind, message.Length);
        if (_meter.MeasuresAudio && kind == MessageKind.Audio)
            _meter.AudioSent(AudioLength.Of(message.Span, AudioFormat.OutputRateHz));
        return _writer.SendEncodedAsync(message, type);
    }

    void IMessageOutput.Send(LiveSessionResponse message) => _writer.Send(message);

    ValueTask<string?> IMessageOutput.CheckpointAsync(object state) => _resumption is null ? default : _resumption.IssueAsync(state);

    void IMessageOutput.Close(LiveClose close)
    {
        _endedByModel = true;
        _connection.Close(close);
    }
}
