using System.Text.Json;
using Parley.TestKit;

namespace Parley.EndToEnd.Harness;

/// <summary>
/// Recordings of <c>parley serve --record</c>: a file per connection, a line per message,
/// <c>{"t":…,"dir":"in|out","op":"text|binary|close","json":{…}}</c>, with <c>bytes</c> instead of <c>json</c> if the payload is not JSON.
/// </summary>
internal static class RecordedSessions
{
    // The first ones are the cause; more would hide them.
    private const int MaxFailures = 20;

    /// <summary>Checks every message of the server against the schema and against rules that real clients rely on.</summary>
    public static IReadOnlyList<string> Check(DirectoryInfo folder)
    {
        var files = folder.GetFiles("*", SearchOption.AllDirectories);
        var sent = 0;
        List<string> failures = [];
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
                failures.AddRange(
                    record.TryGetProperty("json", out var message)
                        ? Check(message).Select(failure => $"{file.Name}: {failure}")
                        : [$"{file.Name}: the server sent something that is not JSON"]);
            }
        }

        return sent > 0 ? [.. failures.Take(MaxFailures)] : [$"parley serve recorded nothing it sent ({files.Length} files)."];
    }

    private static IEnumerable<string> Check(JsonElement message)
    {
        foreach (var error in WireSchema.Live.Validate("ServerMessage", message))
            yield return $"not a valid ServerMessage: {error}";
        // Some clients ignore the rest of a message with modelTurn.
        if (message.TryGetProperty("serverContent", out var content) && content.TryGetProperty("modelTurn", out _)
            && (content.TryGetProperty("turnComplete", out _) || content.TryGetProperty("interrupted", out _)))
        {
            yield return "modelTurn and the end of the turn are in the same message";
        }
    }
}
