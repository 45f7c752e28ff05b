namespace Parley.Protocol.Codec;

internal static partial class WireTypes
{
    internal static MessageType<Protocol.RealtimeInputConfig> RealtimeInputConfig => field ??=
        new MessageType<Protocol.RealtimeInputConfig>()
            .Message("automaticActivityDetection", static () => AutomaticActivityDetection, static m => m.AutomaticActivityDetection, static (m, v) => m.AutomaticActivityDetection = v)
            .Enum<ActivityHandling>("activityHandling", static m => m.ActivityHandling, static (m, v) => m.ActivityHandling = v)
            .Enum<TurnCoverage>("turnCoverage", static m => m.TurnCoverage, static (m, v) => m.TurnCoverage = v)
            .Boolean("interimTranscriptTimestampEnabled", static m => m.InterimTranscriptTimestampEnabled, static (m, v) => m.InterimTranscriptTimestampEnabled = v);

    internal static MessageType<Protocol.AutomaticActivityDetection> AutomaticActivityDetection => field ??=
        new MessageType<Protocol.AutomaticActivityDetection>()
            .Boolean("disabled", static m => m.Disabled, static (m, v) => m.Disabled = v)
            .Enum<StartSensitivity>("startOfSpeechSensitivity", static m => m.StartOfSpeechSensitivity, static (m, v) => m.StartOfSpeechSensitivity = v)
            .Enum<EndSensitivity>("endOfSpeechSensitivity", static m => m.EndOfSpeechSensitivity, static (m, v) => m.EndOfSpeechSensitivity = v)
            .Int32("prefixPaddingMs", static m => m.PrefixPaddingMs, static (m, v) => m.PrefixPaddingMs = v)
            .Int32("silenceDurationMs", static m => m.SilenceDurationMs, static (m, v) => m.SilenceDurationMs = v);
}
