using System.Net;
using System.Text.RegularExpressions;
using Parley.EndToEnd.Harness;

namespace Parley.EndToEnd;

/// <summary>The commands of the README run, and its programs compile. CI runs <c>./run demo</c> and <c>./test</c>.</summary>
public sealed partial class ReadmeTests(ParleyProcess server) : IClassFixture<ParleyProcess>
{
    private static readonly string Readme = File.ReadAllText(Repository.Find("README.md"));

    public static TheoryData<string> Commands =>
        new(Blocks("bash").SelectMany(block => block.Split('\n')).Where(line => line.StartsWith("./parley ", StringComparison.Ordinal)));

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Readme_command_works(string command)
    {
        using var tool = new Tool(server.Address);

        var run = await tool.RunShellAsync(command);

        Assert.True(run.ExitCode == 0, run.ToString());
    }

    [Fact]
    public void Readme_programs_are_compiled_samples()
    {
        var samples = Directory.EnumerateFiles(Repository.Find("samples"), "Program.cs", SearchOption.AllDirectories).Select(File.ReadAllText).ToList();
        foreach (var program in Blocks("csharp"))
        {
            Assert.True(
                samples.Exists(sample => Squeeze(sample).Contains(Squeeze(program), StringComparison.Ordinal)),
                $"No program in samples/ contains these lines, so nothing compiles them:{Environment.NewLine}{program}");
        }
    }

    [Fact]
    public async Task Run_script_passes_its_options_to_serve()
    {
        var data = Directory.CreateTempSubdirectory("parley-run-");
        using var process = ChildProcess.Start(
            "bash", [Repository.Find("run"), "--port", "0"], new Dictionary<string, string> { ["PARLEY_DATA"] = data.FullName }, "Run ./test, which says what to install.");
        var line = await Expect.WithinAsync(
            process.Lines.FirstAsync(line => AddressPattern().IsMatch(line.Text), "./run prints its address", TestContext.Current.CancellationToken),
            "an address", TestContext.Current.CancellationToken);
        var address = new Uri(AddressPattern().Match(line.Text).Value);
        using var http = new HttpClient();

        Assert.Equal(
            HttpStatusCode.OK, (await http.GetAsync(new Uri(address, "/healthz"), TestContext.Current.CancellationToken)).StatusCode);
        process.Terminate();
        Assert.Equal(0, await Expect.WithinAsync(process.Exited, "./run ends after SIGTERM", TestContext.Current.CancellationToken));
        Assert.Contains(process.Lines.Snapshot, printed => printed.Text.Contains("parley-dev", StringComparison.Ordinal));
        Assert.True(File.Exists(Path.Combine(data.FullName, "parley.db")), "./run keeps its data in a folder.");
        data.Delete(recursive: true);
    }

    private static IEnumerable<string> Blocks(string language) =>
        BlockPattern().Matches(Readme).Where(block => block.Groups["language"].Value == language).Select(
            block => block.Groups["text"].Value.Trim());

    private static string Squeeze(string text) => WhiteSpace().Replace(text, " ");

    [GeneratedRegex(@"```(?<language>\w+)\n(?<text>.*?)```", RegexOptions.Singleline)]
    private static partial Regex BlockPattern();

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex AddressPattern();
}
