using System.Text;
using Microsoft.Extensions.AI;
using Parley.Client;

namespace Testing;

/// <summary>The application under test: the concierge of a hotel, who answers questions and voice calls and switches lamps.</summary>
public sealed class Concierge(LiveClient client) : IAsyncDisposable
{
    private LiveSession? _session;

    /// <summary>Rooms with light.</summary>
    public ISet<string> LitRooms { get; } = new HashSet<string>();

    /// <summary>Asks in text.</summary>
    public async Task<string> AskAsync(string question, CancellationToken cancellationToken)
    {
        _session ??= await ConnectAsync(cancellationToken);
        return (await _session.AskAsync(question, cancellationToken)).Text;
    }

    /// <summary>Talks until the microphone ends; returns what was said.</summary>
    public async Task<string> TalkAsync(MicrophoneSource microphone, AudioPlayback loudspeaker, CancellationToken cancellationToken)
    {
        _session ??= await ConnectAsync(cancellationToken);
        await using var call = _session.WithAudio(microphone, loudspeaker);
        var said = new StringBuilder();
        await foreach (var update in call.ReadAllAsync(cancellationToken))
        {
            if (update is OutputTranscriptUpdate words)
                said.Append(words.Text);
            if (update is InterruptedUpdate)
                said.Append(" …");
            if (update is TurnCompleteUpdate)
                said.AppendLine();
            if (update is TurnCompleteUpdate && said.ToString().Contains("Goodbye", StringComparison.Ordinal))
                break;
        }
        return said.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        if (_session is not null)
            await _session.DisposeAsync();
    }

    private Task<LiveSession> ConnectAsync(CancellationToken cancellationToken) => client.ConnectAsync(
        new LiveSetup
        {
            Model = "gemini-3.8-live",
            OutputTranscription = true,
            Tools = [AIFunctionFactory.Create(SetLamp, "set_lamp")],
            ContextWindowCompression = new() { SlidingWindow = new() },
        },
        cancellationToken);

    private string SetLamp(string room, bool on)
    {
        _ = on ? LitRooms.Add(room) : LitRooms.Remove(room);
        return $"the lamp in the {room} is {(on ? "on" : "off")}";
    }
}
