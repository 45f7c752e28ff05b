namespace Parley.Client;

/// <summary>How fast recorded audio is sent.</summary>
public enum AudioPacing
{
    /// <summary>As fast as it would be spoken, in pieces of 40 ms: what the server expects (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#23-media-encodings">protocol 2.3</see>). The default.</summary>
    RealTime,

    /// <summary>As fast as the socket takes it. Activity detection of the server may be misled by it.</summary>
    AsFastAsPossible,
}
