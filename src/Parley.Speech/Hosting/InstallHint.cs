namespace Parley.Speech.Hosting;

/// <summary>Operating systems that name the packages of speech engines differently.</summary>
internal enum HostSystem
{
    /// <summary>Debian, Ubuntu and their relatives.</summary>
    Debian,

    /// <summary>Fedora and its relatives.</summary>
    Fedora,

    /// <summary>Arch Linux and its relatives.</summary>
    Arch,

    /// <summary>Another Linux.</summary>
    OtherLinux,

    /// <summary>macOS.</summary>
    MacOS,

    /// <summary>Windows.</summary>
    Windows,
}

/// <summary>
/// The one place that knows how to install what is missing: a sentence for logs and error messages, for the system of this process.
/// </summary>
internal static class InstallHint
{
    private const string OsRelease = "/etc/os-release";

    private static readonly Lazy<HostSystem> Current = new(Detect);

    /// <summary>How to install an engine here.</summary>
    /// <param name="provider">Its name in configuration, such as <see cref="SpeechProviders.Flite"/>.</param>
    public static string For(string provider) => For(provider, Current.Value);

    /// <summary>How to install an engine on a system, or what to use instead.</summary>
    internal static string For(string provider, HostSystem system) => (provider, system) switch
    {
        (SpeechProviders.PocketSphinx, HostSystem.Debian) => "Install it: apt install libpocketsphinx3 pocketsphinx-en-us.",
        (SpeechProviders.Flite, HostSystem.Debian) => "Install it: apt install libflite1.",
        (SpeechProviders.Flite, HostSystem.Fedora) => "Install it: dnf install flite.",
        (SpeechProviders.Flite, HostSystem.Arch) => "Install it: pacman -S flite.",
        (SpeechProviders.Espeak, HostSystem.Debian) => "Install it: apt install espeak-ng.",
        (SpeechProviders.Espeak, HostSystem.Fedora) => "Install it: dnf install espeak-ng.",
        (SpeechProviders.Espeak, HostSystem.Arch) => "Install it: pacman -S espeak-ng.",
        (SpeechProviders.Espeak, HostSystem.MacOS) => "Install it: brew install espeak-ng.",
        (SpeechProviders.Espeak, HostSystem.Windows) => "Install eSpeak NG for Windows and add its folder to PATH, or set Speech:Synthesizer:Espeak:Program.",
        (SpeechProviders.PocketSphinx, HostSystem.OtherLinux or HostSystem.Fedora or HostSystem.Arch) =>
            "Install libpocketsphinx.so.3 and its en-us model, or set Speech:Recognizer:Provider to openai and use a recognition server.",
        (SpeechProviders.PocketSphinx, _) =>
            "PocketSphinx does not run on this system: set Speech:Recognizer:Provider to openai and use a recognition server.",
        (SpeechProviders.Flite, HostSystem.OtherLinux) => "Install libflite.so.1 and its voices, or espeak-ng.",
        (SpeechProviders.Flite, _) => "flite does not run on this system: use espeak-ng, or set Speech:Synthesizer:Provider to openai and use a synthesis server.",
        _ => "Install espeak-ng.",
    };

    /// <summary>Finds out which Linux this is from the text of /etc/os-release.</summary>
    internal static HostSystem ReadOsRelease(string text)
    {
        var names = text.Split('\n')
            .Where(line => line.StartsWith("ID=", StringComparison.Ordinal) || line.StartsWith("ID_LIKE=", StringComparison.Ordinal))
            .SelectMany(line => line[(line.IndexOf('=') + 1)..].Trim().Trim('"').Split(' '))
            .ToArray();
        return names.Contains("debian") || names.Contains("ubuntu") ? HostSystem.Debian
            : names.Contains("fedora") || names.Contains("rhel") ? HostSystem.Fedora
            : names.Contains("arch") ? HostSystem.Arch
            : HostSystem.OtherLinux;
    }

    private static HostSystem Detect()
    {
        if (OperatingSystem.IsWindows())
            return HostSystem.Windows;
        if (OperatingSystem.IsMacOS())
            return HostSystem.MacOS;
        try
        {
            return ReadOsRelease(File.ReadAllText(OsRelease));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return HostSystem.OtherLinux;
        }
    }
}
