using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Parley.Packaging.Tests;

/// <summary>A program that runs in a given folder and environment; its whole process tree ends with the test.</summary>
internal sealed class ShellCommand : IAsyncDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly List<(Regex Pattern, TaskCompletionSource<Match> Found)> _waits = [];
    private readonly Task _end;

    private ShellCommand(string folder, IReadOnlyDictionary<string, string> environment, string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        _process = Process.Start(start)!;
        _process.StandardInput.Close();
        _end = ReadToEndAsync();
    }

    private string Output => string.Join('\n', _lines);

    /// <summary>Starts a program that keeps running, such as a server.</summary>
    internal static ShellCommand Start(
        string folder, IReadOnlyDictionary<string, string> environment, string program, params string[] arguments) =>
        new(folder, environment, program, arguments);

    /// <summary>Runs a program to its end and returns what it printed; fails unless the exit code is 0.</summary>
    internal static async Task<string> RunAsync(
        string folder, IReadOnlyDictionary<string, string> environment, string program, params string[] arguments)
    {
        await using var command = new ShellCommand(folder, environment, program, arguments);
        try
        {
            await command._end.WaitAsync(Longest, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"{program} {string.Join(' ', arguments)} did not end within {Longest}.\n{command.Output}");
        }
        var code = command._process.ExitCode;
        Assert.True(code == 0, $"{program} {string.Join(' ', arguments)} ended with exit code {code}.\n{command.Output}");
        return command.Output;
    }

    /// <summary>The first match in a line that was or will be printed.</summary>
    internal async Task<Match> MatchAsync(string pattern)
    {
        var regex = new Regex(pattern);
        var found = new TaskCompletionSource<Match>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_waits)
        {
            _waits.Add((regex, found));
            foreach (var line in _lines)
                Offer(line);
        }
        var first = await Task.WhenAny(found.Task, _end).WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        Assert.True(first == found.Task, $"The program ended before it printed '{pattern}'.\n{Output}");
        return await found.Task;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _end;
        _process.Dispose();
    }

    private async Task ReadToEndAsync()
    {
        await Task.WhenAll(ReadAsync(_process.StandardOutput), ReadAsync(_process.StandardError));
        await _process.WaitForExitAsync();
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_waits)
            {
                _lines.Enqueue(line);
                Offer(line);
            }
        }
    }

    private void Offer(string line)
    {
        foreach (var (pattern, found) in _waits)
        {
            if (pattern.Match(line) is { Success: true } match)
                found.TrySetResult(match);
        }
    }
}
