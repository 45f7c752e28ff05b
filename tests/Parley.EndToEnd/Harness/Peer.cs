namespace Parley.EndToEnd.Harness;

/// <summary>Runs scripts in other languages against a server.</summary>
internal static class Peer
{
    private const string Python = "/usr/bin/python3";

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(180);

    public static Task<ScriptFacts> RunJavaScriptAsync(ParleyProcess server, string script, CancellationToken cancellationToken) =>
        RunJavaScriptAsync([script], EnvironmentOf(server), cancellationToken);

    public static Task<ScriptFacts> RunJavaScriptAsync(Uri server, string script, CancellationToken cancellationToken) =>
        RunJavaScriptAsync([script], EnvironmentOf(server), cancellationToken);

    /// <summary>Runs a script that knows its servers by its arguments. The first element is its name, the others are its arguments.</summary>
    public static Task<ScriptFacts> RunJavaScriptAsync(string[] script, CancellationToken cancellationToken) => RunJavaScriptAsync(script, [], cancellationToken);

    public static Task<ScriptFacts> RunInBrowserAsync(ParleyProcess server, string script, CancellationToken cancellationToken) =>
        RunInBrowserAsync([script], EnvironmentOf(server), cancellationToken);

    /// <summary>Runs a script that starts its own servers. The first element is its name, the others are its arguments.</summary>
    public static Task<ScriptFacts> RunInBrowserAsync(string[] script, CancellationToken cancellationToken) =>
        RunInBrowserAsync(script, new Dictionary<string, string> { ["PARLEY_TOOL"] = Repository.Tool }, cancellationToken);

    public static Task<ScriptFacts> RunPythonAsync(ParleyProcess server, string script, CancellationToken cancellationToken) =>
        RunAsync(Python, [Repository.Find("tests", "Parley.EndToEnd", "python", script)], EnvironmentOf(server), cancellationToken);

    private static Task<ScriptFacts> RunJavaScriptAsync(string[] script, Dictionary<string, string> environment, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(Repository.Find("tests", "Parley.EndToEnd", "js", "node_modules")))
            throw new ExpectationException("The npm packages of the tests are missing. Run ./test, which installs them.");
        return RunAsync(
            "node", [Repository.Find("tests", "Parley.EndToEnd", "js", script[0]), .. script[1..]], environment, cancellationToken);
    }

    private static Task<ScriptFacts> RunInBrowserAsync(string[] script, Dictionary<string, string> environment, CancellationToken cancellationToken)
    {
        var chromium = Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium";
        return File.Exists(chromium)
            ? RunJavaScriptAsync(script, environment, cancellationToken)
            : throw new ExpectationException(
                $"{chromium} is missing. Run ./test, which installs Debian's chromium, or set CHROMIUM to its path.");
    }

    private static Dictionary<string, string> EnvironmentOf(ParleyProcess server) => EnvironmentOf(server.Address);

    private static Dictionary<string, string> EnvironmentOf(Uri server) => new()
    {
        ["PARLEY_URL"] = server.GetLeftPart(UriPartial.Authority),
        ["PARLEY_KEY"] = ParleyProcess.Key,
    };

    private static async Task<ScriptFacts> RunAsync(string program, string[] script, Dictionary<string, string> environment, CancellationToken cancellationToken)
    {
        var name = Path.GetFileName(script[0]);
        using var process = ChildProcess.Start(program, script, environment, "Run ./test, which says what to install.");
        await Expect.WithinAsync(process.Exited, $"{name} ends", Longest, cancellationToken);
        var facts = new ScriptFacts(name, process.Lines.Snapshot);
        return await process.Exited is var code and not 0
            ? throw new ExpectationException($"{facts.Script} ended with exit code {code}:{Environment.NewLine}{facts}")
            : facts;
    }
}
