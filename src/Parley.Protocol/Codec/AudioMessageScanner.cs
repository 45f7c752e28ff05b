using System.Buffers.Text;
using System.Text;

namespace Parley.Protocol.Codec;

/// <summary>
/// Finds audio in messages that are formatted unlike ours: indented, members in another order, the other spelling.
/// It handles neither escapes nor other members. At the first of them it gives up, and the whole message is parsed.
/// </summary>
internal ref struct AudioMessageScanner
{
    /// <summary>Enough for any reasonable list of parameters; a message with a longer media type is parsed.</summary>
    private const int MaxMimeTypeBytes = 64;

    private static ReadOnlySpan<byte> RatePrefix => "audio/pcm;rate="u8;

    private readonly ReadOnlySpan<byte> _text;
    private readonly ReadOnlySpan<byte> _closers;
    private int _at;

    /// <summary>Scans a message in which <paramref name="closers"/> follow the data when nothing else does.</summary>
    private AudioMessageScanner(ReadOnlySpan<byte> text, ReadOnlySpan<byte> closers)
    {
        _text = text;
        _closers = closers;
    }

    internal static bool TryFindInput(ReadOnlySpan<byte> message, out AudioChunk chunk)
    {
        var scanner = new AudioMessageScanner(message, "}}}"u8);
        chunk = default;
        return scanner.Open() && scanner.Name("realtimeInput"u8, "realtime_input"u8)
            && scanner.Open() && scanner.Name("audio"u8, "audio"u8)
            && scanner.Blob(isInput: true, out chunk)
            && scanner.Token((byte)'}') && scanner.Token((byte)'}') && scanner.AtEnd();
    }

    internal static bool TryFindOutput(ReadOnlySpan<byte> message, out AudioChunk chunk)
    {
        var scanner = new AudioMessageScanner(message, "}}]}}}"u8);
        chunk = default;
        if (!scanner.Open() || !scanner.Name("serverContent"u8, "server_content"u8) || !scanner.Open() || !scanner.Name("modelTurn"u8, "model_turn"u8) || !scanner.Open())
            return false;
        scanner.Role(before: true);
        if (!scanner.Name("parts"u8, "parts"u8) || !scanner.Token((byte)'[') || !scanner.Open() || !scanner.Name("inlineData"u8, "inline_data"u8)
            || !scanner.Blob(isInput: false, out chunk) || !scanner.Token((byte)'}') || !scanner.Token((byte)']'))
        {
            return false;
        }

        scanner.Role(before: false);
        return scanner.Token((byte)'}') && scanner.Token((byte)'}') && scanner.Token((byte)'}') && scanner.AtEnd();
    }

    // "role":"model", before the parts, or ,"role":"model" after them.
    private void Role(bool before)
    {
        var start = _at;
        if ((before || Token((byte)',')) && Name("role"u8, "role"u8) && String(out var role) && role.SequenceEqual("model"u8) && (!before || Token((byte)',')))
            return;
        _at = start;
    }

    private bool Blob(bool isInput, out AudioChunk chunk)
    {
        chunk = default;
        if (!Open())
            return false;
        ReadOnlySpan<byte> mimeType = default, data = default;
        bool hasMimeType = false, hasData = false;
        do
        {
            if (!String(out var name) || !Token((byte)':') || !Value(name, hasMimeType, out var value))
                return false;
            if (!hasMimeType && (name.SequenceEqual("mimeType"u8) || name.SequenceEqual("mime_type"u8)))
            {
                mimeType = value;
                hasMimeType = true;
            }
            else if (!hasData && name.SequenceEqual("data"u8))
            {
                data = value;
                hasData = true;
            }
            else
            {
                return false;
            }
        }
        while (Token((byte)','));
        if (!Token((byte)'}') || !hasMimeType || !hasData || !TryParseRate(mimeType, isInput, out var rateHz))
            return false;
        chunk = new AudioChunk(data, rateHz);
        return true;
    }

    private static bool TryParseRate(ReadOnlySpan<byte> mimeType, bool isInput, out int rateHz)
    {
        rateHz = isInput ? AudioFormat.InputRateHz : AudioFormat.OutputRateHz;
        if (mimeType.SequenceEqual("audio/pcm"u8))
            return true;
        if (mimeType.StartsWith(RatePrefix) && Utf8Parser.TryParse(mimeType[RatePrefix.Length..], out rateHz, out var digits)
            && RatePrefix.Length + digits == mimeType.Length && char.IsAsciiDigit((char)mimeType[RatePrefix.Length]))
        {
            return rateHz is >= AudioFormat.MinRateHz and <= AudioFormat.MaxRateHz;
        }
        // Text that is not plain ASCII may not be valid JSON.
        if (mimeType.Length > MaxMimeTypeBytes || mimeType.ContainsAnyExceptInRange((byte)' ', (byte)'~'))
            return false;
        Span<char> text = stackalloc char[MaxMimeTypeBytes];
        var length = Encoding.ASCII.GetChars(mimeType, text);
        return isInput
            ? AudioFormat.TryParseInputRate(text[..length], out rateHz)
            : AudioFormat.TryParseRate(text[..length], AudioFormat.OutputRateHz, out rateHz);
    }

    private bool Open() => Token((byte)'{');

    private bool Name(ReadOnlySpan<byte> jsonName, ReadOnlySpan<byte> protoName) =>
        String(out var name) && (name.SequenceEqual(jsonName) || name.SequenceEqual(protoName)) && Token((byte)':');

    // Base64 that is the last string of the message ends at the last quote. It is found from the end without reading its characters, which
    // the decoder reads anyway. If more than brackets follows that quote, the end is searched from the start.
    private bool Value(ReadOnlySpan<byte> name, bool hasMimeType, out ReadOnlySpan<byte> value)
    {
        if (!hasMimeType || !name.SequenceEqual("data"u8) || !Token((byte)'"'))
            return String(out value);
        var start = _at;
        var end = _text.LastIndexOf((byte)'"');
        if (end >= start && OnlyClosersFollow(end + 1))
        {
            value = _text[start..end];
            _at = end + 1;
            return true;
        }
        _at = start - 1;
        return String(out value);
    }

    private bool OnlyClosersFollow(int at)
    {
        _at = at;
        foreach (var closer in _closers)
        {
            if (!Token(closer))
                return false;
        }
        return AtEnd();
    }

    private bool String(out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!Token((byte)'"'))
            return false;
        var rest = _text[_at..];
        var end = rest.IndexOfAny((byte)'"', (byte)'\\');
        if (end < 0 || rest[end] != (byte)'"')
            return false;
        value = rest[..end];
        _at += end + 1;
        return true;
    }

    private bool Token(byte token)
    {
        SkipSpace();
        if (_at >= _text.Length || _text[_at] != token)
            return false;
        _at++;
        return true;
    }

    private bool AtEnd()
    {
        SkipSpace();
        return _at == _text.Length;
    }

    private void SkipSpace()
    {
        while (_at < _text.Length)
        {
            if (_text[_at] == (byte)' ')
            {
                var spaces = _text[_at..].IndexOfAnyExcept((byte)' ');
                _at = spaces < 0 ? _text.Length : _at + spaces;
            }
            else if (_text[_at] is (byte)'\n' or (byte)'\r' or (byte)'\t')
            {
                _at++;
            }
            else
            {
                return;
            }
        }
    }
}
