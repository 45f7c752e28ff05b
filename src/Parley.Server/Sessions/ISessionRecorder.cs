using Parley.Protocol;

namespace Parley.Server.Sessions;

/// <summary>Records sessions on this server. There is at most one; Parley.Recording has it.</summary>
internal interface ISessionRecorder
{
    /// <summary>Value of the header <see cref="RecordingHeader.Name"/> in the answer to an upgrade; null = no header.</summary>
    string? UpgradeHeader { get; }

    /// <summary>Called before the model of a session starts.</summary>
    /// <param name="session">The session.</param>
    /// <param name="start">Its setup and caller.</param>
    /// <param name="close">Ends the session, if it must be recorded and can no longer be.</param>
    /// <returns>Its recording; null if it is not recorded.</returns>
    /// <exception cref="LiveCloseException">It must be recorded, and cannot be.</exception>
    ISessionRecording? Begin(LiveSessionFacts session, LiveModelStart start, Action<LiveClose> close);
}

/// <summary>The recording of a session on one connection. Called by the reader and the writer of the connection; never waits.</summary>
internal interface ISessionRecording
{
    /// <summary>What a new session begins with, before anything of the model; empty = nothing.</summary>
    IReadOnlyList<LiveSessionResponse> Announcement { get; }

    /// <summary>Length of the audio of <see cref="Announcement"/>.</summary>
    TimeSpan AnnouncementLength { get; }

    /// <summary>A whole message, as it is received or sent.</summary>
    /// <param name="direction">Who sent it.</param>
    /// <param name="payload">Its bytes; valid during the call only.</param>
    void Message(LiveDirection direction, ReadOnlySpan<byte> payload);

    /// <summary>The connection has ended. Nothing is called after it.</summary>
    void End(in SessionRecordingEnd end);
}

/// <summary>How a recorded connection ended.</summary>
/// <param name="Code">Close code; 1006 if the client left without one.</param>
/// <param name="Reason">Close reason of the server.</param>
/// <param name="Cause">Who ended it: <c>client</c>, <c>server</c> or <c>upstream</c>.</param>
/// <param name="MayResume">Whether the session can be resumed.</param>
/// <param name="PromptTokens">Tokens of input.</param>
/// <param name="ResponseTokens">Tokens of output.</param>
/// <param name="Cost">Cost; null if it is not known.</param>
internal readonly record struct SessionRecordingEnd(int Code, string Reason, string Cause, bool MayResume, long PromptTokens, long ResponseTokens, decimal? Cost);

/// <summary>The header that says that calls are recorded.</summary>
internal static class RecordingHeader
{
    internal const string Name = "Parley-Recording";
}
