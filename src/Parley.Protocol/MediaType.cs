using System.Buffers;
using System.Text;

namespace Parley.Protocol;

/// <summary>
/// A media type such as <c>audio/pcm;rate=16000</c>, as clients write it: in any case, with spaces, with quoted values. Reads any text and never throws.
/// </summary>
/// <param name="text">The text; null and empty are media types without a name.</param>
public readonly ref struct MediaType(ReadOnlySpan<char> text)
{
    // RFC 9110, 5.6.2.
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private readonly ReadOnlySpan<char> _text = text;

    /// <summary>Whether it is a type of audio.</summary>
    public bool IsAudio => IsOf("audio");

    /// <summary>Whether it is a type of images.</summary>
    public bool IsImage => IsOf("image");

    /// <summary>Type and subtype, such as <c>audio/pcm</c>, as written; empty if the text is no media type.</summary>
    public ReadOnlySpan<char> Name
    {
        get
        {
            var name = WrittenName;
            var slash = name.IndexOf('/');
            return slash > 0 && IsToken(name[..slash]) && IsToken(name[(slash + 1)..]) ? name : default;
        }
    }

    /// <summary>The parameters in their order; an empty one is left out.</summary>
    public MediaTypeParameters Parameters
    {
        get
        {
            var semicolon = _text.IndexOf(';');
            return new MediaTypeParameters(semicolon < 0 ? default : _text[(semicolon + 1)..]);
        }
    }

    /// <summary>Whether <see cref="Name"/> is this one, in any case.</summary>
    public bool Is(ReadOnlySpan<char> name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <summary>The media type with what is valid of it; empty if the text is no media type.</summary>
    public override string ToString()
    {
        if (Name is not { Length: > 0 } name)
            return "";
        var clean = new StringBuilder().Append(name);
        foreach (var (parameter, value) in Parameters)
        {
            if (IsToken(parameter) && IsToken(value))
                clean.Append(';').Append(parameter).Append('=').Append(value);
        }
        return clean.ToString();
    }

    private ReadOnlySpan<char> WrittenName => (_text.IndexOf(';') is >= 0 and var semicolon ? _text[..semicolon] : _text).Trim();

    private bool IsOf(ReadOnlySpan<char> type) =>
        WrittenName is var name && name.IndexOf('/') is > 0 and var slash && name[..slash].Equals(type, StringComparison.OrdinalIgnoreCase);

    private static bool IsToken(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(TokenCharacters);
}

/// <summary>Enumerates the parameters of a <see cref="MediaType"/>.</summary>
public ref struct MediaTypeParameters
{
    private ReadOnlySpan<char> _rest;

    internal MediaTypeParameters(ReadOnlySpan<char> text) => _rest = text;

    /// <summary>The current parameter.</summary>
    public MediaTypeParameter Current { get; private set; }

    /// <summary>The enumerator itself, for <c>foreach</c>.</summary>
    public readonly MediaTypeParameters GetEnumerator() => this;

    /// <summary>Moves to the next parameter; false after the last.</summary>
    public bool MoveNext()
    {
        while (!_rest.IsEmpty)
        {
            var end = EndOf(_rest);
            var parameter = _rest[..end].Trim();
            _rest = end < _rest.Length ? _rest[(end + 1)..] : default;
            if (parameter.IsEmpty)
                continue;
            var equals = parameter.IndexOf('=');
            Current = equals < 0
                ? new MediaTypeParameter(parameter, default)
                : new MediaTypeParameter(parameter[..equals].TrimEnd(), Unquoted(parameter[(equals + 1)..].TrimStart()));
            return true;
        }
        return false;
    }

    // A semicolon in quotes does not end a parameter. Quotes that are never closed end with the text.
    private static int EndOf(ReadOnlySpan<char> text)
    {
        var quoted = false;
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '"')
                quoted = !quoted;
            else if (quoted && text[at] == '\\')
                at++;
            else if (!quoted && text[at] == ';')
                return at;
        }
        return text.Length;
    }

    private static ReadOnlySpan<char> Unquoted(ReadOnlySpan<char> value) =>
        value is ['"', .. var inner, '"'] ? inner : value;
}

/// <summary>A parameter of a <see cref="MediaType"/>.</summary>
public readonly ref struct MediaTypeParameter
{
    internal MediaTypeParameter(ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        Name = name;
        Value = value;
    }

    /// <summary>Its name, as written.</summary>
    public ReadOnlySpan<char> Name { get; }

    /// <summary>Its value without quotes; empty if it has none.</summary>
    public ReadOnlySpan<char> Value { get; }

    /// <summary>Name and value.</summary>
    public void Deconstruct(out ReadOnlySpan<char> name, out ReadOnlySpan<char> value)
    {
        name = Name;
        value = Value;
    }
}
