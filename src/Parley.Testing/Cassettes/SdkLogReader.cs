using System.Buffers.Text;
using System.Net.WebSockets;
using Parley.Server;

namespace Parley.Testing.Cassettes;

/// <summary>
/// Reads the <c>.websocket.log</c> files of the official SDKs: <c>&gt;</c> (from the client) or <c>&lt;</c>, the number of bytes, a space, the message. They have no times and
/// no closes.
/// </summary>
internal static class SdkLogReader
{
    internal static Cassette Read(string path, byte[] log)
    {
        var builder = new CassetteBuilder();
        for (var rest = SkipLines(log); rest.Length > 0; rest = SkipLines(rest))
        {
            var at = log.Length - rest.Length;
            var direction = rest[0] switch
            {
                (byte)'>' => LiveDirection.FromClient,
                (byte)'<' => LiveDirection.ToClient,
                _ => throw new CassetteException($"{path}: byte {at} begins no message. A message begins with > or <, its length and a space."),
            };
            if (!Utf8Parser.TryParse(rest[1..], out int length, out var digits) || length < 0 || digits + 2 > rest.Length || rest[1 + digits] != (byte)' '
                || length > rest.Length - digits - 2)
            {
                throw new CassetteException($"{path}: the length of the message at byte {at} is not valid, or the file was cut off.");
            }
            var message = rest.Slice(digits + 2, length);
            builder.Add(
                1, TimeSpan.Zero, direction, direction == LiveDirection.FromClient ? WebSocketMessageType.Text : WebSocketMessageType.Binary, message.ToArray());
            rest = rest[(digits + 2 + length)..];
        }
        return builder.Count > 0 ? builder.Build(recorded: null) : throw new CassetteException($"{path} contains no messages.");
    }

    private static ReadOnlySpan<byte> SkipLines(ReadOnlySpan<byte> log) => log.TrimStart("\r\n"u8);
}
