namespace Parley.Client.Audio.Devices;

/// <summary>
/// A program that plays its standard input. To stop playback it is killed and started again, which also drops what is in the pipe and in
/// the device's buffer.
/// </summary>
internal sealed class ProgramSink(AudioProgram tool, int rateHz) : IPcmSink
{
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private AudioProcess? _process = AudioProcess.Start(tool.Play, rateHz, captures: false);

    public Stream Target
    {
        get { lock (_lock) return (_process ??= AudioProcess.Start(tool.Play, rateHz, captures: false)).Stream; }
    }

    /// <summary>The running program, to check that it opened the device.</summary>
    internal AudioProcess? Running
    {
        get { lock (_lock) return _process; }
    }

    public void Cut(long bytes)
    {
        lock (_lock)
        {
            _process?.Dispose();
            _process = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Running is not { } process)
            return;
        try
        {
            // By the clock its buffered audio has been played: let the program finish it.
            await process.Stream.DisposeAsync().ConfigureAwait(false);
            await process.Exited.WaitAsync(LongestEnd, TimeProvider.System).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            // It is killed below in any case.
        }
        Cut(0);
    }
}

/// <summary>A program that captures to its standard output.</summary>
internal sealed class ProgramInput(AudioProcess process, int rateHz, string name) : IAudioInput
{
    private byte[] _first = [];

    public int RateHz => rateHz;

    /// <summary>Waits for the first audio, which proves that the microphone works; it is kept for the first read.</summary>
    /// <exception cref="AudioDeviceException">The program exited instead.</exception>
    internal async Task ProveAsync(CancellationToken cancellationToken)
    {
        var first = new byte[4_096];
        var length = await ReadAsync(first, cancellationToken).ConfigureAwait(false);
        _first = first[..length];
    }

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_first.Length > 0)
        {
            var length = Math.Min(_first.Length, buffer.Length);
            _first.AsSpan(0, length).CopyTo(buffer.Span);
            _first = _first[length..];
            return length;
        }
        var read = await process.Stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        if (read > 0)
            return read;
        // A microphone has no end, so the program has failed.
        await process.Exited.WaitAsync(cancellationToken).ConfigureAwait(false);
        throw new AudioDeviceException($"{name} delivers no audio. {process.ErrorText}".TrimEnd());
    }

    public ValueTask DisposeAsync()
    {
        process.Dispose();
        return ValueTask.CompletedTask;
    }
}
