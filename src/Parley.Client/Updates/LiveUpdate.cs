using System.Text;
using System.Text.Json.Serialization;
using Parley.Protocol;

namespace Parley.Client;

/// <summary>
/// One piece of what a session reports. A server message may contain several things; each becomes an update of its own, in a fixed order:
/// setup, voice activity, parts of the answer, transcripts, sources, tool calls, end of turn, resumption, the rest. Updates do not reuse
/// memory: keep them as long as you like.
/// </summary>
public abstract record LiveUpdate
{
    private LiveSessionResponse? _raw;

    private protected LiveUpdate()
    {
    }

    /// <summary>
    /// The whole message that contained the update; shared by all updates of one message. Empty for updates that the client creates.
    /// </summary>
    [JsonIgnore] // Log middleware serializes updates, and the message may hold a handle.
    public LiveSessionResponse Raw
    {
        get => _raw ??= BuildRaw();
        init => _raw = value;
    }

    /// <summary>
    /// Number of the model's newest turn when the update came, from 1; 0 before the first. The client counts turns across connections and
    /// never reuses a number, so updates of an old turn can be told from those of the newest. <see cref="LiveClientModelFactory.InTurn"/>
    /// sets it in tests.
    /// </summary>
    public long Turn { get; internal set; }

    // Bytes of the message, counted by the first of its updates; 0 for the others and for updates of the client.
    internal int WireBytes { get; set; }

    private protected virtual LiveSessionResponse BuildRaw() => new();

    /// <summary>Keeps the message out of <c>ToString</c>: it may be megabytes of audio.</summary>
    protected virtual bool PrintMembers(StringBuilder builder) => false;
}
