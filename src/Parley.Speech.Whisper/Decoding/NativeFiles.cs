using System.Runtime.InteropServices;
using Whisper.net.LibraryLoader;

namespace Parley.Speech.Whisper.Decoding;

/// <summary>Where the native files of Whisper are: in <c>runtimes/PLATFORM/</c> of the application, or where a single file unpacked them.</summary>
internal static class NativeFiles
{
    /// <summary>What the libraries need that a small container may lack.</summary>
    public static string Hint => OperatingSystem.IsLinux() ? "They need libgomp (Debian: libgomp1) and a processor with AVX2 or ARM64." : "They need a processor with AVX2 or ARM64.";

    /// <summary>Tells Whisper.net where to look if the files are not beside the application.</summary>
    public static void Find()
    {
        var folders = (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        if (Array.Find(folders.Prepend(AppContext.BaseDirectory).ToArray(), static folder => Directory.Exists(Path.Combine(folder, "runtimes", Platform))) is { } found)
            RuntimeOptions.LibraryPath = Path.Combine(found, "whisper");
    }

    /// <summary>Whether a library of the system or of the processor is missing, not the model wrong.</summary>
    public static bool IsLoadFailure(Exception exception) =>
        exception is DllNotFoundException or FileNotFoundException or PlatformNotSupportedException or BadImageFormatException or TypeInitializationException
        || (exception.GetType() == typeof(Exception) && exception.Message.Contains("library", StringComparison.OrdinalIgnoreCase));

    private static string Platform =>
        $"{(OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "macos" : "linux")}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
}
