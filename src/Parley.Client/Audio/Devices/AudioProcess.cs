using System.ComponentModel;
using System.Diagnostics;

namespace Parley.Client.Audio.Devices;

/// <summary>One run of an audio program: its pipes and its error output.</summary>
internal sealed class AudioProcess : IDisposable
{
    private const int MaxErrorText = 400;

    private readonly Process _process;
    private readonly Lock _lock = new();
    private string _errorText = "";

    private AudioProcess(Process process, bool captures)
    {
        _process = process;
        process.ErrorDataReceived += (_, line) => AddError(line.Data);
        process.BeginErrorReadLine();
        if (captures)
            process.StandardInput.Close();
        else
            process.OutputDataReceived += (_, line) => AddError(line.Data);
        if (!captures)
            process.BeginOutputReadLine();
        Stream = captures ? process.StandardOutput.BaseStream : process.StandardInput.BaseStream;
        Exited = process.WaitForExitAsync();
    }

    /// <summary>Its audio: standard output of a capture program, standard input of a player.</summary>
    internal Stream Stream { get; }

    internal Task Exited { get; }

    /// <summary>Its error output, in one line.</summary>
    internal string ErrorText
    {
        get { lock (_lock) return _errorText; }
    }

    /// <exception cref="AudioDeviceException">The program is not installed.</exception>
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
            // It has exited already.
        }
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    private void AddError(string? line)
    {
        if (string.IsNullOrWhiteSpace(line))
            return;
        lock (_lock)
        {
            if (_errorText.Length < MaxErrorText)
                _errorText = (_errorText.Length == 0 ? "" : _errorText + " ") + line.Trim();
        }
    }
}
