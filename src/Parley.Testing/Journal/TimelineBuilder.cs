using System.Globalization;
using Parley.Protocol;
using Parley.Server;

namespace Parley.Testing.Journal;

/// <summary>Says in words what passed: who said what, calls, cuts, connections.</summary>
internal sealed class TimelineBuilder
{
    private readonly List<TimelineEvent> _events = [];
    private readonly Dictionary<string, string> _calls = new(StringComparer.Ordinal);
    private readonly string _who;
    private int _answer = -1;
    private string _words = "";
    private long _audioBytes;

    private TimelineBuilder(string who) => _who = who;

    internal static IReadOnlyList<TimelineEvent> Of(IReadOnlyList<JournalEntry> entries)
    {
        var sessions = Listeners.Of(entries);
        var known = sessions.SelectMany(static session => session).ToHashSet();
        var parts = sessions.Select((session, i) => new TimelineBuilder(sessions.Count > 1 ? $"#{i + 1} " : "").Build(session))
            .Append(new TimelineBuilder("refused: ").Build([.. entries.Where(entry => !known.Contains(entry))]));
        // Stable: of one time, in the order of the sessions.
        return [.. parts.SelectMany(static part => part).OrderBy(static one => one.Time)];
    }

    private List<TimelineEvent> Build(IReadOnlyList<JournalEntry> entries)
    {
        var playback = PlaybackBuilder.Of(entries);
        var speech = new Queue<SpeechSpan>(SpeechSpan.Of(entries));
        foreach (var entry in entries)
        {
            while (speech.TryPeek(out var span) && span.Start <= entry.Time && entry.Request is not { Setup: not null })
                Add(speech.Dequeue().Start, $"user speaks {Seconds(span.Duration)}");
            if (entry.Request is { } request)
                Client(entry.Time, request);
            if (entry.Response is { } response)
                Server(entry.Time, response, playback);
            if (entry.CloseCode is { } code)
                Add(entry.Time, $"{(entry.Direction == LiveDirection.FromClient ? "client" : "server")} closes {code} {entry.CloseReason}".TrimEnd());
        }
        return [.. _events.OrderBy(static one => one.Time)];
    }

    private void Client(TimeSpan at, LiveSessionRequest request)
    {
        if (request.Setup is { } setup)
            Add(at, $"{(setup.SessionResumption?.Handle is { Length: > 0 } ? "resumes" : "connects")} {setup.Model?[(setup.Model.LastIndexOf('/') + 1)..]}");
        foreach (var turn in request.ClientContent?.Turns ?? [])
        {
            foreach (var text in (turn.Parts ?? []).Select(static part => part.Text).OfType<string>())
                Add(at, $"{(turn.Role == "model" ? "history of the model" : "user")}: {Quote(text)}");
        }
        foreach (var response in request.ToolResponse?.FunctionResponses ?? [])
            Add(at, $"client answers {response.Name ?? Name(response.Id)} {response.Response?.GetRawText() ?? "{}"}");
        if (request.RealtimeInput is not { } input)
            return;
        if (input.Text is { } typed)
            Add(at, $"user: {Quote(typed)}");
        if (input.Video is { } picture)
            Add(at, $"user shows {picture.MimeType}");
        if (input.ActivityStart is not null)
            Add(at, "activity starts");
        if (input.ActivityEnd is not null)
            Add(at, "activity ends");
        if (input.AudioStreamEnd is true)
            Add(at, "microphone off");
    }

    private void Server(TimeSpan at, LiveSessionResponse response, LivePlayback playback)
    {
        foreach (var call in response.ToolCall?.FunctionCalls ?? [])
        {
            if (call is { Id: { } id, Name: { } name })
                _calls[id] = name;
            Add(at, $"model calls {call.Name} {call.Args?.GetRawText() ?? "{}"}");
        }
        foreach (var id in response.ToolCallCancellation?.Ids ?? [])
            Add(at, $"call of {Name(id)} cancelled");
        if (response.GoAway is { } goAway)
            Add(at, $"goAway, {Seconds(goAway.TimeLeft ?? TimeSpan.Zero)} left");
        if (response.Error is { } error)
            Add(at, $"error {error.Code} {error.Message}");
        if (response.ServerContent is not { } content)
            return;
        foreach (var part in content.ModelTurn?.Parts ?? [])
        {
            if (part.Thought is true)
                Add(at, $"model thinks {Quote(part.Text ?? "")}");
            else
                Answer(at, part.Text, part.InlineData?.Data?.Length ?? 0);
        }
        if (content.OutputTranscription?.Text is { } words)
            Answer(at, words, 0);
        if (content.InputTranscription?.Text is { } heard)
            Add(at, $"heard: {Quote(heard)}");
        if (content.Interrupted is true)
        {
            var cut = playback.Turns.FirstOrDefault(turn => turn.WasInterrupted && turn.Ended == at)?.Cut ?? TimeSpan.Zero;
            Add(at, cut > TimeSpan.Zero ? $"interrupted, {Seconds(cut)} not heard" : "interrupted");
        }
        if (content.TurnComplete is true && _answer < 0 && content.Interrupted is not true && !_events[^1].Text.Contains("interrupted", StringComparison.Ordinal))
            Add(at, "empty turn");
        if (content.TurnComplete is true || content.Interrupted is true)
            (_answer, _words, _audioBytes) = (-1, "", 0);
    }

    // One line for an answer, at its begin.
    private void Answer(TimeSpan at, string? words, int audioBytes)
    {
        if (_answer < 0)
        {
            _answer = _events.Count;
            Add(at, "");
        }
        (_words, _audioBytes) = (_words + words, _audioBytes + audioBytes);
        var duration = _audioBytes == 0 ? "" : Seconds(TimeSpan.FromSeconds(_audioBytes / 2.0 / AudioFormat.OutputRateHz));
        _events[_answer] = _events[_answer] with
        {
            Text = _who + (_words.Length == 0 ? $"model speaks {duration}" : $"model: {Quote(_words)}{(duration.Length == 0 ? "" : $" ({duration})")}"),
        };
    }

    private string Name(string? id) => id is not null && _calls.TryGetValue(id, out var name) ? name : id ?? "";

    private void Add(TimeSpan at, string text) => _events.Add(new TimelineEvent(at, _who + text));

    private static string Quote(string text) => $"\"{text.Replace("\n", " ", StringComparison.Ordinal)}\"";

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.00} s");
}
