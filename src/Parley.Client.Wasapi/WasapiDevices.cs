using System.Runtime.Versioning;
using NAudio.Wave;
using Parley.Client.Audio.Devices;
using Parley.Protocol;

namespace Parley.Client.Wasapi;

/// <summary>
/// The default microphone and loudspeaker of Windows, through WASAPI in shared mode
/// (<see href="https://github.com/parley-live/parley/blob/main/docs/audio.md#devices">audio</see>).
/// </summary>
public static class WasapiDevices
{
    private const int BitsPerSample = 16, Channels = 1;

    /// <summary>Whether this system has WASAPI: Windows 10 and later.</summary>
    [SupportedOSPlatformGuard("windows10.0")]
    public static bool IsSupported => OperatingSystem.IsWindowsVersionAtLeast(10);

    /// <summary>
    /// Opens the default microphone at 16 kHz, with the echo cancellation and noise suppression of Windows for voice calls where the device
    /// has them.
    /// </summary>
    /// <param name="cancellationToken">Cancels opening.</param>
    /// <exception cref="AudioDeviceException">There is no microphone, or it cannot be opened.</exception>
    [SupportedOSPlatform("windows10.0")]
    public static Task<IAudioInput> OpenInputAsync(CancellationToken cancellationToken = default) =>
        Task.Run(static () => Open<IAudioInput>("microphone", static () => WasapiMicrophone.Open(Format(AudioFormat.InputRateHz))), cancellationToken);

    /// <summary>Opens the default loudspeaker at 24 kHz.</summary>
    /// <param name="timeProvider">The clock; default the system's.</param>
    /// <param name="cancellationToken">Cancels opening.</param>
    /// <exception cref="AudioDeviceException">There is no loudspeaker, or it cannot be opened.</exception>
    [SupportedOSPlatform("windows10.0")]
    public static Task<IAudioOutput> OpenOutputAsync(TimeProvider? timeProvider = null, CancellationToken cancellationToken = default) => Task.Run(
        () => Open<IAudioOutput>(
            "loudspeaker", () => new PulledOutput(new WasapiLoudspeaker(Format(AudioFormat.OutputRateHz)), timeProvider ?? TimeProvider.System)),
        cancellationToken);

    private static WaveFormat Format(int rateHz) => new(rateHz, BitsPerSample, Channels);

    private static T Open<T>(string what, Func<T> open)
    {
        try
        {
            return open();
        }
#pragma warning disable CA1031 // COM reports devices that are missing, in use or forbidden by many kinds of exceptions.
        catch (Exception e) when (e is not OutOfMemoryException)
#pragma warning restore CA1031
        {
            throw new AudioDeviceException(
                $"The {what} cannot be opened: {e.Message} Check that Windows has one, and that apps may use it (Settings, Privacy).", e);
        }
    }
}
