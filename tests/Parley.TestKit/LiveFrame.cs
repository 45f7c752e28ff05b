using System.Net.WebSockets;
using System.Text.Json;

namespace Parley.TestKit;

/// <param name="Json">The message, independent of any buffer.</param>
/// <param name="Type">Text or binary; the real service sends its JSON in binary frames.</param>
public sealed record LiveFrame(JsonElement Json, WebSocketMessageType Type)
{
    /// <summary>Whether the message has this member at its top, e.g. <c>setupComplete</c>.</summary>
    public bool Has(string member) => Json.TryGetProperty(member, out _);

    /// <summary>The value at a path of members, e.g. <c>At("serverContent", "turnComplete")</c>; null if a member is missing.</summary>
    public JsonElement? At(params ReadOnlySpan<string> members)
    {
        var value = Json;
        foreach (var member in members)
        {
            if (value.ValueKind is not JsonValueKind.Object || !value.TryGetProperty(member, out value))
                return null;
        }

        return value;
    }
}

/// <summary>How the server ended the session.</summary>
/// <param name="Code">WebSocket close code; 1005 if the close frame has none.</param>
public sealed record LiveClose(int Code, string Reason);
