using System.Text.RegularExpressions;

namespace Parley.Assistant.Functions;

/// <summary>"Call the function NAME with {json}" as found in a text.</summary>
/// <param name="Name">Name as said; it need not be declared.</param>
/// <param name="Arguments">The JSON object; null if there was none or it was invalid.</param>
/// <param name="Broken">Whether an object begins but is not valid JSON.</param>
/// <param name="Words">Text after the name, if there is no JSON.</param>
internal sealed partial record CallRequest(string Name, Dictionary<string, object?>? Arguments, bool Broken, string Words)
{
    /// <summary>Most calls that a session may have open at once.</summary>
    private const int MaxRequests = 64;

    /// <summary>Finds every request in the text. Without the word "function" or "tool", only declared names count.</summary>
    public static IReadOnlyList<CallRequest> FindAll(string text, Func<string, bool> isDeclared)
    {
        var requests = new List<CallRequest>();
        for (var head = HeadPattern().Match(text); head.Success && requests.Count < MaxRequests;)
        {
            var end = head.Index + head.Length;
            var name = head.Groups["name"].Value.TrimEnd('.', ':', '-');
            var connector = ConnectorPattern().Match(text, end);
            var brace = end + connector.Length;
            var hasObject = brace < text.Length && text[brace] == '{';
            var named = head.Groups["kind"].Success || isDeclared(name)
                || (hasObject && connector.Value.Contains("with", StringComparison.OrdinalIgnoreCase));
            if (!named || name.Equals("function", StringComparison.OrdinalIgnoreCase) || name.Equals("tool", StringComparison.OrdinalIgnoreCase))
            {
                head = HeadPattern().Match(text, end);
            }
            else if (hasObject)
            {
                var arguments = JsonInText.Read(text, brace, out end);
                requests.Add(new CallRequest(name, arguments, arguments is null, ""));
                head = HeadPattern().Match(text, end);
            }
            else
            {
                head = HeadPattern().Match(text, end);
                requests.Add(new CallRequest(name, null, false, text[end..(head.Success ? head.Index : text.Length)].Trim()));
            }
        }
        return requests;
    }

    [GeneratedRegex(
        @"\b(?:call|invoke|run|execute|use)\s+(?:the\s+|my\s+|your\s+)?(?:(?<kind>function|tool)\s+(?:named\s+|called\s+)?)?[`""'“]?(?<name>[\p{L}_][\w.:-]{0,127})[`""'”]?(?:\s+(?<kind>function|tool)\b)?",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex HeadPattern();

    [GeneratedRegex(
        @"\G[\s,]*(?:with|using|passing)?(?:\s+(?:the|these|this|following|json|arguments?|args|parameters?|params|input|object))*[\s:=(`]*(?:json\s*)?",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ConnectorPattern();
}
