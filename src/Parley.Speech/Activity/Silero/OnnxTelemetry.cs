using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Parley.Speech.Activity.Silero;

/// <summary>
/// Switches off ONNX Runtime's usage reports before the library is loaded. .NET keeps its own copy of the environment on Unix, so the
/// variable is set in the C library. To keep the reports, set the variable to 0 beforehand.
/// </summary>
internal static partial class OnnxTelemetry
{
    private const string Variable = "ORT_DISABLE_TELEMETRY";

#pragma warning disable CA2255 // Other code of the application may load the native library; anything later could be too late.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Disable()
    {
        if (OperatingSystem.IsWindows())
        {
            if (Environment.GetEnvironmentVariable(Variable) is null)
                Environment.SetEnvironmentVariable(Variable, "1");
            return;
        }
        try
        {
            _ = SetEnvironment(Variable, "1", overwrite: 0);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            // A platform without a C library of that name has no ONNX Runtime either.
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
