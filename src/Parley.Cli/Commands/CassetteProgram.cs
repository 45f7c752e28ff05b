using System.ComponentModel;
using System.Diagnostics;
using Parley.Cli.Output;
using Parley.Testing;

namespace Parley.Cli.Commands;

/// <summary>A server with a cassette, for as long as a command runs or until Ctrl+C.</summary>
internal sealed class CassetteProgram : IAsyncDisposable
{
    private readonly string _url;

    private CassetteProgram(LiveTestServer server, string url) => (Server, _url) = (server, url);

    internal LiveTestServer Server { get; }

    internal static CommandArgument Argument() => new(
        "Command to run with the addresses of the server in GOOGLE_GEMINI_BASE_URL, GOOGLE_VERTEX_BASE_URL and PARLEY_URL; after --", isRequired: false);

    internal static Task<CassetteProgram> StartAsync(IReport report, int port, string folder, Action<CassetteOptions> configure, CancellationToken cancellationToken) =>
        StartAsync(report, port, options => options.UseCassette(folder, configure), cancellationToken);

    internal static Task<CassetteProgram> StartAsync(IReport report, int port, Cassette cassette, Action<CassetteOptions> configure, CancellationToken cancellationToken) =>
        StartAsync(report, port, options => options.UseCassette(cassette, configure), cancellationToken);

    /// <summary>Runs the command, or waits for Ctrl+C.</summary>
    /// <returns>The exit code of the command; 0 without one.</returns>
    internal async Task<int> RunAsync(string[] command, CancellationToken cancellationToken)
    {
        if (command.Length == 0)
        {
            var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using (cancellationToken.Register(stopped.SetResult))
                await stopped.Task;
            return ExitCodes.Success;
        }
        var start = new ProcessStartInfo(command[0], command[1..]);
        foreach (var variable in (string[])["GOOGLE_GEMINI_BASE_URL", "GOOGLE_VERTEX_BASE_URL", "PARLEY_URL"])
            start.Environment[variable] = _url;
        using var process = Start(start);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        return process.ExitCode;
    }

    /// <exception cref="CommandException">The clients did something else, or the recording contains a secret.</exception>
    internal void Verify()
    {
        try
        {
            Server.Verify();
        }
        catch (Exception e) when (e is ExpectationException or CassetteException)
        {
            throw new CommandException(e.Message, ExitCodes.Failure);
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Server.DisposeAsync();
        }
        catch (CassetteException e)
        {
            throw new CommandException(e.Message, ExitCodes.Failure);
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new CommandException($"The command {start.FileName} cannot be started: {e.Message}", ExitCodes.Usage);
        }
    }

    private static async Task<CassetteProgram> StartAsync(IReport report, int port, Action<LiveTestServerOptions> use, CancellationToken cancellationToken)
    {
        try
        {
            var server = await LiveTestServer.StartAsync(
                options =>
                {
                    (options.Port, options.TimeProvider) = (port, TimeProvider.System);
                    use(options);
                },
                cancellationToken);
            var url = server.BaseAddress.GetLeftPart(UriPartial.Authority);
            report.Fact("listening", $"{(server.CassetteMode == CassetteMode.Replay ? "Replaying" : "Recording")} on {url}", ("url", url));
            return new CassetteProgram(server, url);
        }
        catch (CassetteException e)
        {
            throw new CommandException(e.Message, ExitCodes.Failure);
        }
        catch (IOException e)
        {
            throw new CommandException($"Port {port} cannot be used: {e.Message}", ExitCodes.Failure);
        }
    }
}
