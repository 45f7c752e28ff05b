using Parley.Protocol;

namespace Parley.Server.Wire;

/// <summary>
/// How Vertex speaks the protocol (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#15-vertex-differences-in-one-place">protocol 15</see>), for one
/// connection on its path: names of usage members, a session id, low sensitivities by default, and tool responses without an id. Everything else is the
/// same, so models do not know of it; relayed messages pass unchanged.
/// </summary>
/// <param name="hidesCallIds">Whether calls have no ids, as the service may send them.</param>
internal sealed class VertexDialect(bool hidesCallIds = false)
{
    /// <summary>More calls than any model has open; further ones need their id.</summary>
    private const int MaxCalls = 256;

    private readonly Lock _gate = new();
    private readonly List<(string Id, string Name)> _calls = [];

    /// <summary>The API version of the public service that corresponds to a version in the path.</summary>
    internal static string ApiVersion(string version) => version == "v1beta1" ? "v1beta" : version;

    /// <summary>The setup of a session that is answered here, with the defaults of Vertex.</summary>
    internal static Setup WithDefaults(Setup setup)
    {
        var input = setup.RealtimeInputConfig ?? new RealtimeInputConfig();
        var detection = input.AutomaticActivityDetection ?? new AutomaticActivityDetection();
        return setup with
        {
            RealtimeInputConfig = input with
            {
                AutomaticActivityDetection = detection with
                {
                    StartOfSpeechSensitivity = detection.StartOfSpeechSensitivity ?? StartSensitivity.Low,
                    EndOfSpeechSensitivity = detection.EndOfSpeechSensitivity ?? EndSensitivity.Low,
                },
            },
        };
    }

    /// <summary>A message of the client for the model: a response without an id answers the oldest open call of its function.</summary>
    internal LiveSessionRequest FromClient(LiveSessionRequest message)
    {
        if (message.ToolResponse is not { FunctionResponses: { } responses } tool)
            return message;
        lock (_gate)
            return message with { ToolResponse = tool with { FunctionResponses = [.. responses.Select(Answer)] } };
    }

    /// <summary>A message of the model for the client.</summary>
    /// <param name="message">The message.</param>
    /// <param name="sessionId">The id that <c>setupComplete</c> reports.</param>
    internal LiveSessionResponse ToClient(LiveSessionResponse message, string sessionId)
    {
        Track(message);
        if (hidesCallIds && message.ToolCall is { FunctionCalls: { } calls } call)
            message = message with { ToolCall = call with { FunctionCalls = [.. calls.Select(static one => one with { Id = null })] } };
        if (message.SetupComplete is { SessionId: null } complete)
            message = message with { SetupComplete = complete with { SessionId = sessionId } };
        return message.UsageMetadata is { } usage ? message with { UsageMetadata = Renamed(usage) } : message;
    }

    private static UsageMetadata Renamed(UsageMetadata usage) => usage with
    {
        CandidatesTokenCount = usage.CandidatesTokenCount ?? usage.ResponseTokenCount,
        CandidatesTokensDetails = usage.CandidatesTokensDetails ?? usage.ResponseTokensDetails,
        ResponseTokenCount = null,
        ResponseTokensDetails = null,
        ServiceTier = null,
        TrafficType = usage.TrafficType ?? TrafficType.OnDemand,
    };

    private void Track(LiveSessionResponse message)
    {
        if (message.ToolCall is null && message.ToolCallCancellation is null)
            return;
        lock (_gate)
        {
            foreach (var call in message.ToolCall?.FunctionCalls ?? [])
            {
                if (call is { Id: { } id, Name: { } name } && _calls.Count < MaxCalls)
                    _calls.Add((id, name));
            }
            foreach (var id in message.ToolCallCancellation?.Ids ?? [])
                _calls.RemoveAll(call => call.Id == id);
        }
    }

    // Under the lock.
    private FunctionResponse Answer(FunctionResponse response)
    {
        var at = response.Id is { Length: > 0 } given
            ? _calls.FindIndex(call => call.Id == given)
            : _calls.FindIndex(call => call.Name == response.Name);
        if (at < 0)
            return response;
        var id = _calls[at].Id;
        if (response.WillContinue is not true)
            _calls.RemoveAt(at);
        return response with { Id = id };
    }
}
