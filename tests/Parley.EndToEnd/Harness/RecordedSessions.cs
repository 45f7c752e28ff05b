using System.Text.Json;
using Parley.TestKit;

namespace Parley.EndToEnd.Harness;

/// <summary>
/// What <c>parley serve --record</c> wrote: a file per session, a line per message,
/// <c>{"t":…,"dir":"in|out","op":"text|binary|close","json":{…}}</c>, with <c>bytes</c> in place of <c>json</c> where it is none.
/// </summary>
internal static class RecordedSessions
{
    // More would bury the first ones, and the first ones are the cause.
    private const int MaxComplaints = 20;

    /// <summary>Holds every message the server sent against the schema and against what clients in the field rely on.</summary>
    public static IReadOnlyList<string> Check(DirectoryInfo folder)
    {
        var files = folder.GetFiles("*", SearchOption.AllDirectories);
        var sent = 0;
        List<string> complaints = [];
        foreach (var file in files)
        {
            foreach (var line in File.ReadLines(file.FullName))
            {
                var record = JsonElement.Parse(line);
                if (record.GetProperty("dir").GetString() != "out")
                    continue;
                sent++;
                if (record.GetProperty("op").GetString() == "close")
                    continue;
                complaints.AddRange(
                    record.TryGetProperty("json", out var message)
                        ? Check(message).Select(complaint => $"{file.Name}: {complaint}")
                        : [$"{file.Name}: the server sent something that is not JSON"]);
            }
        }

        return sent > 0 ? [.. complaints.Take(MaxComplaints)] : [$"parley serve recorded nothing it sent ({files.Length} files)."];
    }

    private static IEnumerable<string> Check(JsonElement message)
    {
        foreach (var error in WireSchema.Live.Validate("ServerMessage", message))
            yield return $"not a valid ServerMessage: {error}";
        // Some clients look at modelTurn and then no further.
        if (message.TryGetProperty("serverContent", out var content) && content.TryGetProperty("modelTurn", out _)
            && (content.TryGetProperty("turnComplete", out _) || content.TryGetProperty("interrupted", out _)))
        {
            yield return "a mark of the turn's end stands beside modelTurn";
        }
    }
}
