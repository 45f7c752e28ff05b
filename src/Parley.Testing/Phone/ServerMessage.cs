namespace Parley.Testing.Phone;

internal enum ServerMessageKind
{
    Invalid,
    Audio,
    Mark,
    Clear,
}

/// <summary>A message of the server, as the carrier understands it.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Payload">Encoded audio; empty for other kinds.</param>
/// <param name="Text">Name of a mark, or what is wrong.</param>
internal readonly record struct ServerMessage(ServerMessageKind Kind, byte[] Payload, string Text)
{
    internal static ServerMessage Clear { get; } = new(ServerMessageKind.Clear, [], "");

    internal static ServerMessage Audio(byte[] payload) => new(ServerMessageKind.Audio, payload, "");

    internal static ServerMessage Mark(string name) => new(ServerMessageKind.Mark, [], name);

    internal static ServerMessage Invalid(string problem) => new(ServerMessageKind.Invalid, [], problem);
}
