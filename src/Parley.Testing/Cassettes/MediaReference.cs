using System.Globalization;
using System.Text.RegularExpressions;

namespace Parley.Testing.Cassettes;

/// <summary>What stands for audio or a picture in a message: <c>$audio:HASH@OFFSET+BYTES</c>, a part of the clip with this hash.</summary>
internal readonly partial record struct MediaReference(string Kind, string Hash, int Offset, int Bytes)
{
    internal static bool TryParse(string text, out MediaReference reference)
    {
        reference = default;
        if (!text.StartsWith('$') || Pattern().Match(text) is not { Success: true } match
            || !int.TryParse(match.Groups["offset"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            || !int.TryParse(match.Groups["bytes"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes))
        {
            return false;
        }
        reference = new MediaReference(match.Groups["kind"].Value, match.Groups["hash"].Value, offset, bytes);
        return true;
    }

    /// <summary>The text in the message.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"${Kind}:{Hash}@{Offset}+{Bytes}");

    [GeneratedRegex(@"\A\$(?<kind>audio|image|media):(?<hash>[0-9a-f]{16})@(?<offset>\d{1,10})\+(?<bytes>\d{1,10})\z")]
    private static partial Regex Pattern();
}
