using System.Text.Json;

namespace Parley.Testing.Cassettes;

/// <summary>A line of a recording: a JSON object whose members are read with errors that name file, line and member.</summary>
internal readonly struct LineFields
{
    private readonly JsonElement _line;

    private LineFields(JsonElement line, string file, int number) => (_line, File, Number) = (line, file, number);

    private string File { get; }

    private int Number { get; }

    /// <exception cref="CassetteException">The line is not a JSON object.</exception>
    internal static LineFields Parse(string line, string file, int number)
    {
        try
        {
            var json = JsonElement.Parse(line, new JsonDocumentOptions { MaxDepth = 300 });
            if (json.ValueKind == JsonValueKind.Object)
                return new LineFields(json, file, number);
        }
        catch (JsonException e)
        {
            throw new CassetteException($"{file}, line {number} is not JSON: {e.Message}", e);
        }
        throw new CassetteException($"{file}, line {number} is not a JSON object.");
    }

    internal CassetteException Wrong(string what) => new($"{File}, line {Number}: {what}");

    internal bool Has(string name) => _line.TryGetProperty(name, out _);

    internal JsonElement? Json(string name) => _line.TryGetProperty(name, out var value) ? value : null;

    internal string? Text(string name) => _line.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? Read(value, static v => v.GetString()!, name) : null;

    internal string RequiredText(string name) => Text(name) ?? throw Wrong($"the text \"{name}\" is missing.");

    internal int? Int(string name) => _line.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;

    internal int RequiredInt(string name, int least, int most) =>
        Int(name) is { } number && number >= least && number <= most ? number : throw Wrong($"\"{name}\" must be a whole number from {least} to {most}.");

    /// <summary>A time in seconds.</summary>
    internal TimeSpan Time(string name)
    {
        if (_line.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds) && seconds is >= 0 and < 1e9)
            return TimeSpan.FromMilliseconds(Math.Round(seconds * 1000));
        throw Wrong($"\"{name}\" must be a time in seconds.");
    }

    internal byte[] Bytes(string name)
    {
        var text = RequiredText(name);
        var bytes = new byte[(text.Length / 4 * 3) + 3];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : throw Wrong($"\"{name}\" is not base64.");
    }

    private T Read<T>(JsonElement value, Func<JsonElement, T> read, string name)
    {
        try
        {
            return read(value);
        }
        catch (InvalidOperationException)
        {
            throw Wrong($"\"{name}\" is not valid text.");
        }
    }
}
