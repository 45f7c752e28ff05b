using System.IO.Enumeration;
using Microsoft.Extensions.Options;
using Parley.Client;
using Parley.Protocol;

namespace Parley.Phone.Calls;

/// <summary>Finds what answers a call.</summary>
internal sealed class CallRoutes(IOptions<PhoneOptions> options)
{
    private const string DefaultModel = "gemini-3.8-live", DefaultKey = "phone";

    /// <summary>The route of a call; null if it is refused.</summary>
    internal PhoneRoute? Find(string from, string to, bool isOutbound)
    {
        var number = Digits(isOutbound ? from : to);
        var route = options.Value.Routes.FirstOrDefault(route => FileSystemName.MatchesSimpleExpression(Digits(route.Number), number));
        return route is null && options.Value.OnlyRoutes ? null : Complete(route ?? new PhoneRoute());
    }

    /// <summary>The setup of a route for a call.</summary>
    internal LiveSetup SetupOf(PhoneRoute route, PhoneCall call, LiveTool? hangUp)
    {
        string?[] instructions = [route.SystemInstruction, options.Value.DescribeCall ? CallText.Describe(call) : null];
        var instruction = string.Join("\n\n", instructions.Where(static text => !string.IsNullOrWhiteSpace(text)));
        return new LiveSetup
        {
            Model = route.Model,
            SystemInstruction = instruction.Length > 0 ? instruction : null,
            Voice = route.Voice,
            LanguageCode = route.LanguageCode,
            Tools = hangUp is null ? null : [hangUp],
            // Calls may be longer than a context without it may live.
            ContextWindowCompression = new ContextWindowCompressionConfig { SlidingWindow = new SlidingWindow() },
        };
    }

    /// <summary>The key id that a route uses.</summary>
    internal static string KeyOf(PhoneRoute route) => route.KeyId ?? DefaultKey;

    private PhoneRoute Complete(PhoneRoute route)
    {
        var fallback = options.Value.Default;
        return new PhoneRoute
        {
            Number = route.Number,
            Model = route.Model ?? fallback.Model ?? DefaultModel,
            SystemInstruction = route.SystemInstruction ?? fallback.SystemInstruction,
            Voice = route.Voice ?? fallback.Voice,
            LanguageCode = route.LanguageCode ?? fallback.LanguageCode,
            Opening = route.Opening ?? fallback.Opening,
            KeyId = route.KeyId ?? fallback.KeyId,
        };
    }

    private static string Digits(string number) =>
        string.Concat(number.Where(static c => c is not ('+' or ' ' or '-' or '.' or '(' or ')' or '?' or '\\')));
}
