using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Parley.Speech;

/// <summary>
/// ONNX Runtime reports its use to its maker unless told otherwise before it wakes. .NET keeps an environment of its own on Unix, so what
/// counts there is the environment of the C library. Who wants the reports sets the variable to 0.
/// </summary>
internal static partial class OnnxTelemetry
{
    private const string Variable = "ORT_DISABLE_TELEMETRY";

#pragma warning disable CA2255 // The native library may be woken by other code of the application: nothing later than this is early enough.
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
            // A platform without a C library of that name has no ONNX Runtime for us either.
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
