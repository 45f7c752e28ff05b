using Parley.Client;
using Parley.Client.Wasapi;

namespace Parley.Cli.Talking;

/// <summary>
/// The microphone and the loudspeaker of this system: WASAPI on Windows, programs elsewhere. <c>wasapi</c> names the former, other names
/// and commands the latter.
/// </summary>
internal static class SystemDevices
{
    private const string Wasapi = "wasapi";

    internal static Task<IAudioInput> OpenInputAsync(string? device, CancellationToken cancellationToken) =>
        WasapiDevices.IsSupported && device is (null or Wasapi)
            ? WasapiDevices.OpenInputAsync(cancellationToken)
            : AudioDevices.OpenInputAsync(Program(device), cancellationToken: cancellationToken);

    internal static Task<IAudioOutput> OpenOutputAsync(string? device, CancellationToken cancellationToken) =>
        WasapiDevices.IsSupported && device is (null or Wasapi)
            ? WasapiDevices.OpenOutputAsync(cancellationToken: cancellationToken)
            : AudioDevices.OpenOutputAsync(Program(device), cancellationToken: cancellationToken);

    private static string? Program(string? device) =>
        device == Wasapi ? throw new CommandException("wasapi exists on Windows 10 and later only. Name another device.", ExitCodes.Usage) : device;
}
