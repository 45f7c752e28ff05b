using Parley.Client;

namespace Parley.Phone;

/// <summary>A telephone call that is connected to a model. Members may be used from any thread.</summary>
public sealed class PhoneCall
{
    private readonly TaskCompletionSource<PhoneCallEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<string> _hangUp;

    internal PhoneCall(string id, PhoneCarrier carrier, PhoneCallFacts facts, DateTimeOffset started, Action<string> hangUp)
    {
        (Id, Carrier, Started, _hangUp) = (id, carrier, started, hangUp);
        (CarrierCallId, From, To, IsOutbound, Parameters) = (facts.CallId, facts.From, facts.To, facts.IsOutbound, facts.Parameters);
    }

    /// <summary>Id of the call on this server, for logs and the admin API.</summary>
    public string Id { get; }

    /// <summary>The carrier.</summary>
    public PhoneCarrier Carrier { get; }

    /// <summary>Id of the call at the carrier (<c>callSid</c>, <c>call_control_id</c>, <c>callId</c>).</summary>
    public string CarrierCallId { get; }

    /// <summary>The calling number as the carrier gave it; empty if it is not known. A claim of the network, not proof of who calls.</summary>
    public string From { get; }

    /// <summary>The called number as the carrier gave it; empty if it is not known.</summary>
    public string To { get; }

    /// <summary>Whether this server made the call.</summary>
    public bool IsOutbound { get; }

    /// <summary>Further parameters of the stream, such as those of <see cref="PhoneCallRequest.Parameters"/>.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; }

    /// <summary>When the stream started.</summary>
    public DateTimeOffset Started { get; }

    /// <summary>The session with the model; null before it has started. Send with it what you like, but do not read it.</summary>
    public LiveSession? Session { get; internal set; }

    /// <summary>Completes with how the call ended, never with an exception.</summary>
    public Task<PhoneCallEnd> Completion => _ended.Task;

    /// <summary>Ends the call at once. To let the model finish, ask it to say goodbye and to call <c>hang_up</c>.</summary>
    /// <returns>How the call ended.</returns>
    public Task<PhoneCallEnd> HangUpAsync()
    {
        _hangUp("The application ended the call");
        return Completion;
    }

    /// <summary>Carrier and id; never the numbers.</summary>
    public override string ToString() => $"{Carrier} call {Id}";

    internal void End(PhoneCallEnd end) => _ended.TrySetResult(end);
}

/// <summary>What is known of a call when its stream starts.</summary>
internal sealed record PhoneCallFacts(string CallId, string From, string To, bool IsOutbound, IReadOnlyDictionary<string, string> Parameters);
