using Parley.TestKit;

namespace Parley.EndToEnd.Harness;

/// <summary>Runs the scripts of other languages against a server, as a user would type them.</summary>
internal static class Peer
{
    private const string Python = "/usr/bin/python3";

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(120);

    public static Task<ScriptFacts> RunJavaScriptAsync(ParleyProcess server, string script, CancellationToken cancellationToken, params (string Name, string Value)[] more)
    {
        if (!Directory.Exists(Repository.Find("tests", "Parley.EndToEnd", "js", "node_modules")))
        {
            throw new ExpectationException("The npm packages of the peers are missing. Run ./test, which installs them.");
        }

        return RunAsync(server, "node", Repository.Find("tests", "Parley.EndToEnd", "js", script), more, cancellationToken);
    }

    public static Task<ScriptFacts> RunInBrowserAsync(
        ParleyProcess server, string script, CancellationToken cancellationToken, params (string Name, string Value)[] more)
    {
        var chromium = Environment.GetEnvironmentVariable("CHROMIUM") ?? "/usr/bin/chromium";
        return File.Exists(chromium)
            ? RunJavaScriptAsync(server, script, cancellationToken, more)
            : throw new ExpectationException($"{chromium} is missing. Run ./test, which installs Debian's chromium, or name another in CHROMIUM.");
    }

    public static Task<ScriptFacts> RunPythonAsync(ParleyProcess server, string script, CancellationToken cancellationToken) =>
        RunAsync(server, Python, Repository.Find("tests", "Parley.EndToEnd", "python", script), [], cancellationToken);

    private static async Task<ScriptFacts> RunAsync(ParleyProcess server, string program, string script, (string Name, string Value)[] more, CancellationToken cancellationToken)
    {
        var environment = new Dictionary<string, string>
        {
            ["PARLEY_URL"] = server.Address.GetLeftPart(UriPartial.Authority),
            ["PARLEY_KEY"] = ParleyProcess.Key,
        };
        foreach (var (name, value) in more)
        {
            environment[name] = value;
        }

        using var process = ChildProcess.Start(program, [script], environment, "Run ./test, which says what to install.");
        await Expect.WithinAsync(process.Exited, $"{Path.GetFileName(script)} ends", Longest, cancellationToken);
        var facts = new ScriptFacts(Path.GetFileName(script), process.Lines.Snapshot);
        return await process.Exited is var code and not 0
            ? throw new ExpectationException($"{facts.Script} ended with exit code {code}:{Environment.NewLine}{facts}")
            : facts;
    }
}
