using Parley.Protocol;
using Parley.Server;

namespace Parley.Recording;

/// <summary>Decides which sessions are recorded. Register it as a singleton. Called by many threads, before a session starts; be quick.</summary>
public interface IRecordingPolicy
{
    /// <summary>Whether to record a session. If it throws, the session is not recorded; with <see cref="RecordingOptions.Required"/> it is refused.</summary>
    /// <param name="session">The session and its caller.</param>
    /// <param name="setup">Its setup. Do not change it.</param>
    bool ShouldRecord(LiveSessionFacts session, Setup setup);
}
