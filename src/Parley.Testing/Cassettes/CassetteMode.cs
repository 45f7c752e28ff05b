namespace Parley.Testing;

/// <summary>What a server does with a cassette. The environment variable <c>PARLEY_CASSETTE_MODE</c> (replay, record, auto, record-missing) has precedence.</summary>
public enum CassetteMode
{
    /// <summary>Plays the cassette, or records it if it does not exist. The default.</summary>
    Auto,

    /// <summary>Plays the cassette; never connects to an upstream. For continuous integration.</summary>
    Replay,

    /// <summary>Records the cassette again.</summary>
    Record,

    /// <summary>Plays the sessions that it has, and records sessions with another setup.</summary>
    RecordMissing,
}

/// <summary>When a played server message is sent.</summary>
public enum CassettePace
{
    /// <summary>As soon as the client has sent what it had sent in the recording; no time passes. The default.</summary>
    LockStep,

    /// <summary>Then, and after the recorded time, on the clock of the server.</summary>
    Original,
}
