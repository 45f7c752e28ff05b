using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Parley.Testing.Cassettes;

/// <summary>How a message is spaced: with it, JSON on one line becomes the bytes of the wire again.</summary>
/// <param name="Indent">Spaces of a level; 0 = on one line.</param>
/// <param name="End">What follows the last brace: line breaks.</param>
internal readonly record struct MessageForm(int Indent, string End)
{
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 256 };

    /// <summary>The JSON and the form of a message; null if no form gives exactly its bytes.</summary>
    internal static (JsonElement Json, MessageForm Form)? Of(ReadOnlySpan<byte> message)
    {
        var end = message.TrimEnd("\r\n "u8).Length;
        JsonElement json;
        try
        {
            json = JsonElement.Parse(message, Deep);
        }
        catch (JsonException)
        {
            return null;
        }
        foreach (var indent in (ReadOnlySpan<int>)[0, 2])
        {
            var form = new MessageForm(indent, System.Text.Encoding.ASCII.GetString(message[end..]));
            if (form.Write(json).AsSpan().SequenceEqual(message))
                return (json, form);
        }
        return null;
    }

    /// <summary>The message in this form.</summary>
    internal byte[] Write(JsonElement json)
    {
        var output = new ArrayBufferWriter<byte>();
        var options = new JsonWriterOptions
        {
            Indented = Indent > 0, IndentSize = Math.Max(1, Indent), NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 256,
        };
        using (var writer = new Utf8JsonWriter(output, options))
            json.WriteTo(writer);
        output.Write(System.Text.Encoding.ASCII.GetBytes(End));
        return output.WrittenSpan.ToArray();
    }
}
