using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Parley.Protocol.Codec;

/// <summary>State of reading one message: strictness, current path, and what was kept aside.</summary>
internal sealed class DecodeContext(bool strict, bool compatible, bool skipsUnknown = false)
{
    private readonly List<(string? Name, int Index)> _path = [];

    /// <summary>Unknown names and wrong types are errors (server), or kept aside (client).</summary>
    internal bool Strict { get; } = strict;

    /// <summary>Accept the guide's forms: a string as system instruction.</summary>
    internal bool Compatible { get; } = compatible;

    /// <summary>The error for the first unknown name, if a strict reader skips them; null = all names are known.</summary>
    internal LiveProtocolException? UnknownField { get; private set; }

    /// <summary>Unknown members by path.</summary>
    internal Dictionary<string, JsonElement>? Extra { get; private set; }

    internal void Enter(string name) => _path.Add((name, 0));

    internal void Enter(int index) => _path.Add((null, index));

    internal void Leave() => _path.RemoveAt(_path.Count - 1);

    internal void LeaveTo(int depth) => _path.RemoveRange(depth, _path.Count - depth);

    internal int Depth => _path.Count;

    internal string Path
    {
        get
        {
            var text = new StringBuilder();
            foreach (var (name, index) in _path)
            {
                if (name is null)
                    text.Append(CultureInfo.InvariantCulture, $"[{index}]");
                else
                    text.Append(text.Length > 0 ? "." : "").Append(name);
            }
            return text.ToString();
        }
    }

    /// <summary>Reads an unknown member; the reader is at its name.</summary>
    internal void ReadUnknown(ref Utf8JsonReader reader)
    {
        var name = reader.GetString()!;
        if (Strict)
        {
            SkipOrThrow(UnknownName(name));
            reader.Read();
            reader.Skip();
            return;
        }
        Enter(name);
        reader.Read();
        KeepAside(ref reader);
        Leave();
    }

    /// <summary>Keeps the current value under its path.</summary>
    internal void KeepAside(ref Utf8JsonReader reader) => (Extra ??= [])[Path] = FreeJson.Read(ref reader);

    /// <summary>An unknown name is an error, unless unknown names are skipped.</summary>
    internal void SkipOrThrow(LiveProtocolException unknown)
    {
        if (!skipsUnknown)
            throw unknown;
        UnknownField ??= unknown;
    }

    internal LiveProtocolException UnknownName(string name)
    {
        var path = Path;
        var at = path.Length == 0 ? "" : $" at '{path}'";
        return new LiveProtocolException($"Invalid JSON payload received. Unknown name \"{name}\"{at}: Cannot find field.", path);
    }

    internal LiveProtocolException InvalidValue(string type, ref Utf8JsonReader reader)
    {
        var path = Path;
        var shown = reader.TokenType switch
        {
            JsonTokenType.StartObject => "Starting an object on a scalar field",
            JsonTokenType.StartArray => "Proto field is not repeating, cannot start list.",
            JsonTokenType.String => $"\"{Encoding.UTF8.GetString(reader.ValueSpan[..Math.Min(reader.ValueSpan.Length, 64)])}\"",
            _ => Encoding.UTF8.GetString(reader.ValueSpan),
        };
        return new LiveProtocolException($"Invalid value at '{path}' ({type}), {shown}", path);
    }

    internal LiveProtocolException AlreadySet(string oneOf, string jsonName)
    {
        var path = Path;
        var at = path.Length == 0 ? "" : $" at '{path}'";
        return new LiveProtocolException(
            $"Invalid value{at} (oneof), oneof field '{oneOf}' is already set. Cannot set '{jsonName}'", path);
    }
}
