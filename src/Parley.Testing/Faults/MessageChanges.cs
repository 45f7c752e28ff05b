using System.Text.Json;
using System.Text.Json.Nodes;
using Parley.Server;

namespace Parley.Testing.Faults;

/// <summary>What faults do to the bytes of messages.</summary>
internal static class MessageChanges
{
    /// <summary>A control character, which JSON allows nowhere.</summary>
    private const byte NoJson = 1;

    internal static List<WireMessage> Apply(FaultAction action, List<WireMessage> messages, Random random) => action.Kind switch
    {
        FaultKind.Drop => [],
        FaultKind.Duplicate => [.. messages, .. messages],
        FaultKind.Truncate => messages.ConvertAll(message => message with { Payload = message.Payload[..Length(action, message.Payload.Length, random)] }),
        FaultKind.Corrupt => messages.ConvertAll(message => message with { Payload = Corrupt(message.Payload, random) }),
        _ => messages,
    };

    /// <summary>How much of a message is sent: never all of it.</summary>
    internal static int Length(FaultAction action, int length, Random random) => Math.Min(action.Bytes ?? random.Next(length), Math.Max(0, length - 1));

    /// <summary>Bytes that begin with a reserved bit, so that no WebSocket takes them for a frame.</summary>
    internal static byte[] Garbage(FaultAction action, Random random)
    {
        var bytes = new byte[action.Bytes.GetValueOrDefault()];
        random.NextBytes(bytes);
        bytes[0] |= 0x70;
        return bytes;
    }

    /// <summary>A setup with a handle that no server has issued.</summary>
    internal static ReadOnlyMemory<byte> LoseHandle(ReadOnlyMemory<byte> setup)
    {
        if (JsonNode.Parse(setup.Span)?["setup"] is not JsonObject inner
            || (inner["sessionResumption"] ?? inner["session_resumption"]) is not JsonObject resumption)
        {
            return setup;
        }
        resumption["handle"] = "lost-" + new string('0', Math.Max(1, (resumption["handle"]?.ToString().Length ?? 0) - 5));
        return JsonSerializer.SerializeToUtf8Bytes(inner.Root, FaultJson.Default.JsonNode);
    }

    private static byte[] Corrupt(ReadOnlyMemory<byte> payload, Random random)
    {
        var bytes = payload.ToArray();
        // A text message stays UTF-8: WebSockets check that.
        var first = bytes.Length == 0 ? 0 : random.Next(bytes.Length);
        for (var i = 0; i < bytes.Length; i++)
        {
            var at = (first + i) % bytes.Length;
            if (bytes[at] >= 0x80)
                continue;
            bytes[at] = NoJson;
            break;
        }
        return bytes;
    }
}
