using System.CommandLine;

namespace Parley.Cli.Tests.Commands;

/// <summary>Help, its documentation, and completion.</summary>
public sealed class HelpTests
{
    private static readonly string Documentation = Read("cli.md");

    public static TheoryData<string> Commands => [.. All().Select(static pair => pair.Path)];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Help_command_prints_the_same_as_the_option(string path)
    {
        using var cli = new CliRun();

        var option = await cli.RunAsync([.. path.Split(' '), "--help"]);
        var command = await cli.RunAsync(["help", .. path.Split(' ')]);

        Assert.Equal(0, option.ExitCode);
        Assert.Equal(option, command);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Every_option_has_a_description_and_a_value_name_and_is_documented(string path)
    {
        var command = All().Single(pair => pair.Path == path).Command;

        Assert.All(command.Options.Where(static option => option.Name is not ("--help" or "--version")), option =>
        {
            Assert.False(string.IsNullOrEmpty(option.Description), option.Name);
            if (option.ValueType != typeof(bool))
                Assert.Matches("^[A-Z][A-Z=]+$", option.HelpName ?? "");
            Assert.Contains($"`{option.Name}", Documentation, StringComparison.Ordinal);
        });
        Assert.All(command.Arguments, static argument => Assert.Matches("^[A-Z]+$", argument.HelpName ?? ""));
        Assert.Contains($"`parley {path}", Documentation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tool_without_arguments_shows_its_help()
    {
        using var cli = new CliRun();

        Assert.Equal(await cli.RunAsync("--help"), await cli.RunAsync());
    }

    [Theory]
    [InlineData("ask", "Try: ", "ask --help")]
    [InlineData("keys", "Try: ", "keys --help")]
    [InlineData("help no-such-command", "There is no command 'no-such-command'.", "help --help")]
    public async Task Usage_error_names_the_help_of_its_command(string line, params string[] expected)
    {
        using var cli = new CliRun();

        var result = await cli.RunAsync(line.Split(' '));

        Assert.Equal(2, result.ExitCode);
        Assert.All(expected, text => Assert.Contains(text, Assert.Single(result.ErrorLines), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Exit_codes_are_in_the_help_and_in_the_documentation()
    {
        using var cli = new CliRun();

        var help = (await cli.RunAsync("help", "exit-codes")).Output;

        foreach (var code in (int[])[0, 1, 2, 3])
        {
            Assert.Contains($"  {code}  ", help, StringComparison.Ordinal);
            Assert.Contains($"| {code} |", Documentation, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("parley ", "ask", "call", "cassette", "completion", "conform", "context", "demo", "doctor", "emulator", "eval", "help", "keys", "load", "login", "models", "nodes", "play", "recordings", "send", "serve", "sessions", "talk", "token")]
    [InlineData("parley keys ", "create", "limit", "list", "revoke", "usage")]
    [InlineData("parley nodes ", "drain", "list")]
    [InlineData("parley recordings ", "delete", "export", "list", "show")]
    [InlineData("parley sessions ", "end", "list", "watch")]
    [InlineData("parley cassette ", "convert", "diff", "record", "replay", "scan", "show")]
    [InlineData("parley ask --aud", "--audio")]
    [InlineData("parley completion ", "bash", "fish", "pwsh", "zsh")]
    public async Task Suggestions_are_commands_and_options_without_spellings_of_other_systems(string line, params string[] expected)
    {
        using var cli = new CliRun();

        var suggested = (await cli.RunAsync($"[suggest:{line.Length}]", line)).OutputLines.Select(static word => word.Trim()).ToList();

        Assert.Equal(expected, suggested.Where(word => line.Contains("--", StringComparison.Ordinal) || !word.StartsWith('-')));
        Assert.DoesNotContain(suggested, static word => word is "/h" or "/?" or "-?");
    }

    [Theory]
    [InlineData("parley se", "send serve sessions")]
    [InlineData("parley serve --metrics-p", "--metrics-port")]
    [InlineData("parley keys cr", "create")]
    [InlineData("parley context ", "list remove use")]
    public async Task Bash_completes_with_the_printed_script(string line, string expected)
    {
        using var cli = new CliRun();
        var script = cli.Write("complete.sh", (await cli.RunAsync("completion", "bash")).Output);
        var test = cli.Write("test.sh", $$"""
            parley() { dotnet '{{Path.Combine(AppContext.BaseDirectory, "parley.dll")}}' "$@"; }
            source '{{script}}'
            COMP_LINE='{{line}}'; COMP_POINT=${#COMP_LINE}
            COMP_WORDS=($COMP_LINE); [[ "$COMP_LINE" == *' ' ]] && COMP_WORDS+=('')
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _parley_complete
            printf '%s\n' "${COMPREPLY[@]}"
            """);
        using var bash = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("bash", [test]) { RedirectStandardOutput = true })!;

        var printed = await Expect.WithinAsync(bash.StandardOutput.ReadToEndAsync(), "bash completes");

        Assert.Equal(expected, string.Join(' ', printed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(static word => word is not ("-h" or "--help"))));
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    [InlineData("pwsh")]
    public async Task Completion_scripts_ask_the_tool(string shell)
    {
        using var cli = new CliRun();

        Assert.Contains("[suggest:", (await cli.RunAsync("completion", shell)).Output, StringComparison.Ordinal);
    }

    private static IEnumerable<(string Path, Command Command)> All(Command? command = null, string path = "")
    {
        command ??= ParleyTool.CreateRoot(new ToolEnvironment
        {
            Output = TextWriter.Null, Error = TextWriter.Null, Input = static () => Stream.Null, Variables = static _ => null,
        });
        return command.Subcommands.SelectMany(child =>
        {
            var name = path.Length == 0 ? child.Name : $"{path} {child.Name}";
            return All(child, name).Prepend((name, child));
        });
    }

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(HelpTests).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
