using System.Globalization;

namespace Parley.Testing.Faults;

/// <summary>What a fault does.</summary>
internal enum FaultKind
{
    RefuseHttp,
    Delay,
    Cut,
    HalfClose,
    EndWithoutClose,
    Freeze,
    Close,
    Drop,
    Duplicate,
    Reorder,
    Truncate,
    CutInside,
    Corrupt,
    Garbage,
    ReadSlowly,
    WriteSlowly,
    Fragment,
    LoseHandle,
    Send,
}

/// <summary>What a fault does, with its values.</summary>
internal sealed record FaultAction(FaultKind Kind)
{
    internal int? Status { get; init; }

    internal string? Body { get; init; }

    internal TimeSpan? RetryAfter { get; init; }

    internal TimeSpan? Duration { get; init; }

    internal int? Code { get; init; }

    internal string? Reason { get; init; }

    internal int? Bytes { get; init; }

    internal string? Message { get; init; }

    internal string Name => NameOf(Kind);

    /// <summary>Changes the message of the point.</summary>
    internal bool IsOnMessage => Kind is FaultKind.Drop or FaultKind.Duplicate or FaultKind.Reorder
        or FaultKind.Truncate or FaultKind.CutInside or FaultKind.Corrupt;

    /// <summary>Ends the connection as far as the client can tell.</summary>
    internal bool Ends => Kind is FaultKind.Cut or FaultKind.HalfClose or FaultKind.EndWithoutClose or FaultKind.Freeze or FaultKind.Close;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Name}{((Status ?? Code ?? Bytes) is { } value ? $" {value}" : "")}{(Duration is { } time ? $" {time:c}" : "")}");

    /// <summary>Works on the connection as well some time after its point.</summary>
    internal bool CanBeLater => !IsOnMessage && Kind is not (FaultKind.RefuseHttp or FaultKind.Delay or FaultKind.LoseHandle);

    internal static string NameOf(FaultKind kind) => char.ToLowerInvariant(kind.ToString()[0]) + kind.ToString()[1..];

    /// <summary>Why the action cannot be at a point; null if it can.</summary>
    internal string? Mismatch(FaultPoint point) => Kind switch
    {
        FaultKind.RefuseHttp when !point.IsConnect => "HTTP can refuse only at the point \"connect\"; close at \"setup\" to refuse a session",
        FaultKind.LoseHandle when point.Name != "setup" => "a handle is lost at the point \"setup\", where the client presents it",
        FaultKind.Close when point.IsConnect => "there is no WebSocket to close yet; refuse with an HTTP status, or close at \"setup\"",
        FaultKind.Send when point.IsConnect => "there is no WebSocket to send on yet; send at \"opened\"",
        FaultKind.Delay when !point.IsMessage && !point.IsConnect => "there is no message to delay; freeze for a time instead",
        _ when IsOnMessage && !point.IsMessage => "there is no message at this point; it takes a point such as \"firstAudio\" or \"serverMessage\"",
        _ => null,
    };
}
