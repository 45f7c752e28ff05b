using System.CommandLine;

namespace Parley.Cli.Tests.Commands;

/// <summary>Every option and argument of every command with every kind of bad value: a sentence and an exit code, never an exception.</summary>
public sealed class BadValueTests
{
    private const string FastEngines =
        """{"Speech":{"Recognizer":{"Provider":"none"},"Detector":{"Provider":"energy"},"Synthesizer":{"Provider":"tone"}}}""";

    public static TheoryData<string, string> Options
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var (path, command) in AllLeaves)
            {
                foreach (var option in command.Options.Where(static option => option.ValueType != typeof(bool) && option.Name is not ("--help" or "--version")))
                    data.Add(path, option.Name);
                for (var i = 0; i < command.Arguments.Count; i++)
                    data.Add(path, $"#{i}");
            }
            return data;
        }
    }

    public static TheoryData<string> Commands => [.. AllLeaves.Select(static leaf => leaf.Path)];

    [Theory]
    [MemberData(nameof(Options))]
    public async Task Bad_value_gives_a_sentence_and_an_exit_code(string path, string name)
    {
        using var cli = new CliRun { Invoker = new HttpMessageInvoker(new Unreachable()), Input = "not\0 what was expected"u8.ToArray() };
        // Half of the values with --json, which half depends on the option.
        var json = (path + name).Length % 2 == 0;
        foreach (var value in BadValues(cli, path.Length + (2 * name.Length)))
            await CheckAsync(cli, path, name, value, json = !json);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Json_usage_error_is_one_object_on_standard_output(string path)
    {
        using var cli = new CliRun();

        var result = await cli.RunAsync([.. path.Split(' '), "--no-such-option", "--json"]);

        Assert.Equal(2, result.ExitCode);
        Assert.Empty(result.Error);
        var error = Assert.Single(result.Json);
        Assert.Equal("error", error.GetProperty("type").GetString());
        Assert.Contains($"{path} --help", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private static readonly (string Path, Command Command)[] AllLeaves = [.. Leaves()];

    private static IEnumerable<(string Path, Command Command)> Leaves(Command? command = null, string path = "")
    {
        command ??= ParleyTool.CreateRoot(new ToolEnvironment
        {
            Output = TextWriter.Null, Error = TextWriter.Null, Input = static () => Stream.Null, Variables = static _ => null,
        });
        // "models" does something itself and has subcommands.
        var children = command.Subcommands.SelectMany(child => Leaves(child, path.Length == 0 ? child.Name : $"{path} {child.Name}"));
        return command.Subcommands.Count == 0 || path == "models" ? [(path, command), .. children] : children;
    }

    private static IEnumerable<string> BadValues(CliRun cli, int option)
    {
        string[] always =
        [
            "", "abc", "-1", "99999999999", "/proc/x", "a\0b", cli.PathOf("."), cli.Write("broken.json", """{"Live":{"""),
        ];
        // Of these, every option gets some: each of them meets every kind of option in some command.
        string[] more =
        [
            " ", "-", "1e9", "/proc/self/mem", "/dev/null/x", "\u0001", "@file", "*", "http://", "=", cli.PathOf("missing/deeper"),
            cli.Write("empty", ""), cli.Write("text.wav", "RIFF"), new string('x', 5_000),
        ];
        return [.. always, .. more.Where((_, i) => (i + option) % 5 == 0)];
    }

    private static async Task CheckAsync(CliRun cli, string path, string name, string value, bool json)
    {
        List<string> arguments = [.. path.Split(' ')];
        var command = AllLeaves.Single(leaf => leaf.Path == path).Command;
        for (var i = 0; i < command.Arguments.Count; i++)
        {
            if (command.Arguments[i].Arity.MinimumNumberOfValues > 0 || name == $"#{i}")
                arguments.Add(name == $"#{i}" ? value : command.Name == "completion" ? "bash" : "something");
        }
        if (name[0] != '#')
            arguments.AddRange([name, value]);
        json |= path == "serve"; // its log goes to the console
        if (path == "serve" && name != "--port")
            arguments.AddRange(["--port", "0"]);
        if (path == "serve" && name != "--config")
            arguments.AddRange(["--config", cli.Write("fast.json", FastEngines)]);
        if (path == "send" && name != "--text")
            arguments.AddRange(["--text", "hi"]);
        var group = path.Split(' ')[0];
        if (group is "sessions" or "nodes" && name != "--url")
            arguments.AddRange(["--url", "http://parley.test", .. name is "--admin-secret" ? Array.Empty<string>() : ["--admin-secret", "any"]]);
        else if (command.Options.Any(static option => option.Name == "--url") && group is not ("keys" or "login") && name is not ("--url" or "--context"))
            arguments.AddRange(["--url", "http://parley.test", .. name is "--key" or "--token" ? Array.Empty<string>() : ["--key", "any"]]);
        if (json && command.Options.Any(static option => option.Name == "--json"))
            arguments.Add("--json");
        else
            json = false;
        // A demo that runs takes as long as its speech.
        if (path == "demo" && name is not "--audio" && cli.IsAccepted(arguments))
            return;
        using var startedCts = new CancellationTokenSource();
        var run = cli.RunAsync(arguments, startedCts.Token);
        if (path == "serve" && await Task.WhenAny(run, cli.Output.WrittenAsync("listening")) != run)
            await startedCts.CancelAsync();

        var result = await Expect.WithinAsync(run, $"the tool ends: {string.Join(' ', arguments)}");

        var what = $"parley {string.Join(' ', arguments.Select(static argument => $"'{argument}'"))}\n{result}";
        Assert.True(result.ExitCode is 0 or 1 or 2 or 3, what);
        Assert.False(result.ToString().Contains("   at ", StringComparison.Ordinal), what);
        Assert.False(result.ToString().Contains("Exception", StringComparison.Ordinal), what);
        if (result.ExitCode == 0)
            return;
        if (json)
        {
            Assert.True(result.Error.Length == 0, what);
            Assert.True(result.Json.Count(static line => line.GetProperty("type").ValueEquals("error")) == 1, what);
        }
        else
        {
            Assert.True(result.ErrorLines.Count == 1, what);
        }
    }

    private sealed class Unreachable : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new HttpRequestException("Connection refused");
    }
}
