using System.Globalization;

namespace Parley.EndToEnd.Harness;

/// <summary>
/// A terminal of fixed size that runs a program: a tmux server with a name of its own, so that ending it affects no other.
/// </summary>
internal sealed class Terminal : IAsyncDisposable
{
    private const int Columns = 120, Rows = 45;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(90);
    private static readonly Dictionary<string, string> Environment = new() { ["LC_ALL"] = "C.UTF-8", ["TMUX"] = "" };

    private readonly string _name = "parley-" + Guid.NewGuid().ToString("N");

    private Terminal()
    {
    }

    /// <summary>Runs a shell command. When it exits, the screen shows "ended with" and its exit code.</summary>
    public static async Task<Terminal> StartAsync(string line)
    {
        var terminal = new Terminal();
        await terminal.RunAsync(
            "-f", "/dev/null", "new-session", "-d", "-x", Columns.ToString(CultureInfo.InvariantCulture),
            "-y", Rows.ToString(CultureInfo.InvariantCulture),
            $"{line}; echo ended with $?; cat");
        return terminal;
    }

    /// <summary>Presses a key by its name in tmux, such as <c>Enter</c> or <c>Space</c>.</summary>
    public Task PressAsync(string key) => RunAsync("send-keys", key);

    /// <summary>Types a text.</summary>
    public Task TypeAsync(string text) => RunAsync("send-keys", "-l", text);

    public async Task<string> ScreenAsync() => string.Join('\n', (await RunAsync("capture-pane", "-p")).Select(line => line.TrimEnd()));

    /// <summary>Polls the screen until it matches.</summary>
    public async Task<string> ExpectAsync(Func<string, bool> matches, string expected)
    {
        var screen = "";
        using var timer = new PeriodicTimer(BetweenLooks);
        try
        {
            await Expect.WithinAsync(LookAsync(), expected, Longest, TestContext.Current.CancellationToken);
            return screen;
        }
        catch (ExpectationException e)
        {
            throw new ExpectationException($"{e.Message}{System.Environment.NewLine}The screen:{System.Environment.NewLine}{screen}", e);
        }

        async Task LookAsync()
        {
            while (!matches(screen = await ScreenAsync()))
                await timer.WaitForNextTickAsync();
        }
    }

    public async ValueTask DisposeAsync() => await RunAsync("kill-server");

    private async Task<IReadOnlyList<string>> RunAsync(params string[] arguments)
    {
        using var process = ChildProcess.Start(
            "tmux", ["-L", _name, .. arguments], Environment, "Run ./test, which installs Debian's tmux.");
        await Expect.WithinAsync(process.Exited, $"tmux {arguments[0]} ends", TestContext.Current.CancellationToken);
        return [.. process.Lines.Snapshot.Where(line => !line.IsError).Select(line => line.Text)];
    }
}
