using System.Text.Json;
using System.Text.Json.Nodes;
using Parley.Protocol;
using Parley.Server;
using Parley.Testing.Scenarios;

namespace Parley.Testing.Quirks;

internal sealed class AudioAfterToolCall : QuirkStage
{
    internal override void ToClient(LiveSessionResponse message)
    {
        Outer.ToClient(message);
        if (message.ToolCall is not null)
            Outer.ToClient(Speech(ToneVoice.Speak("one moment", TimeSpan.FromMilliseconds(100))));
    }
}

internal sealed class SeparateParallelCalls : QuirkStage
{
    internal override void ToClient(LiveSessionResponse message)
    {
        if (message.ToolCall is not { FunctionCalls: { Count: > 1 } calls })
        {
            Outer.ToClient(message);
            return;
        }
        foreach (var call in calls)
            Outer.ToClient(message with { ToolCall = new ToolCall { FunctionCalls = [call] } });
    }
}

internal sealed class VertexForms : QuirkStage
{
    private readonly Lock _gate = new();
    private readonly List<(string Id, string? Name)> _open = [];

    internal override void ToClient(LiveSessionResponse message)
    {
        if (message.UsageMetadata is { } usage)
        {
            message = message with
            {
                UsageMetadata = usage with
                {
                    CandidatesTokenCount = usage.ResponseTokenCount, CandidatesTokensDetails = usage.ResponseTokensDetails, ResponseTokenCount = null, ResponseTokensDetails = null,
                },
            };
        }
        if (message.ToolCall is { FunctionCalls: { } calls })
        {
            lock (_gate)
                _open.AddRange(calls.Where(static call => call.Id is not null).Select(static call => (call.Id!, call.Name)));
            message = message with { ToolCall = new ToolCall { FunctionCalls = [.. calls.Select(static call => call with { Id = null })] } };
        }
        if (message.ToolCallCancellation is { Ids: { } cancelled })
        {
            lock (_gate)
                _open.RemoveAll(call => cancelled.Contains(call.Id));
        }
        Outer.ToClient(message);
    }

    internal override void FromClient(LiveSessionRequest message) =>
        Inner.FromClient(message.ToolResponse is { FunctionResponses: { } responses } ? message with { ToolResponse = new ToolResponse { FunctionResponses = [.. responses.Select(WithId)] } } : message);

    private FunctionResponse WithId(FunctionResponse response)
    {
        lock (_gate)
        {
            var at = _open.FindIndex(call => response.Id is { Length: > 0 } id ? call.Id == id : call.Name == response.Name);
            if (at < 0)
                return response;
            var id = _open[at].Id;
            if (response.WillContinue is not true)
                _open.RemoveAt(at);
            return response with { Id = id };
        }
    }
}

internal sealed class CloseInToolCall : QuirkStage
{
    internal override void ToClient(LiveSessionResponse message)
    {
        Outer.ToClient(message);
        if (message.ToolCall is not null && Session.World.First(Session.Start.SessionId, nameof(CloseInToolCall)))
            Outer.Close(new LiveClose(1008, "Operation is not implemented, or supported, or enabled."));
    }
}

internal sealed class CloseAfterToolResponse : QuirkStage
{
    internal override void FromClient(LiveSessionRequest message)
    {
        if (message.ToolResponse is not null && Session.World.First(Session.Start.SessionId, nameof(CloseAfterToolResponse)))
            Outer.Close(LiveClose.Internal);
        else
            Inner.FromClient(message);
    }
}

/// <summary>A quirk that makes calls again: the model knows them by their first ids only.</summary>
internal abstract class CallStage : QuirkStage
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, OpenCall> _open = new(StringComparer.Ordinal);

    internal override void ToClient(LiveSessionResponse message)
    {
        lock (_gate)
        {
            foreach (var call in message.ToolCall?.FunctionCalls ?? [])
                _open[call.Id!] = new OpenCall(call) { Id = call.Id! };
            if (message.ToolCallCancellation is { Ids: { } ids })
                message = message with { ToolCallCancellation = new ToolCallCancellation { Ids = [.. ids.Select(id => _open.Remove(id, out var open) ? open.Id : id)] } };
        }
        Outer.ToClient(message);
    }

    internal override void FromClient(LiveSessionRequest message)
    {
        if (message.ToolResponse is not { FunctionResponses: { } responses })
        {
            Inner.FromClient(message);
            return;
        }
        var passed = responses.Select(Answer).OfType<FunctionResponse>().ToList();
        if (passed.Count > 0)
            Inner.FromClient(message with { ToolResponse = new ToolResponse { FunctionResponses = passed } });
    }

    /// <summary>Whether the call is made again instead of taking the response.</summary>
    private protected virtual bool IsRefused(OpenCall call, FunctionResponse response) => false;

    /// <summary>Makes open calls again.</summary>
    private protected void Again(Func<OpenCall, bool> which, bool cancels)
    {
        List<(string Old, FunctionCall New)> again = [];
        lock (_gate)
        {
            foreach (var call in _open.Values.Where(which))
                again.Add((call.Id, call.Repeat()));
        }
        if (again.Count == 0)
            return;
        if (cancels)
            Outer.ToClient(new LiveSessionResponse { ToolCallCancellation = new ToolCallCancellation { Ids = [.. again.Select(static call => call.Old)] } });
        Outer.ToClient(new LiveSessionResponse { ToolCall = new ToolCall { FunctionCalls = [.. again.Select(static call => call.New)] } });
    }

    private FunctionResponse? Answer(FunctionResponse response)
    {
        OpenCall? call;
        lock (_gate)
        {
            call = _open.Values.FirstOrDefault(open => open.Id == response.Id);
            // Of a call that was cancelled since: too late.
            if (call is null)
                return _open.Keys.Any(id => response.Id?.StartsWith(id, StringComparison.Ordinal) is true) ? null : response;
            if (!IsRefused(call, response))
            {
                if (response.WillContinue is not true)
                    _open.Remove(call.First.Id!);
                return response with { Id = call.First.Id };
            }
        }
        Again(open => open == call, cancels: false);
        return null;
    }

    private protected sealed class OpenCall(FunctionCall first)
    {
        internal FunctionCall First => first;

        /// <summary>The id that the client knows.</summary>
        internal required string Id { get; set; }

        internal int Repeats { get; private set; }

        internal int MostRepeats { get; set; }

        internal bool VariesArguments { get; set; }

        internal FunctionCall Repeat()
        {
            Repeats++;
            Id = $"{first.Id}-{Repeats + 1}";
            var args = first.Args;
            if (VariesArguments)
            {
                var varied = args is { ValueKind: JsonValueKind.Object } given ? JsonObject.Create(given)! : [];
                varied["attempt"] = Repeats + 1;
                args = JsonSerializer.SerializeToElement(varied);
            }
            return first with { Id = Id, Args = args };
        }
    }
}

internal sealed class RepeatedCalls : CallStage
{
    private const int Least = 2, Most = 5;

    private protected override bool IsRefused(OpenCall call, FunctionResponse response)
    {
        if (call.MostRepeats == 0)
            (call.MostRepeats, call.VariesArguments) = (Session.Random.Next(Least, Most + 1), true);
        return call.Repeats < call.MostRepeats && IsEmpty(response.Response);
    }

    private static bool IsEmpty(JsonElement? value) => value is not { } given || given.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => true,
        JsonValueKind.String => given.GetString()!.Length == 0,
        JsonValueKind.Array => given.GetArrayLength() == 0,
        JsonValueKind.Object => given.EnumerateObject().All(static member => IsEmpty(member.Value)),
        _ => false,
    };
}

internal sealed class DuplicateCalls : CallStage
{
    internal override void AudioFromClient(ReadOnlySpan<byte> pcm, int rateHz)
    {
        Again(static call => call.Repeats == 0, cancels: true);
        Inner.AudioFromClient(pcm, rateHz);
    }
}
