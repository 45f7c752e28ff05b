using System.Text.RegularExpressions;
using Parley.EndToEnd.Harness;

namespace Parley.EndToEnd;

/// <summary>The benchmark commands of bench/README.md run, in a short form. Asserts no figure.</summary>
public sealed partial class BenchTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    // The short form of each command, by project and verb, and a text of its table.
    private static readonly Dictionary<string, (string Arguments, string Printed)> ShortForms = new(StringComparer.Ordinal)
    {
        ["Codec"] = ("--filter *EncodeBenchmarks* --warmupCount 1 --iterationCount 1 --iterationTime 10", "| encode"),
        ["Client compare"] = ("compare --messages 100 --rounds 1 --node-modules no-such-folder", "| 40 ms of audio in"),
        ["Load load"] = ("load --short", "| start to first setupComplete"),
        ["Phone measure"] = ("measure --calls 2 --seconds 1", "| 2 |"),
        ["Relay relay"] = ("relay --short --ways direct bare plain parley recorded", "| round trip p99"),
    };

    // Cluster needs a PostgreSQL server; the commands of Speech measure engines in real time, for minutes each.
    private static readonly string[] WithoutShortForm = ["Cluster", "Speech"];

    public static TheoryData<string> Commands => [.. ShortForms.Keys];

    [Fact]
    public void Every_documented_benchmark_has_a_short_form_or_a_reason()
    {
        var documented = CommandPattern().Matches(File.ReadAllText(Repository.Find("bench", "README.md")))
            .Select(static command => (Project: command.Groups["project"].Value, Verb: command.Groups["verb"].Value))
            .Where(static command => !WithoutShortForm.Contains(command.Project))
            .Select(static command => $"{command.Project} {command.Verb}".Trim())
            .Distinct();

        Assert.Equal(ShortForms.Keys.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Benchmark_runs_in_its_short_form(string command)
    {
        var name = $"Parley.Bench.{command.Split(' ')[0]}";
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        var program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", name, configuration, name));
        var (arguments, printed) = ShortForms[command];
        var folder = Directory.CreateTempSubdirectory("parley-bench-");

        using var process = ChildProcess.Start(
            "env", ["-C", folder.FullName, program, .. arguments.Split(' ')], new Dictionary<string, string>(), "Build the whole solution, or run ./test.");
        await Expect.WithinAsync(process.Exited, $"{name} {arguments} ends", Longest, TestContext.Current.CancellationToken);

        var output = string.Join(Environment.NewLine, process.Lines.Snapshot.Select(static line => line.Text));
        Assert.True(await process.Exited == 0, output);
        Assert.Contains(printed, output, StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task One_command_writes_the_tables_and_compares_them()
    {
        using var process = ChildProcess.Start("bash", [Repository.Find("bench", "run.sh"), "--short", "codec"], new Dictionary<string, string>(), "Build the whole solution, or run ./test.");
        await Expect.WithinAsync(process.Exited, "bench/run.sh ends", Longest, TestContext.Current.CancellationToken);

        var output = string.Join(Environment.NewLine, process.Lines.Snapshot.Select(static line => line.Text));
        Assert.True(await process.Exited == 0, output);
        Assert.Contains("| codec · AudioMessageInput · encode, client 640 B PCM | ", output, StringComparison.Ordinal);
        var results = await File.ReadAllTextAsync(Repository.Find("artifacts", "bench", "results.md"), TestContext.Current.CancellationToken);
        Assert.Contains("## codec", results, StringComparison.Ordinal);
        Assert.Contains("| AudioMessageInput", results, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^(?:dotnet run -c Release --project bench/|artifacts/bin/)Parley\.Bench\.(?<project>\w+)(?: -- |\S* )(?<verb>[a-z][a-z-]*)?", RegexOptions.Multiline)]
    private static partial Regex CommandPattern();
}
