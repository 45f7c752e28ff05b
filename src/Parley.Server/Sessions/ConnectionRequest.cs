using Parley.Server.Access;

namespace Parley.Server.Sessions;

/// <summary>The facts of an upgrade request.</summary>
/// <param name="Version">Version in the path: <c>v1beta</c> …</param>
/// <param name="Caller">Who calls; null if refused.</param>
/// <param name="Refusal">Why the first message is answered with a close; null if the credential is good.</param>
/// <param name="Remote">Address of the client, for the log.</param>
internal sealed record ConnectionRequest(string Version, Caller? Caller, Refusal? Refusal, string Remote);
