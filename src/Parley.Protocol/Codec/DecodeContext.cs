using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Parley.Protocol.Codec;

/// <summary>State of reading one message: strictness, current path, and what was kept aside.</summary>
internal sealed class DecodeContext(bool strict, bool compatible, bool skipsUnknown = false)
{
    private readonly List<(string? Name, int Index)> _path = [];
    private int _elements;
    private int _freeValues;

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

    /// <summary>Counts an element of a list or map, and an unknown member that is kept.</summary>
    /// <exception cref="LiveProtocolException">The message has too many.</exception>
    internal void CountElement()
    {
        if (++_elements > LiveCodec.MaxElements)
            throw TooMany(LiveCodec.MaxElements, "elements in lists and maps");
    }

    /// <summary>Counts a name or value of free JSON, and the end of an object or list.</summary>
    /// <exception cref="LiveProtocolException">The message has too many.</exception>
    internal void CountFreeValue()
    {
        if (++_freeValues > LiveCodec.MaxFreeValues)
            throw TooMany(LiveCodec.MaxFreeValues, "values in free JSON");
    }

    /// <summary>Reads an unknown member; the reader is at its name.</summary>
    internal void ReadUnknown(ref Utf8JsonReader reader)
    {
        var name = reader.GetString()!;
        if (Strict)
        {
            if (UnknownField is null)
                SkipOrThrow(UnknownName(name));
            reader.Read();
            reader.Skip();
            return;
        }
        Enter(name);
        reader.Read();
        CountElement();
        KeepAside(ref reader);
        Leave();
    }

    /// <summary>Keeps the current value under its path.</summary>
    internal void KeepAside(ref Utf8JsonReader reader) => (Extra ??= [])[Path] = FreeJson.Read(ref reader, this);

    /// <summary>An unknown name is an error, unless unknown names are skipped.</summary>
    internal void SkipOrThrow(LiveProtocolException unknown)
    {
        if (!skipsUnknown)
            throw unknown;
        UnknownField ??= unknown;
    }

    /// <summary>
    /// Whether a strict reader skips the current value because it is only an enum name that it does not know. Throws unless
    /// unknown names are skipped; false if the value is of another kind.
    /// </summary>
    internal bool SkipsEnumName(ValueCodec codec, ref Utf8JsonReader reader)
    {
        if ((codec.Names ?? codec.Element?.Names) is null || reader.TokenType != JsonTokenType.String)
            return false;
        if (!skipsUnknown || UnknownField is null)
            SkipOrThrow(InvalidValue(codec, ref reader));
        return true;
    }

    internal LiveProtocolException UnknownName(string name)
    {
        var path = Path;
        var at = path.Length == 0 ? "" : $" at '{path}'";
        return new LiveProtocolException($"Invalid JSON payload received. Unknown name \"{name}\"{at}: Cannot find field.", path);
    }

    /// <summary>The error for the current value, which is of another type than <paramref name="codec"/> reads.</summary>
    /// <param name="codec">What was expected.</param>
    /// <param name="reader">At the value.</param>
    /// <param name="name">The name of the field as the sender spelled it; null if the value is inside the field.</param>
    internal LiveProtocolException InvalidValue(ValueCodec codec, ref Utf8JsonReader reader, string? name = null)
    {
        var path = Path;
        var type = codec.TypeName;
        if (reader.TokenType == JsonTokenType.StartArray && codec.IsMap && name is not null)
            return new LiveProtocolException($"Invalid value at '{path}' (Map), Cannot bind a list to map for field '{name}'.", path);
        if (reader.TokenType == JsonTokenType.StartArray)
            return UnexpectedList(name);
        var shown = reader.TokenType switch
        {
            JsonTokenType.StartObject => "Starting an object on a scalar field",
            JsonTokenType.String => $"\"{Encoding.UTF8.GetString(reader.ValueSpan[..Math.Min(reader.ValueSpan.Length, 64)])}\"",
            _ => Encoding.UTF8.GetString(reader.ValueSpan),
        };
        return new LiveProtocolException($"Invalid value at '{path}' ({type}), {shown}", path);
    }

    // The service reports a list in place of one value as a name that it does not know, at the message around it.
    private LiveProtocolException UnexpectedList(string? name)
    {
        var path = Path;
        if (_path is [.., (not null, _)])
        {
            name ??= _path[^1].Name;
            LeaveTo(Depth - 1);
        }
        var at = Path is { Length: > 0 } outer ? $" at '{outer}'" : "";
        return new LiveProtocolException(
            $"Invalid JSON payload received. Unknown name \"{name}\"{at}: Proto field is not repeating, cannot start list.", path);
    }

    private LiveProtocolException TooMany(int limit, string what) =>
        new(string.Create(CultureInfo.InvariantCulture, $"Invalid JSON payload received. More than {limit} {what}."), Path);

    internal LiveProtocolException AlreadySet(string oneOf, string jsonName)
    {
        var path = Path;
        var at = path.Length == 0 ? "" : $" at '{path}'";
        return new LiveProtocolException(
            $"Invalid value{at} (oneof), oneof field '{oneOf}' is already set. Cannot set '{jsonName}'", path);
    }
}
