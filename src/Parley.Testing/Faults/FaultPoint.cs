using System.Globalization;
using Parley.Testing.Faults;

namespace Parley.Testing;

/// <summary>
/// A point in the life of a connection at which a fault can occur: the client has just sent this, or received that. The names are those of scenario files and
/// of the control API.
/// </summary>
public sealed record FaultPoint
{
    private static readonly Dictionary<string, FaultPoint> Named = new FaultPoint[]
    {
        Plain("setup", MessageKinds.Setup, fromClient: true), Plain("setupComplete", MessageKinds.SetupComplete), Plain("audio", MessageKinds.Audio),
        new("firstAudio", MessageKinds.Audio) { Chunk = 1 }, Plain("toolCall", MessageKinds.ToolCall),
        Plain("toolResponse", MessageKinds.ToolResponse, fromClient: true), Plain("goAway", MessageKinds.GoAway), Plain("interrupted", MessageKinds.Interrupted),
        Plain("generationComplete", MessageKinds.GenerationComplete), Plain("turnComplete", MessageKinds.TurnComplete), Plain("handle", MessageKinds.Handle),
        Plain("clientText", MessageKinds.ClientText, fromClient: true), Plain("clientAudio", MessageKinds.ClientAudio, fromClient: true),
        new("connect", MessageKinds.None) { IsConnect = true }, new("opened", MessageKinds.None) { IsOpened = true },
    }.ToDictionary(static point => point.Name);

    private FaultPoint(string name, MessageKinds kinds) => (Name, Kinds) = (name, kinds);

    /// <summary>The client asks for the WebSocket; the server has not answered.</summary>
    public static FaultPoint Connect => Named["connect"];

    /// <summary>The WebSocket is open; the client has sent nothing yet that counts.</summary>
    public static FaultPoint Opened => Named["opened"];

    /// <summary>The client has sent its setup.</summary>
    public static FaultPoint Setup => Named["setup"];

    /// <summary>The client has received <c>setupComplete</c>.</summary>
    public static FaultPoint SetupComplete => Named["setupComplete"];

    /// <summary>The client has received the first audio of an answer.</summary>
    public static FaultPoint FirstAudio => Named["firstAudio"];

    /// <summary>The client has received audio: every chunk of every answer.</summary>
    public static FaultPoint Audio => Named["audio"];

    /// <summary>The client has received function calls.</summary>
    public static FaultPoint ToolCall => Named["toolCall"];

    /// <summary>The client has sent responses to function calls.</summary>
    public static FaultPoint ToolResponse => Named["toolResponse"];

    /// <summary>The client has received <c>goAway</c>.</summary>
    public static FaultPoint GoAway => Named["goAway"];

    /// <summary>The client has received <c>interrupted</c>.</summary>
    public static FaultPoint Interrupted => Named["interrupted"];

    /// <summary>The client has received <c>generationComplete</c>.</summary>
    public static FaultPoint GenerationComplete => Named["generationComplete"];

    /// <summary>The client has received <c>turnComplete</c>.</summary>
    public static FaultPoint TurnComplete => Named["turnComplete"];

    /// <summary>The client has received a resumption handle.</summary>
    public static FaultPoint Handle => Named["handle"];

    /// <summary>The client has sent text, as <c>realtimeInput</c> or <c>clientContent</c>.</summary>
    public static FaultPoint ClientText => Named["clientText"];

    /// <summary>The client has sent audio.</summary>
    public static FaultPoint ClientAudio => Named["clientAudio"];

    /// <summary>The names that <see cref="FaultDescription.Point"/> takes.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Named.Keys.Concat(["midAnswer", "clientMessage", "serverMessage", "time"]).Order(StringComparer.Ordinal)];

    /// <summary>Its name.</summary>
    public string Name { get; }

    internal MessageKinds Kinds { get; }

    internal bool FromClient { get; private init; }

    internal bool IsConnect { get; private init; }

    internal bool IsOpened { get; private init; }

    /// <summary>Any message of the direction, or the one with this number in its connection.</summary>
    internal bool IsAnyMessage { get; private init; }

    internal int? Number { get; private init; }

    /// <summary>Number of an audio message in its answer.</summary>
    internal int? Chunk { get; private init; }

    internal double? Share { get; private init; }

    internal TimeSpan? At { get; private init; }

    internal bool IsMessage => IsAnyMessage || Kinds != MessageKinds.None;

    /// <summary>The client has received this many audio messages of an answer.</summary>
    public static FaultPoint MidAnswer(int chunks)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(chunks, 1);
        return new("midAnswer", MessageKinds.Audio) { Chunk = chunks };
    }

    /// <summary>
    /// The client has received this share of the audio of an answer. The answer is held back until it is complete, because only then its length is known.
    /// </summary>
    /// <param name="share">Above 0, at most 1; at least one audio message is received.</param>
    public static FaultPoint MidAnswer(double share)
    {
        if (!(share > 0 && share <= 1))
            throw new ArgumentOutOfRangeException(nameof(share), share, "A share of an answer is above 0 and at most 1.");
        return new("midAnswer", MessageKinds.Audio) { Share = share };
    }

    /// <summary>The client has sent a message.</summary>
    /// <param name="number">Its number in its connection, from 1: the setup is 1. Null = any.</param>
    public static FaultPoint ClientMessage(int? number = null) => Message("clientMessage", number, fromClient: true);

    /// <summary>The client has received a message.</summary>
    /// <param name="number">Its number in its connection, from 1: <c>setupComplete</c> is 1. Null = any.</param>
    public static FaultPoint ServerMessage(int? number = null) => Message("serverMessage", number, fromClient: false);

    /// <summary>A time on the clock, since the server started. Every connection that is open then is at this point.</summary>
    public static FaultPoint Time(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        return new("time", MessageKinds.None) { At = time };
    }

    /// <summary>The name, with its number.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Name}{(Name == "midAnswer" ? $" {Chunk ?? Share}" : "")}{(Number is { } number ? $" {number}" : "")}{(At is { } at ? $" {at:c}" : "")}");

    /// <summary>A point without values by its name; null if there is none.</summary>
    internal static FaultPoint? ByName(string name) => Named.GetValueOrDefault(name);

    internal bool IsReached(in ReachedPoint reached) =>
        IsMessage && FromClient == reached.FromClient && (IsAnyMessage ? Number is null || Number == reached.Number
            : (Kinds & reached.Kinds) != 0 && (Chunk is null || Chunk == reached.Chunk) && (Share is not { } share || reached.IsShare(share)));

    private static FaultPoint Plain(string name, MessageKinds kinds, bool fromClient = false) => new(name, kinds) { FromClient = fromClient };

    private static FaultPoint Message(string name, int? number, bool fromClient)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number ?? 1, 1, nameof(number));
        return new(name, MessageKinds.None) { FromClient = fromClient, IsAnyMessage = true, Number = number };
    }
}
