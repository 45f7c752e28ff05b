using Parley.Server;
using Parley.Testing.Conformance.Running;

namespace Parley.Testing.Conformance.Clients;

/// <summary>A scripted server for one run of a client, and the behaviors that it shows.</summary>
/// <param name="Id">Value of <c>PARLEY_CASE</c>.</param>
/// <param name="Script">What the server does.</param>
/// <param name="Checks">What is judged afterwards. The function returns why a behavior is missing; null if it is there.</param>
internal sealed record ClientCase(string Id, Action<ClientScript> Script, IReadOnlyList<ClientCheck> Checks)
{
    /// <summary>How long the client may take when it has nothing left to do.</summary>
    internal TimeSpan Longest { get; init; } = TimeSpan.FromSeconds(8);
}

/// <summary>A behavior of a client, and how a run shows it.</summary>
internal sealed record ClientCheck(ConformanceCheck Check, Func<ClientRun, string?> Judge);

/// <summary>What a case does; set by <see cref="ClientCase.Script"/>.</summary>
internal sealed class ClientScript
{
    /// <summary>Changes the server's options.</summary>
    internal Action<LiveApiOptions>? Server { get; set; }

    /// <summary>Rules of the server; default a short answer to everything.</summary>
    internal Action<Scenario>? Rules { get; set; }

    /// <summary>Faults of the connections.</summary>
    internal Action<FaultPlan>? Faults { get; set; }

    /// <summary>Changes a message of the server: the connection, the message, and where it goes.</summary>
    internal Action<ClientWatch.Wire>? OnServer { get; set; }

    /// <summary>Answers a message of the client in place of the server; true if it did.</summary>
    internal Func<ClientWatch.Wire, bool>? OnClient { get; set; }

    /// <summary>Whether the server ends the session some time after a turn. Default true.</summary>
    internal bool EndsAfterTurn { get; set; } = true;
}

/// <summary>What was seen of a run.</summary>
/// <param name="Messages">Messages of both sides, in order.</param>
/// <param name="ExitCode">Exit code of the client; null if it was ended because it went on for too long.</param>
/// <param name="Closes">Closes of the client.</param>
/// <param name="Output">The last lines that it printed.</param>
internal sealed record ClientRun(IReadOnlyList<ClientMessage> Messages, int? ExitCode, IReadOnlyList<int> Closes, IReadOnlyList<string> Output)
{
    internal IEnumerable<ClientMessage> FromClient => Messages.Where(static message => message.IsClient);

    internal IEnumerable<ClientMessage> Setups => FromClient.Where(static message => message.Json?["setup"] is not null);

    internal bool WantsResumption => Setups.FirstOrDefault()?.Json?["setup"]?["sessionResumption"] is not null;

    internal bool HasTools => Functions.Any();

    internal IEnumerable<string> Functions => ClientWatch.FunctionsOf(Setups.FirstOrDefault()?.Json);

    internal bool SendsAudio => FromClient.Any(static message => message.Json?["realtimeInput"]?["audio"] is not null);

    /// <summary>Whether the client took a message and lived: it sent something afterwards, closed in order, or ended well.</summary>
    internal string? Survived(Func<ClientMessage, bool> disturbs)
    {
        var at = Messages.ToList().FindIndex(message => disturbs(message));
        if (at < 0)
            throw new CheckSkippedException("the client did not come that far: it asked for nothing");
        return Messages.Skip(at).Any(static message => message.IsClient) || Closes.Contains(1000) || ExitCode == 0
            ? null
            : ExitCode is { } code ? $"The client ended with exit code {code} and sent nothing more." : "The client sent nothing more, and did not end.";
    }

    /// <summary>Responses to function calls.</summary>
    internal IEnumerable<System.Text.Json.Nodes.JsonObject> Responses => FromClient
        .SelectMany(static message => message.Json?["toolResponse"]?["functionResponses"] switch
        {
            System.Text.Json.Nodes.JsonArray list => list.OfType<System.Text.Json.Nodes.JsonObject>(),
            System.Text.Json.Nodes.JsonObject one => [one],
            _ => [],
        });

    internal void RequireTools()
    {
        if (!HasTools)
            throw new CheckSkippedException("the client declares no function in its setup");
    }

    internal void RequireResumption()
    {
        if (!WantsResumption)
            throw new CheckSkippedException("the client does not ask for session resumption in its setup");
    }
}
