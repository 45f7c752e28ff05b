namespace Parley.Phone;

/// <summary>A carrier whose media streams are understood; its name in lower case is part of the paths.</summary>
public enum PhoneCarrier
{
    /// <summary>Twilio Media Streams, opened by <c>&lt;Connect&gt;&lt;Stream&gt;</c>.</summary>
    Twilio,

    /// <summary>Telnyx media streaming, opened by Call Control or TeXML, in RTP mode.</summary>
    Telnyx,

    /// <summary>Plivo audio streaming, opened by <c>&lt;Stream bidirectional="true"&gt;</c>.</summary>
    Plivo,
}
