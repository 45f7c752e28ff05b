namespace Parley.Phone.Carriers;

/// <summary>The messages of a carrier, whatever it calls them.</summary>
internal enum StreamEvent
{
    /// <summary>Not known, and ignored: carriers add messages.</summary>
    Unknown,

    /// <summary>The first message of Twilio and Telnyx, without content.</summary>
    Connected,

    Start,
    Media,
    Dtmf,

    /// <summary>A mark (<c>mark</c>, <c>playedStream</c>) was reached.</summary>
    Mark,

    Stop,

    /// <summary>The carrier could not use what it was sent (Telnyx).</summary>
    Error,
}
