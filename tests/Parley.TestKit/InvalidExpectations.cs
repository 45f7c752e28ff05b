using System.Net.WebSockets;
using System.Text.Json;
using Parley.TestKit.Internal;

namespace Parley.TestKit;

/// <summary>The records of <c>invalid.expectations.json</c>.</summary>
public sealed record InvalidExpectations(
    IReadOnlyList<InvalidMessage> Files,
    IReadOnlyList<RawFrame> RawFrames,
    IReadOnlyList<InvalidHandshake> Handshakes)
{
    public InvalidMessage File(string file) => Files.Single(entry => entry.File == file);

    public RawFrame RawFrame(string name) => RawFrames.Single(entry => entry.Name == name);

    public InvalidHandshake Handshake(string name) => Handshakes.Single(entry => entry.Name == name);

    internal static InvalidExpectations Parse(ReadOnlySpan<byte> utf8) => ExpectationsReader.Read(JsonElement.Parse(utf8));
}

/// <summary>One <c>invalid.*</c> file.</summary>
/// <param name="File">Name of the example.</param>
/// <param name="State">When the message is sent, in words: "first message", "after setupComplete, strict mode" …</param>
/// <param name="Direction">The sender; messages that a server must never send have no close.</param>
/// <param name="Close">The expected close; null if the message must not end the session.</param>
/// <param name="SchemaValid">Whether the message alone passes <c>ClientMessage</c> (or <c>ServerMessage</c>).</param>
/// <param name="SchemaNote">Further expectation of the schema, e.g. "StrictClientMessage must fail".</param>
/// <param name="CompatibilityMode">What a server in compatibility mode does instead; null = it closes too.</param>
/// <param name="Note">Advice of the protocol description.</param>
public sealed record InvalidMessage(
    string File,
    string State,
    WireDirection Direction,
    ExpectedClose? Close,
    bool SchemaValid,
    string? SchemaNote,
    string? CompatibilityMode,
    string? Note);

/// <summary>A WebSocket message that is not a JSON file: broken text, broken UTF-8, oversized.</summary>
/// <param name="Payload">For "oversized": valid JSON of the length the file asks for.</param>
public sealed record RawFrame(
    string Name,
    WebSocketMessageType Type,
    ReadOnlyMemory<byte> Payload,
    string State,
    ExpectedClose? Close,
    string? Note);

/// <summary>A connection attempt that must not lead to a session.</summary>
/// <param name="Request">Credentials or path, in words.</param>
/// <param name="Status">HTTP status of the upgrade: 101 when the refusal comes as a close.</param>
/// <param name="Then">What the client does after the upgrade, in words.</param>
public sealed record InvalidHandshake(string Name, string Request, int Status, string? Then, ExpectedClose? Close);
