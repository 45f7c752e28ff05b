using System.Buffers;

namespace Parley.Server.Relay;

/// <summary>Headers of the upgrade request to an upstream, beside its key: configured ones, and those of the client that are passed on.</summary>
internal static class UpstreamHeaders
{
    /// <summary>Longest value that is passed on; a longer one is left out.</summary>
    internal const int MaxValueLength = 1_024;

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    private static readonly SearchValues<char> ValueCharacters = SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(static c => (char)c)]);

    // Headers of the connection itself (RFC 9110 7.6.1, RFC 6455), of proxies, and of the trace, which the gateway writes.
    private static readonly string[] Reserved =
    [
        "host", "connection", "upgrade", "keep-alive", "te", "trailer", "transfer-encoding", "content-length", "expect", "origin", "forwarded", "via", "traceparent", "tracestate", "baggage",
    ];

    private static readonly string[] ReservedPrefixes = ["sec-", "proxy-", "x-forwarded-"];

    private static readonly string[] CredentialWords = ["authorization", "api-key", "apikey", "token", "cookie", "secret", "password", "credential"];

    /// <summary>What is wrong with the name of a header; null = it may be configured or passed on.</summary>
    internal static string? Check(string name)
    {
        if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(NameCharacters))
            return $"'{name}' is not the name of a header.";
        if (Array.Exists(CredentialWords, word => name.Contains(word, StringComparison.OrdinalIgnoreCase)))
            return $"{name} carries a credential, which is not passed on. Set the upstream's Key or KeyFile.";
        return Reserved.Contains(name, StringComparer.OrdinalIgnoreCase) || Array.Exists(ReservedPrefixes, prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            ? $"{name} belongs to the connection, so it cannot be set or passed on."
            : null;
    }

    /// <summary>Whether a text can be the value of a header.</summary>
    internal static bool IsValue(string value) => value.Length > 0 && !value.AsSpan().ContainsAnyExcept(ValueCharacters);

    /// <summary>The headers for an upstream.</summary>
    /// <param name="upstream">Its options.</param>
    /// <param name="client">Headers of the client, by name in any case.</param>
    internal static IEnumerable<(string Name, string Value)> For(UpstreamOptions upstream, IReadOnlyDictionary<string, string> client)
    {
        foreach (var (name, value) in upstream.Headers)
            yield return (name, value);
        foreach (var name in upstream.ForwardHeaders)
        {
            // A value that cannot be sent must not make the upstream look unavailable.
            if (client.TryGetValue(name, out var value) && value.Length <= MaxValueLength && IsValue(value))
                yield return (name, value);
        }
    }
}
