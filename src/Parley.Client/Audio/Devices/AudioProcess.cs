using System.ComponentModel;
using System.Diagnostics;

namespace Parley.Client.Audio.Devices;

/// <summary>One run of an audio program: its pipes, its last words, and its end by its own id.</summary>
internal sealed class AudioProcess : IDisposable
{
    private const int MaxWords = 400;

    private readonly Process _process;
    private readonly Lock _lock = new();
    private string _words = "";

    private AudioProcess(Process process, bool captures)
    {
        _process = process;
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.BeginErrorReadLine();
        if (captures)
            process.StandardInput.Close();
        else
            process.OutputDataReceived += (_, line) => Hear(line.Data);
        if (!captures)
            process.BeginOutputReadLine();
        Stream = captures ? process.StandardOutput.BaseStream : process.StandardInput.BaseStream;
        Exited = process.WaitForExitAsync();
    }

    /// <summary>Its sound: to be read where it captures, to be written where it plays.</summary>
    internal Stream Stream { get; }

    internal Task Exited { get; }

    /// <summary>What it said on standard error, in one line.</summary>
    internal string Words
    {
        get { lock (_lock) return _words; }
    }

    /// <exception cref="AudioDeviceException">The program is not there.</exception>
    internal static AudioProcess Start(string command, int rateHz, bool captures)
    {
        var (program, arguments) = AudioProgram.Split(command, rateHz);
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        try
        {
            return new AudioProcess(Process.Start(start)!, captures);
        }
        catch (Win32Exception e)
        {
            throw new AudioDeviceException($"{program} is not installed.", e);
        }
    }

    internal void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            // Gone already.
        }
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    private void Hear(string? line)
    {
        if (string.IsNullOrWhiteSpace(line))
            return;
        lock (_lock)
        {
            if (_words.Length < MaxWords)
                _words = (_words.Length == 0 ? "" : _words + " ") + line.Trim();
        }
    }
}
