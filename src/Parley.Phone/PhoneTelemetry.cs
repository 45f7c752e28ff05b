namespace Parley.Phone;

/// <summary>Name of the telemetry.</summary>
public static class PhoneTelemetry
{
    /// <summary>Name of the meter; <c>docs/operations.md</c> lists its metrics.</summary>
    public const string Name = "Parley.Phone";
}
