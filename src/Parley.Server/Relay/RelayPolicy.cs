namespace Parley.Server;

/// <summary>Restrictions and fixed settings of sessions that a key opens on an upstream.</summary>
public sealed class RelayPolicy
{
    /// <summary>Keys that this policy applies to: API keys as in <c>Live:ApiKeys</c>, or ids of virtual keys. Ignored in <see cref="RelayOptions.Policy"/>.</summary>
    public IList<string> Keys { get; } = [];

    /// <summary>Allowed models, without <c>models/</c>; <c>*</c> stands for any characters. Empty = all. Others are closed with 1008.</summary>
    public IList<string> Models { get; } = [];

    /// <summary>System instruction of every session, in place of the client's; null = the client's.</summary>
    public string? SystemInstruction { get; set; }

    /// <summary>The tools of every session as the JSON of the setup's <c>tools</c>, in place of the client's; <c>[]</c> = none; null = the client's.</summary>
    public string? Tools { get; set; }

    /// <summary>Allowed response modalities, such as <c>AUDIO</c>; empty = all. Others are closed with 1007.</summary>
    public IList<string> Modalities { get; } = [];

    /// <summary>Longest duration of a session: <c>goAway</c> is sent before its end, then 1008. Null = a day.</summary>
    public TimeSpan? LongestSession { get; set; }

    /// <summary>Minutes per day (UTC) of all sessions of the key together; then 1011. Null = unlimited.</summary>
    public int? MinutesPerDay { get; set; }
}
