namespace Parley.Testing.Conformance.Running;

/// <summary>A check found that a requirement is not met.</summary>
internal sealed class CheckFailedException(string message) : Exception(message);

/// <summary>A check cannot say anything about this server.</summary>
internal sealed class CheckSkippedException(string reason) : Exception(reason);
