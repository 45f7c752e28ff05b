namespace Parley.Server;

/// <summary>What a key may ask of an upstream, and what is asked in its name whatever its client says.</summary>
public sealed class RelayPolicy
{
    /// <summary>Keys this policy holds for: API keys as in <c>Live:ApiKeys</c>, or ids of virtual keys. Unused in the policy for all.</summary>
    public IList<string> Keys { get; } = [];

    /// <summary>Models that may be asked for, without <c>models/</c>; <c>*</c> stands for any characters. None = all. Others close with 1008.</summary>
    public IList<string> Models { get; } = [];

    /// <summary>The instruction of every session, in place of the client's; null = the client's.</summary>
    public string? SystemInstruction { get; set; }

    /// <summary>The tools of every session as the JSON of the setup's <c>tools</c>, in place of the client's; <c>[]</c> = none; null = the client's.</summary>
    public string? Tools { get; set; }

    /// <summary>Modalities that may be asked for, such as <c>AUDIO</c>; none = all. Others close with 1007.</summary>
    public IList<string> Modalities { get; } = [];

    /// <summary>Longest life of a session; <c>goAway</c> comes before, 1008 at its end. Null = a day.</summary>
    public TimeSpan? LongestSession { get; set; }

    /// <summary>Minutes of sessions a day (UTC), all sessions of the key together; then 1011. Null = any number.</summary>
    public int? MinutesPerDay { get; set; }
}
