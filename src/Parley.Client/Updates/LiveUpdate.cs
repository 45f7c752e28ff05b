using System.Text;
using System.Text.Json.Serialization;
using Parley.Protocol;

namespace Parley.Client;

/// <summary>
/// Something the server said. One message may hold several things; each is an update of its own, in a fixed order: setup, voice activity,
/// parts of the answer, transcripts, sources, tool calls, marks of the turn, resumption, the rest. Updates never reuse memory: keep them
/// as long as you like.
/// </summary>
public abstract record LiveUpdate
{
    private LiveSessionResponse? _raw;

    private protected LiveUpdate()
    {
    }

    /// <summary>The whole message the update came in; shared by all updates of one message. Empty for updates that the client made itself.</summary>
    [JsonIgnore] // Log middleware serializes updates, and the message may hold a handle.
    public LiveSessionResponse Raw
    {
        get => _raw ??= BuildRaw();
        init => _raw = value;
    }

    /// <summary>
    /// Number of the model's turn that was the newest when this came, from 1; 0 before the first. Counted by the client and never used again,
    /// whichever connection a turn comes over: what belongs to an old turn can be told from what belongs to the newest.
    /// </summary>
    public long Turn { get; internal set; }

    private protected virtual LiveSessionResponse BuildRaw() => new();

    /// <summary>Keeps the message out of texts: it may be megabytes of audio.</summary>
    protected virtual bool PrintMembers(StringBuilder builder) => false;
}
