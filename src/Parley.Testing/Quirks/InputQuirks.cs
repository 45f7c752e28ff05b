using System.Buffers;
using System.Text.Json.Nodes;
using Parley.Protocol;
using Parley.Server;

namespace Parley.Testing.Quirks;

// Quirks of what the server does with input.

internal sealed class CallsBlockInput : QuirkStage
{
    /// <summary>Four minutes of audio at 16 kHz; the oldest is dropped.</summary>
    private const int MaxHeldBytes = 8 << 20;

    private readonly Lock _gate = new();
    private readonly HashSet<string> _open = [];
    private readonly Queue<(LiveSessionRequest? Message, byte[] Pcm, int RateHz)> _held = [];
    private int _heldBytes;

    internal override void ToClient(LiveSessionResponse message)
    {
        lock (_gate)
        {
            _open.UnionWith(message.ToolCall?.FunctionCalls?.Select(static call => call.Id!) ?? []);
            _open.ExceptWith(message.ToolCallCancellation?.Ids ?? []);
        }
        Outer.ToClient(message);
    }

    internal override void FromClient(LiveSessionRequest message)
    {
        if (message.ToolResponse is null)
        {
            if (!TryHold(message, []))
                Inner.FromClient(message);
            return;
        }
        Inner.FromClient(message);
        lock (_gate)
            _open.ExceptWith(message.ToolResponse.FunctionResponses?.Where(static response => response.WillContinue is not true).Select(static response => response.Id!) ?? []);
        while (TryTake(out var held))
        {
            if (held.Message is { } input)
                Inner.FromClient(input);
            else
                Inner.AudioFromClient(held.Pcm, held.RateHz);
        }
    }

    internal override void AudioFromClient(ReadOnlySpan<byte> pcm, int rateHz)
    {
        if (!TryHold(null, pcm, rateHz))
            Inner.AudioFromClient(pcm, rateHz);
    }

    private bool TryHold(LiveSessionRequest? message, ReadOnlySpan<byte> pcm, int rateHz = 0)
    {
        lock (_gate)
        {
            if (_open.Count == 0)
                return false;
            _held.Enqueue((message, pcm.ToArray(), rateHz));
            _heldBytes += pcm.Length;
            while (_heldBytes > MaxHeldBytes)
                _heldBytes -= _held.Dequeue().Pcm.Length;
            return true;
        }
    }

    private bool TryTake(out (LiveSessionRequest? Message, byte[] Pcm, int RateHz) held)
    {
        lock (_gate)
        {
            if (_open.Count > 0 || !_held.TryDequeue(out held))
            {
                held = default;
                return false;
            }
            _heldBytes -= held.Pcm.Length;
            return true;
        }
    }
}

internal sealed class VideoBeforeHistory : QuirkStage
{
    private bool _hasHistory;

    internal override void FromClient(LiveSessionRequest message)
    {
        _hasHistory |= message.ClientContent is not null;
        if (message.RealtimeInput?.Video is not null && !_hasHistory && Session is { IsResumed: false, Start.Setup.HistoryConfig.InitialHistoryInClientContent: true })
            Outer.Close(LiveClose.InvalidArgument);
        else
            Inner.FromClient(message);
    }
}

internal sealed class FirstAudioCloses : QuirkStage
{
    private bool _isDue;

    internal override ValueTask StartingAsync(CancellationToken cancellationToken)
    {
        var json = new ArrayBufferWriter<byte>();
        LiveCodec.Encode(Session.Start.Setup, json);
        _isDue = JsonNode.Parse(json.WrittenSpan) is JsonObject setup && LiveModelProfiles.BuiltIn.Check(setup).Count > 0;
        return default;
    }

    internal override void AudioFromClient(ReadOnlySpan<byte> pcm, int rateHz)
    {
        if (_isDue)
            Outer.Close(LiveClose.InvalidArgument);
        else
            Inner.AudioFromClient(pcm, rateHz);
    }
}

internal sealed class RefusedReplay : QuirkStage
{
    private static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(100), Watched = TimeSpan.FromSeconds(5);

    private long _since;
    private TimeSpan _audio;

    internal override void AudioFromClient(ReadOnlySpan<byte> pcm, int rateHz)
    {
        if (!Session.IsResumed)
        {
            Inner.AudioFromClient(pcm, rateHz);
            return;
        }
        if (_audio == TimeSpan.Zero)
            _since = Session.Time.GetTimestamp();
        _audio += TimeSpan.FromSeconds(pcm.Length / 2.0 / rateHz);
        var elapsed = Session.Time.GetElapsedTime(_since);
        if (elapsed < Watched && _audio - elapsed > Burst)
            Outer.Close(LiveClose.InvalidArgument);
        else
            Inner.AudioFromClient(pcm, rateHz);
    }
}

internal sealed class RefusedContent : QuirkStage
{
    private bool _hadTurn;

    internal override void ToClient(LiveSessionResponse message)
    {
        if (message.ServerContent is { TurnComplete: true })
            Volatile.Write(ref _hadTurn, true);
        Outer.ToClient(message);
    }

    internal override void FromClient(LiveSessionRequest message)
    {
        if (message.ClientContent is not null && (Session.IsResumed || Volatile.Read(ref _hadTurn)))
            Outer.Close(LiveClose.InvalidArgument);
        else
            Inner.FromClient(message);
    }
}

internal sealed class FullContext : QuirkStage
{
    private const int MostTurns = 3;

    private int Turns => Session.World.Turns.GetValueOrDefault(Session.Start.SessionId);

    internal override void ToClient(LiveSessionResponse message)
    {
        if (message.ServerContent is { TurnComplete: true })
            Add(1);
        Outer.ToClient(message);
    }

    internal override void FromClient(LiveSessionRequest message)
    {
        // A replayed history: its answers are turns.
        if (message.ClientContent?.Turns is { } turns)
            Add(turns.Count(static turn => turn.Role == "model"));
        if (Turns >= MostTurns && (message.ClientContent is not null || message.RealtimeInput?.Text is not null))
            Outer.Close(LiveClose.InvalidArgument);
        else
            Inner.FromClient(message);
    }

    internal override void AudioFromClient(ReadOnlySpan<byte> pcm, int rateHz)
    {
        if (Turns >= MostTurns)
            Outer.Close(LiveClose.InvalidArgument);
        else
            Inner.AudioFromClient(pcm, rateHz);
    }

    private void Add(int turns) => Session.World.Turns.AddOrUpdate(Session.Start.SessionId, turns, (_, before) => before + turns);
}
