namespace Parley.Recording;

/// <summary>Names of the telemetry of this assembly.</summary>
public static class RecordingTelemetry
{
    /// <summary>Name of its meter.</summary>
    public const string Name = "Parley.Recording";
}
