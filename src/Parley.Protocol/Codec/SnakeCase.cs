using System.Text;

namespace Parley.Protocol.Codec;

internal static class SnakeCase
{
    /// <summary>The proto name of a JSON name: <c>newHandle</c> is <c>new_handle</c>.</summary>
    internal static string From(string camelCase)
    {
        var text = new StringBuilder(camelCase.Length + 4);
        foreach (var c in camelCase)
        {
            if (char.IsAsciiLetterUpper(c))
                text.Append('_').Append(char.ToLowerInvariant(c));
            else
                text.Append(c);
        }
        return text.ToString();
    }
}
