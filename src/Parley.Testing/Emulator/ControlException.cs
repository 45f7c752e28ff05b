namespace Parley.Testing.Emulator;

/// <summary>A request that the control API refuses.</summary>
internal sealed class ControlException(int code, string status, string message) : Exception(message)
{
    internal static ControlException InvalidArgument(string message) => new(400, "INVALID_ARGUMENT", message);

    internal int Code { get; } = code;

    internal string Status { get; } = status;
}
