using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Parley.Testing.Cassettes;

/// <summary>Writes a cassette: <c>messages.jsonl</c> with a header line, a line for each connection and each entry, and the media beside it.</summary>
internal static class CassetteWriter
{
    internal const string MessagesFile = "messages.jsonl";

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 300 };

    internal static void Write(Cassette cassette, string folder)
    {
        var path = Path.GetFullPath(folder);
        if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any() && !RecordingLoader.IsCassette(path))
            throw new CassetteException($"{path} holds something else than a cassette and is not overwritten. Give another folder.");
        if (File.Exists(path))
            throw new CassetteException($"{path} is a file; a cassette is a folder. Give another name.");
        // Beside it, and then renamed: a crash leaves the old cassette or the new one.
        var written = $"{path}.{Guid.NewGuid():n}";
        try
        {
            Directory.CreateDirectory(written);
            File.WriteAllBytes(Path.Combine(written, MessagesFile), Lines(cassette));
            cassette.Media.Save(written);
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
            Directory.Move(written, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CassetteException($"The cassette {path} cannot be written: {e.Message} Give another folder.", e);
        }
        finally
        {
            if (Directory.Exists(written))
                Directory.Delete(written, recursive: true);
        }
    }

    internal static byte[] Lines(Cassette cassette)
    {
        var output = new ArrayBufferWriter<byte>();
        WriteLine(output, json =>
        {
            json.WriteNumber("cassette", Cassette.FormatVersion);
            json.WriteString("endpoint", cassette.IsVertex ? "vertex" : "gemini");
            if (cassette.Model is { } model)
                json.WriteString("model", model);
            if (cassette.Recorded is { } recorded)
                json.WriteString("recorded", recorded.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        });
        var opened = new HashSet<int>();
        foreach (var entry in cassette.Entries)
        {
            // In the order of their numbers, before their first entries.
            foreach (var connection in cassette.Connections.Where(connection => connection.Number <= entry.Connection && opened.Add(connection.Number)))
                WriteLine(output, json => WriteConnection(json, connection));
            WriteLine(output, json => WriteFrame(json, entry));
        }
        foreach (var connection in cassette.Connections.Where(connection => opened.Add(connection.Number)))
            WriteLine(output, json => WriteConnection(json, connection));
        return output.WrittenSpan.ToArray();
    }

    private static void WriteConnection(Utf8JsonWriter json, CassetteConnection connection)
    {
        json.WriteNumber("c", connection.Number);
        json.WriteString("op", "open");
        if (connection.Target is { } target)
            json.WriteString("target", target);
        if (connection.RefusedStatus is { } status)
            json.WriteNumber("status", status);
    }

    private static void WriteFrame(Utf8JsonWriter json, CassetteEntry entry)
    {
        json.WriteNumber("c", entry.Connection);
        json.WriteNumber("t", entry.Time.TotalMilliseconds / 1000);
        json.WriteString("dir", entry.IsFromClient ? "in" : "out");
        json.WriteString("op", entry.IsLost ? "lost" : entry.Type.ToString().ToLowerInvariant());
        json.WriteNumber("after", entry.After);
        if (!entry.IsMessage)
        {
            if (entry.CloseCode is not { } code)
                return;
            json.WriteNumber("code", code);
            json.WriteString("reason", entry.CloseReason);
        }
        else if (MessageForm.Of(entry.Message.Span) is { } known)
        {
            if (known.Form.Indent > 0)
                json.WriteNumber("indent", known.Form.Indent);
            if (known.Form.End.Length > 0)
                json.WriteString("end", known.Form.End);
            json.WritePropertyName("json");
            known.Json.WriteTo(json);
        }
        else if (Utf8.IsValid(entry.Message.Span))
        {
            json.WriteString("text", Encoding.UTF8.GetString(entry.Message.Span));
        }
        else
        {
            json.WriteBase64String("bytes", entry.Message.Span);
        }
    }

    private static void WriteLine(ArrayBufferWriter<byte> output, Action<Utf8JsonWriter> members)
    {
        using (var json = new Utf8JsonWriter(output, Plain))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }
        output.Write("\n"u8);
    }
}
