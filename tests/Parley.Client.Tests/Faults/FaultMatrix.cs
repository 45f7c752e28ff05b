namespace Parley.Client.Tests.Faults;

/// <summary>
/// Outcome for a session when a fault occurs in a state. Cells:
/// <c>R</c> the session continues on another connection, followed by what was lost (a: answer, s: audio, m: messages, t: tool calls);
/// <c>S</c> it continues on the same one; <c>E:Cause</c> it ends; <c>X:Cause</c> connecting fails; <c>C</c> connecting succeeds.
/// </summary>
internal static class FaultMatrix
{
    internal static readonly string[] States =
    [
        "Connecting", "AwaitingSetup", "NoHandle", "Listening", "Speaking", "AwaitingAnswer", "Generating", "ToolOpen", "ToolAnswered", "Draining",
        "GoingAway", "Reconnecting",
    ];

    // Without transparency a message is resent if the state certainly does not contain it: the turn is kept in every state.
    // Input that the server may have refused (1007) is not resent: the turn is lost, and reported as lost.
    private const string Table =
        """
        fault            | Connecting           | AwaitingSetup        | NoHandle             | Listening           | Speaking            | AwaitingAnswer      | Generating          | ToolOpen            | ToolAnswered        | Draining            | GoingAway           | Reconnecting
        cut              | X:Network            | X:Network            | E:Network            | R                   | R                   | R                   | R                   | Rt                  | Rt                  | R                   | R                   | R
        stall            | X:Timeout            | X:Timeout            | S                    | S                   | S                   | S                   | S                   | S                   | S                   | S                   | S                   | R
        goAway           | C                    | C                    | S                    | R                   | R                   | R                   | R                   | Rt                  | Rt                  | R                   | S                   | R
        1000             | X:Completed          | X:Completed          | E:Completed          | E:Completed         | E:Completed         | E:Completed         | R                   | Rt                  | Rt                  | E:Completed         | R                   | E:Completed
        1001             | X:GoingAway          | X:GoingAway          | E:GoingAway          | R                   | R                   | R                   | R                   | Rt                  | Rt                  | R                   | R                   | R
        1002             | X:ProtocolError      | X:ProtocolError      | E:ProtocolError      | E:ProtocolError     | E:ProtocolError     | E:ProtocolError     | E:ProtocolError     | E:ProtocolError     | E:ProtocolError     | E:ProtocolError     | E:ProtocolError     | E:ProtocolError
        1007 argument    | X:InvalidArgument    | X:InvalidArgument    | E:InvalidArgument    | R                   | Rs                  | Rm                  | Ram                 | Ramt                | Ramt                | Ram                 | Ram                 | Rm
        1007 field       | X:UnknownField       | X:UnknownField       | E:UnknownField       | E:UnknownField      | E:UnknownField      | E:UnknownField      | E:UnknownField      | E:UnknownField      | E:UnknownField      | E:UnknownField      | E:UnknownField      | E:UnknownField
        1007 key         | X:ExpiredKey         | X:ExpiredKey         | E:ExpiredKey         | E:ExpiredKey        | E:ExpiredKey        | E:ExpiredKey        | E:ExpiredKey        | E:ExpiredKey        | E:ExpiredKey        | E:ExpiredKey        | E:ExpiredKey        | E:ExpiredKey
        1007 handle      | X:InvalidHandle      | X:InvalidHandle      | E:InvalidHandle      | E:InvalidHandle     | E:InvalidHandle     | E:InvalidHandle     | E:InvalidHandle     | E:InvalidHandle     | E:InvalidHandle     | E:InvalidHandle     | E:InvalidHandle     | E:InvalidHandle
        1008 gone        | X:SessionNotFound    | X:SessionNotFound    | E:SessionNotFound    | E:SessionNotFound   | E:SessionNotFound   | E:SessionNotFound   | E:SessionNotFound   | E:SessionNotFound   | E:SessionNotFound   | E:SessionNotFound   | E:SessionNotFound   | E:SessionNotFound
        1008 aborted     | X:LifetimeOver       | X:LifetimeOver       | E:LifetimeOver       | R                   | R                   | R                   | R                   | Rt                  | Rt                  | R                   | R                   | R
        1008 operation   | X:OperationRefused   | X:OperationRefused   | E:OperationRefused   | R                   | R                   | R                   | R                   | Rt                  | Rt                  | R                   | R                   | R
        1009             | X:MessageTooBig      | X:MessageTooBig      | E:MessageTooBig      | E:MessageTooBig     | E:MessageTooBig     | E:MessageTooBig     | E:MessageTooBig     | E:MessageTooBig     | E:MessageTooBig     | E:MessageTooBig     | E:MessageTooBig     | E:MessageTooBig
        1011 internal    | X:Internal           | X:Internal           | E:Internal           | R                   | R                   | R                   | R                   | Rt                  | Rt                  | R                   | R                   | R
        1011 unavailable | X:Unavailable        | X:Unavailable        | E:Unavailable        | R                   | R                   | R                   | R                   | Rt                  | Rt                  | R                   | R                   | R
        1011 quota       | X:Quota              | X:Quota              | E:Quota              | R                   | R                   | R                   | R                   | Rt                  | Rt                  | R                   | R                   | R
        1011 deadline    | X:LifetimeOver       | X:LifetimeOver       | E:LifetimeOver       | R                   | R                   | R                   | R                   | Rt                  | Rt                  | R                   | R                   | R
        1012             | X:Unavailable        | X:Unavailable        | E:Unavailable        | R                   | R                   | R                   | R                   | Rt                  | Rt                  | R                   | R                   | R
        1013             | X:Unavailable        | X:Unavailable        | E:Unavailable        | R                   | R                   | R                   | R                   | Rt                  | Rt                  | R                   | R                   | R
        """;

    internal static IReadOnlyDictionary<string, (int Code, string Reason)> Closes { get; } = new Dictionary<string, (int, string)>
    {
        ["1000"] = (1000, ""),
        ["1001"] = (1001, ""),
        ["1002"] = (1002, ""),
        ["1007 argument"] = (1007, "Request contains an invalid argument."),
        ["1007 field"] = (1007, "Invalid JSON payload received. Unknown name \"foo\" at 'setup': Cannot find field."),
        ["1007 key"] = (1007, "API key expired. Please renew the API key."),
        ["1007 handle"] = (1007, "Invalid session handle"),
        ["1008 gone"] = (1008, "BidiGenerateContent session not found"),
        ["1008 aborted"] = (1008, "The operation was aborted"),
        ["1008 operation"] = (1008, "Operation is not implemented, or supported, or enabled."),
        ["1009"] = (1009, "Message too big"),
        ["1011 internal"] = (1011, "Internal error encountered."),
        ["1011 unavailable"] = (1011, "The service is currently unavailable."),
        ["1011 quota"] = (1011, "You exceeded your current quota, please check your plan and billing details."),
        ["1011 deadline"] = (1011, "Deadline expired before operation could complete."),
        ["1012"] = (1012, ""),
        ["1013"] = (1013, ""),
    };

    /// <summary>Fault, state, outcome.</summary>
    internal static IEnumerable<(string Fault, string State, string Outcome)> Cells()
    {
        var lines = Table.Split('\n').Select(static line => line.Split('|').Select(static cell => cell.Trim()).ToArray()).ToList();
        Assert.Equal(States, lines[0][1..]);
        return lines.Skip(1).SelectMany(line => States.Select((state, i) => (line[0], state, line[i + 1])));
    }
}
