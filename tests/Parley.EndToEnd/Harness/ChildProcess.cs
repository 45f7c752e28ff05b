using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Parley.EndToEnd.Harness;

/// <param name="Text">The line.</param>
/// <param name="IsError">Whether it came on standard error.</param>
internal sealed record OutputLine(string Text, bool IsError);

/// <summary>A process that a test started: its output lines as they arrive, its exit, and signals to it.</summary>
internal sealed class ChildProcess : IDisposable
{
    // As on x64 and Arm; macOS numbers the last two otherwise.
    private const int SigTerm = 15, SigContinue = 18, SigStop = 19;

    private readonly Process _process;

    private ChildProcess(Process process)
    {
        _process = process;
        Exited = ReadToEndAsync();
    }

    public int Id => _process.Id;

    /// <summary>Standard output and standard error, line by line.</summary>
    public EventLog<OutputLine> Lines { get; } = new();

    /// <summary>The exit code, once the process has exited and <see cref="Lines"/> holds all of its output.</summary>
    public Task<int> Exited { get; }

    /// <param name="program">Name in PATH, or a full path.</param>
    /// <param name="arguments">One argument each; no shell interprets them.</param>
    /// <param name="environment">Added to the environment of the tests.</param>
    /// <param name="whereFrom">What to do if the program is missing.</param>
    /// <exception cref="ExpectationException">The program is missing.</exception>
    public static ChildProcess Start(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string whereFrom)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        try
        {
            var process = Process.Start(start)!;
            process.StandardInput.Close();
            return new ChildProcess(process);
        }
        catch (Win32Exception e)
        {
            throw new ExpectationException($"'{program}' did not start: {e.Message}. {whereFrom}", e);
        }
    }

    /// <summary>Sends SIGTERM, as a service manager does.</summary>
    public void Terminate() => Signal(SigTerm);

    /// <summary>Stops all its threads with SIGSTOP, until <see cref="Continue"/>.</summary>
    public void Suspend() => Signal(SigStop);

    /// <summary>Lets it go on after <see cref="Suspend"/>.</summary>
    public void Continue() => Signal(SigContinue);

    /// <summary>Kills the process and its children.</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    public void Dispose()
    {
        if (!_process.HasExited)
            Kill();
        _process.Dispose();
    }

    private void Signal(int signal)
    {
        if (!_process.HasExited)
            _ = SendSignal(_process.Id, signal);
    }

    private async Task<int> ReadToEndAsync()
    {
        await Task.WhenAll(ReadAsync(_process.StandardOutput, isError: false), ReadAsync(_process.StandardError, isError: true));
        await _process.WaitForExitAsync();
        Lines.Complete(new ExpectationException($"the process ended with exit code {_process.ExitCode}"));
        return _process.ExitCode;
    }

    private async Task ReadAsync(StreamReader reader, bool isError)
    {
        while (await reader.ReadLineAsync() is { } line)
            Lines.Add(new OutputLine(line, isError));
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int processId, int signal);
}
