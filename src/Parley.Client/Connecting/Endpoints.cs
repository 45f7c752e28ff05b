namespace Parley.Client.Connecting;

/// <summary>The addresses of the API (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#11-urls">protocol 1.1</see>).</summary>
internal sealed class Endpoints(Uri baseAddress, string version)
{
    private const string Method = "BidiGenerateContent", ConstrainedMethod = "BidiGenerateContentConstrained";

    internal Uri Live(bool constrained, string? query) =>
        Build(web: false, $"ws/google.ai.generativelanguage.{version}.GenerativeService.{(constrained ? ConstrainedMethod : Method)}", query);

    internal Uri Rest(string resource, string? query) => Build(web: true, $"{version}/{resource}", query);

    private Uri Build(bool web, string path, string? query)
    {
        var secure = baseAddress.Scheme is "https" or "wss";
        return new UriBuilder(baseAddress)
        {
            Scheme = (web, secure) switch { (true, true) => "https", (true, false) => "http", (false, true) => "wss", _ => "ws" },
            Port = baseAddress.IsDefaultPort ? -1 : baseAddress.Port,
            Path = baseAddress.AbsolutePath.TrimEnd('/') + "/" + path,
            Query = query ?? "",
            Fragment = "",
        }.Uri;
    }
}
