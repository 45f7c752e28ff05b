namespace Parley.Testing.Cassettes;

/// <summary>The differences of two recordings.</summary>
internal static class CassetteDiff
{
    internal static IReadOnlyList<string> Compare(Cassette expected, Cassette actual)
    {
        var lines = new List<string>();
        for (var i = 0; i < Math.Max(expected.Connections.Count, actual.Connections.Count); i++)
        {
            if (i >= actual.Connections.Count)
                lines.Add($"connection {i + 1}: missing");
            else if (i >= expected.Connections.Count)
                lines.Add($"connection {i + 1}: added");
            else
                CompareConnections(expected.Connections[i], actual.Connections[i], lines);
        }
        return lines;
    }

    private static void CompareConnections(CassetteConnection expected, CassetteConnection actual, List<string> lines)
    {
        if (expected.RefusedStatus != actual.RefusedStatus)
            lines.Add($"connection {actual.Number}: expected {Status(expected)}, was {Status(actual)}");
        foreach (var isFromClient in (ReadOnlySpan<bool>)[true, false])
        {
            var (recorded, came) = (Side(expected, isFromClient), Side(actual, isFromClient));
            for (var i = 0; i < Math.Max(recorded.Count, came.Count); i++)
            {
                var where = $"connection {actual.Number}, {(isFromClient ? "client" : "server")} message {i + 1}";
                if (i >= came.Count)
                    lines.Add($"{where}: expected {recorded[i]}, was absent");
                else if (i >= recorded.Count)
                    lines.Add($"{where}: expected nothing, was {came[i]}");
                else
                    CompareFrames(recorded[i], came[i], where, lines);
            }
        }
    }

    private static void CompareFrames(CassetteEntry expected, CassetteEntry actual, string where, List<string> lines)
    {
        if (expected.Type != actual.Type)
            lines.Add($"{where}: expected {expected.Type}, was {actual.Type}");
        else if ((expected.CloseCode, expected.CloseReason) != (actual.CloseCode, actual.CloseReason))
            lines.Add($"{where}: expected close {expected.CloseCode} {expected.CloseReason}, was close {actual.CloseCode} {actual.CloseReason}");
        else if (expected.After != actual.After)
            lines.Add($"{where}: expected after {expected.After} messages of the other side, was after {actual.After}");
        if ((ClientMessageParts.Of(expected.Message.Span).Json, ClientMessageParts.Of(actual.Message.Span).Json) is ({ } one, { } two))
            lines.AddRange(new MessageDiff(static (symbol, value) => symbol == value).Compare(one, two).Select(difference => $"{where}: {difference}"));
        else if (!expected.Message.Span.SequenceEqual(actual.Message.Span))
            lines.Add($"{where}: other bytes");
    }

    private static List<CassetteEntry> Side(CassetteConnection connection, bool isFromClient) => [.. connection.Entries.Where(entry => entry.IsFromClient == isFromClient)];

    private static string Status(CassetteConnection connection) => connection.RefusedStatus is { } status ? $"a refusal with HTTP status {status}" : "an open connection";
}
