namespace Parley.Client;

/// <summary>How fast recorded audio is sent.</summary>
public enum AudioPacing
{
    /// <summary>In real time, in pieces of 40 ms: what the server expects (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#23-media-encodings">protocol 2.3</see>). The default.</summary>
    RealTime,

    /// <summary>As fast as the socket accepts it. May mislead the server's activity detection.</summary>
    AsFastAsPossible,
}
