using System.Buffers;
using System.Text.Json.Nodes;
using Parley.Protocol;

namespace Parley.Client.Checks;

/// <summary>A setup as it goes on the wire, with the caller's overrides applied.</summary>
internal static class SetupJson
{
    /// <summary>
    /// Encodes the setup and applies the overrides: objects are merged, null removes a member, anything else replaces it.
    /// </summary>
    internal static JsonObject Merge(Setup setup, JsonObject? overrides)
    {
        var buffer = new ArrayBufferWriter<byte>();
        LiveCodec.Encode(setup, buffer);
        var wire = JsonNode.Parse(buffer.WrittenSpan)!.AsObject();
        if (overrides is not null)
            Merge(wire, overrides);
        return wire;
    }

    private static void Merge(JsonObject target, JsonObject source)
    {
        foreach (var (name, value) in source)
        {
            if (value is null)
                target.Remove(name);
            else if (value is JsonObject inner && target[name] is JsonObject existing)
                Merge(existing, inner);
            else
                target[name] = value.DeepClone();
        }
    }
}
