namespace Parley.Client.Audio.Devices;

/// <summary>
/// A program that plays its standard input. To fall silent it is ended and started again: only so does what is in the pipe and in the
/// device's buffer go with it.
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

    /// <summary>The program that runs now, for who opens the device.</summary>
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
            // What is in its buffer was heard by the clock, and is to be heard by the ear.
            await process.Stream.DisposeAsync().ConfigureAwait(false);
            await process.Exited.WaitAsync(LongestEnd, TimeProvider.System).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            // It is ended below in any case.
        }
        Cut(0);
    }
}

/// <summary>A program that writes what it hears to its standard output.</summary>
internal sealed class ProgramInput(AudioProcess process, int rateHz, string name) : IAudioInput
{
    private byte[] _first = [];

    public int RateHz => rateHz;

    /// <summary>Waits for the first sound, which proves that there is a microphone; it is kept for the first read.</summary>
    /// <exception cref="AudioDeviceException">The program ended instead.</exception>
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
        // A microphone has no end.
        await process.Exited.WaitAsync(cancellationToken).ConfigureAwait(false);
        throw new AudioDeviceException($"{name} gives no sound. {process.Words}".TrimEnd());
    }

    public ValueTask DisposeAsync()
    {
        process.Dispose();
        return ValueTask.CompletedTask;
    }
}
