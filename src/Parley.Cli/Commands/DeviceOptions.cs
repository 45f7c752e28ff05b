namespace Parley.Cli.Commands;

/// <summary>Descriptions of the options that choose an audio device.</summary>
internal static class DeviceOptions
{
    internal const string Microphone =
        "pulse, alsa, sox, wasapi (Windows), or a command that writes raw PCM16 mono; {rate} becomes the sample rate. "
        + "Default: wasapi on Windows, else the first one that works";

    internal const string Speaker =
        "pulse, alsa, sox, wasapi (Windows), or a command that plays raw PCM16 mono; {rate} becomes the sample rate. "
        + "Default: wasapi on Windows, else the first one that works";
}
