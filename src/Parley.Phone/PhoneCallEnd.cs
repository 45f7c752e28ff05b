using Parley.Client;

namespace Parley.Phone;

/// <summary>Who or what ended a call.</summary>
public enum PhoneCallEndReason
{
    /// <summary>The caller hung up, or the carrier ended the stream.</summary>
    Caller,

    /// <summary>The model called <c>hang_up</c>.</summary>
    Model,

    /// <summary>The application called <see cref="PhoneCall.HangUpAsync"/>, or refused the call; or an operator ended it.</summary>
    Application,

    /// <summary>The session with the model ended, or did not start: <see cref="PhoneCallEnd.Session"/>.</summary>
    Session,

    /// <summary>A limit was reached: duration, or time without audio.</summary>
    Limit,

    /// <summary>The stream sent something that is not valid.</summary>
    Protocol,

    /// <summary>The connection to the carrier broke.</summary>
    Lost,
}

/// <summary>How a call ended.</summary>
/// <param name="Reason">Who or what ended it.</param>
/// <param name="Detail">The reason in words, as the carrier was told; empty if there is none.</param>
/// <param name="Duration">From the start of the stream.</param>
/// <param name="Session">How the session with the model ended; null if it did not start.</param>
public sealed record PhoneCallEnd(PhoneCallEndReason Reason, string Detail, TimeSpan Duration, SessionEnd? Session);
