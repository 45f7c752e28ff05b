using System.Collections.ObjectModel;
using Parley.Server.Access;
using Parley.Server.Wire;

namespace Parley.Server.Sessions;

/// <summary>The facts of an upgrade request.</summary>
/// <param name="Version">API version of the path: <c>v1beta</c> …</param>
/// <param name="Caller">Who calls; null if refused.</param>
/// <param name="Refusal">Why the first message is answered with a close; null if the credential is good.</param>
/// <param name="Remote">Address of the client, for the log.</param>
internal sealed record ConnectionRequest(string Version, Caller? Caller, Refusal? Refusal, string Remote)
{
    /// <summary>Headers that a relay may pass on.</summary>
    internal IReadOnlyDictionary<string, string> ForwardedHeaders { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Who takes part in calls of this endpoint.</summary>
    internal IReadOnlyList<ILiveCallHandler> CallHandlers { get; init; } = [];

    /// <summary>The client is in this process: there is no other server that it could go to.</summary>
    internal bool IsInProcess { get; init; }

    /// <summary>How the messages of this client differ; null = not at all.</summary>
    internal VertexDialect? Dialect { get; init; }
}
