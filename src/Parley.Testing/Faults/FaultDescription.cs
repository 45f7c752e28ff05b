using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Parley.Testing.Faults;

namespace Parley.Testing;

/// <summary>
/// A fault as data, for scenario files and the control API: <c>{"point":"midAnswer","chunks":3,"action":"close","code":1011}</c>. Times are strings such as
/// <c>"1.5s"</c>, <c>"200ms"</c> or <c>"10m"</c>. <see cref="FaultPlan.Add"/> checks it.
/// </summary>
public sealed record FaultDescription
{
    /// <summary>Where: one of <see cref="FaultPoint.Names"/>.</summary>
    public string? Point { get; init; }

    /// <summary>What: one of <see cref="Actions"/>.</summary>
    public string? Action { get; init; }

    /// <summary>Number of the message, at <c>clientMessage</c> and <c>serverMessage</c>; null = any.</summary>
    public int? Number { get; init; }

    /// <summary>Audio messages of the answer before the fault, at <c>midAnswer</c>.</summary>
    public int? Chunks { get; init; }

    /// <summary>Share of the audio of the answer before the fault, at <c>midAnswer</c>.</summary>
    public double? Share { get; init; }

    /// <summary>Time since the server started, at <c>time</c>.</summary>
    [JsonConverter(typeof(TimeTextConverter))]
    public TimeSpan? At { get; init; }

    /// <summary><see cref="Fault.OnConnection"/>.</summary>
    public int? Connection { get; init; }

    /// <summary><see cref="Fault.Occurrence"/>.</summary>
    public int? Occurrence { get; init; }

    /// <summary><see cref="Fault.Times"/>.</summary>
    public int? Times { get; init; }

    /// <summary><see cref="Fault.EveryTime"/>.</summary>
    public bool EveryTime { get; init; }

    /// <summary><see cref="Fault.WithProbability"/>.</summary>
    public double? Probability { get; init; }

    /// <summary><see cref="Fault.Optional"/>.</summary>
    public bool Optional { get; init; }

    /// <summary><see cref="Fault.Delivered"/> or <see cref="Fault.Lost"/>; null = the default of the point.</summary>
    public bool? Delivered { get; init; }

    /// <summary><see cref="Fault.After"/>.</summary>
    [JsonConverter(typeof(TimeTextConverter))]
    public TimeSpan? After { get; init; }

    /// <summary>HTTP status of <c>refuseHttp</c>.</summary>
    public int? Status { get; init; }

    /// <summary>Body of <c>refuseHttp</c>.</summary>
    public string? Body { get; init; }

    /// <summary>Header <c>Retry-After</c> of <c>refuseHttp</c>.</summary>
    [JsonConverter(typeof(TimeTextConverter))]
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Code of <c>close</c>.</summary>
    public int? Code { get; init; }

    /// <summary>Reason of <c>close</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>Message of <c>send</c>.</summary>
    public string? Message { get; init; }

    /// <summary>Duration of <c>delay</c> and <c>freeze</c>.</summary>
    [JsonConverter(typeof(TimeTextConverter))]
    public TimeSpan? Duration { get; init; }

    /// <summary>Bytes of <c>truncate</c>, <c>cutInside</c>, <c>garbage</c> and <c>fragment</c>; bytes per second of <c>readSlowly</c> and <c>writeSlowly</c>.</summary>
    public int? Bytes { get; init; }

    /// <summary>The names that <see cref="Action"/> takes.</summary>
    public static IReadOnlyList<string> Actions { get; } = [.. Enum.GetValues<FaultKind>().Select(FaultAction.NameOf).Order(StringComparer.Ordinal)];

    /// <summary>Reads a description.</summary>
    /// <param name="json">A JSON object.</param>
    /// <exception cref="FormatException">It is not a description; the message names the member.</exception>
    public static FaultDescription Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            return JsonSerializer.Deserialize(json, FaultJson.Default.FaultDescription) ?? throw new FormatException("A fault is a JSON object, not null.");
        }
        catch (JsonException e)
        {
            throw new FormatException($"Invalid fault{(e.Path is { Length: > 1 } path ? $" at {path}" : "")}: {e.Message}", e);
        }
    }

    internal Fault AddTo(FaultPlan plan)
    {
        try
        {
            Check();
            return Complete(plan.At(ToPoint()));
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            throw new FormatException($"The fault \"{Action}\" at \"{Point}\" is not valid: {FirstLine(e.Message)}", e);
        }
    }

    private void Check()
    {
        if (Point is null || !FaultPoint.Names.Contains(Point))
            throw Unknown("point", Point, FaultPoint.Names);
        if (Action is null || !Actions.Contains(Action))
            throw Unknown("action", Action, Actions);
        (string Name, bool IsGiven, string[] Of)[] values =
        [
            ("number", Number is not null, ["clientMessage", "serverMessage"]), ("chunks", Chunks is not null, ["midAnswer"]),
            ("share", Share is not null, ["midAnswer"]), ("at", At is not null, ["time"]),
            ("status", Status is not null, ["refuseHttp"]), ("body", Body is not null, ["refuseHttp"]), ("retryAfter", RetryAfter is not null, ["refuseHttp"]),
            ("code", Code is not null, ["close"]), ("reason", Reason is not null, ["close"]),
            ("message", Message is not null, ["send"]), ("duration", Duration is not null, ["delay", "freeze"]),
            ("bytes", Bytes is not null, ["truncate", "cutInside", "garbage", "readSlowly", "writeSlowly", "fragment"]),
        ];
        foreach (var (name, _, of) in values.Where(value => value.IsGiven && !value.Of.Contains(Point) && !value.Of.Contains(Action)))
            throw new FormatException($"The value \"{name}\" belongs to {string.Join(", ", of)}, not to \"{Action}\" at \"{Point}\".");
    }

    private FaultPoint ToPoint() => Point switch
    {
        "midAnswer" when Chunks is { } chunks && Share is null => FaultPoint.MidAnswer(chunks),
        "midAnswer" when Share is { } share && Chunks is null => FaultPoint.MidAnswer(share),
        "midAnswer" => throw new FormatException("The point \"midAnswer\" needs \"chunks\" (a number of audio messages) or \"share\" (above 0, at most 1)."),
        "clientMessage" => FaultPoint.ClientMessage(Number),
        "serverMessage" => FaultPoint.ServerMessage(Number),
        "time" => FaultPoint.Time(At ?? throw new FormatException("The point \"time\" needs \"at\", such as \"30s\".")),
        var name => FaultPoint.ByName(name!)!,
    };

    private Fault Complete(Fault fault)
    {
        if (Connection is { } connection)
            fault.OnConnection(connection);
        if (Occurrence is { } occurrence)
            fault.Occurrence(occurrence);
        if (Times is { } times)
            fault.Times(times);
        if (EveryTime)
            fault.EveryTime();
        if (Probability is { } probability)
            fault.WithProbability(probability);
        if (Optional)
            fault.Optional();
        if (Delivered is { } delivered)
            _ = delivered ? fault.Delivered() : fault.Lost();
        if (After is { } after)
            fault.After(after);
        return Enum.GetValues<FaultKind>().First(kind => FaultAction.NameOf(kind) == Action) switch
        {
            FaultKind.RefuseHttp => fault.RefusesHttp(Needed(Status, "status"), Body, RetryAfter),
            FaultKind.Delay => fault.Delays(Needed(Duration, "duration")),
            FaultKind.Cut => fault.Cuts(),
            FaultKind.HalfClose => fault.HalfCloses(),
            FaultKind.EndWithoutClose => fault.EndsWithoutClose(),
            FaultKind.Freeze => fault.Freezes(Duration),
            FaultKind.Close => fault.Closes(Needed(Code, "code"), Reason ?? ""),
            FaultKind.Drop => fault.Drops(),
            FaultKind.Duplicate => fault.Duplicates(),
            FaultKind.Reorder => fault.Reorders(),
            FaultKind.Truncate => fault.Truncates(Bytes),
            FaultKind.CutInside => fault.CutsInside(Bytes),
            FaultKind.Corrupt => fault.Corrupts(),
            FaultKind.Garbage => Bytes is { } bytes ? fault.SendsGarbage(bytes) : fault.SendsGarbage(),
            FaultKind.ReadSlowly => fault.ReadsSlowly(Bytes ?? 0),
            FaultKind.WriteSlowly => fault.WritesSlowly(Bytes ?? 0),
            FaultKind.Fragment => fault.Fragments(Bytes),
            FaultKind.Send => fault.Sends(Message ?? throw new FormatException("The action \"send\" needs \"message\".")),
            _ => fault.LosesHandle(),
        };
    }

    private static FormatException Unknown(string what, string? name, IReadOnlyList<string> known)
    {
        var article = what == "action" ? "an" : "a";
        var wrong = name is null ? $"A fault needs {article} {what}" : $"\"{name}\" is not {article} {what} of a fault";
        return new($"{wrong}. Allowed: {string.Join(", ", known)}.");
    }

    private T Needed<T>(T? value, string name)
        where T : struct => value ?? throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"The action \"{Action}\" needs \"{name}\"."));

    // Without the lines that .NET adds about parameters.
    private static string FirstLine(string message) => message.Split(['\r', '\n'])[0].Split(" (Parameter", 2)[0];
}
