using System.Text;
using System.Text.Json;

namespace Parley.Testing.Conformance.Sockets;

/// <summary>What a server sent: a whole message, or its close.</summary>
/// <param name="Opcode">1 text, 2 binary, 8 close, 10 pong; −1 = the connection ended without a close.</param>
/// <param name="Payload">Its bytes.</param>
internal sealed record ProbeMessage(int Opcode, ReadOnlyMemory<byte> Payload)
{
    internal const int Text = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10, Lost = -1;

    private JsonElement? _json;

    internal bool IsEnd => Opcode is Close or Lost;

    /// <summary>The JSON of the message; an undefined element if it is none.</summary>
    internal JsonElement Json => _json ??= Parse();

    internal int? CloseCode => Opcode == Close && Payload.Length >= 2 ? (Payload.Span[0] << 8) | Payload.Span[1] : null;

    internal string CloseReason => Opcode == Close && Payload.Length > 2 ? Encoding.UTF8.GetString(Payload.Span[2..]) : "";

    /// <summary>Whether the message is an object with this member.</summary>
    internal bool Has(string name) => Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty(name, out _);

    /// <summary>The member at a path; null if there is none.</summary>
    internal JsonElement? At(params ReadOnlySpan<string> path)
    {
        var value = Json;
        foreach (var name in path)
        {
            if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(name, out value))
                return null;
        }
        return value.ValueKind == JsonValueKind.Undefined ? null : value;
    }

    /// <summary>Whether a boolean of <c>serverContent</c> is true.</summary>
    internal bool Content(string name) => At("serverContent", name) is { ValueKind: JsonValueKind.True };

    public override string ToString() => Opcode switch
    {
        Lost => "end of the connection without a close",
        Close => $"close {CloseCode?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "without code"} \"{CloseReason}\"",
        _ => Encoding.UTF8.GetString(Payload.Span),
    };

    private JsonElement Parse()
    {
        try
        {
            return JsonElement.Parse(Payload.Span);
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
