namespace Parley.Client.Tests.Scripted;

/// <summary>Messages that many tests send.</summary>
internal static class Wire
{
    internal const string TurnComplete = """{"serverContent":{"generationComplete":true,"turnComplete":true}}""";

    internal static string Handle(string handle, long? lastConsumed = null) => lastConsumed is null
        ? $$$"""{"sessionResumptionUpdate":{"newHandle":"{{{handle}}}","resumable":true}}"""
        : $$$"""{"sessionResumptionUpdate":{"newHandle":"{{{handle}}}","resumable":true,"lastConsumedClientMessageIndex":"{{{lastConsumed}}}"}}""";

    internal static string GoAway(int seconds) => $$$"""{"goAway":{"timeLeft":"{{{seconds}}}s"}}""";

    internal static string Calls(params string[] calls) => $$$"""{"toolCall":{"functionCalls":[{{{string.Join(',', calls)}}}]}}""";

    internal static string Text(string text) => Part($"{{\"text\":\"{text}\"}}");

    internal static string Audio(ReadOnlySpan<byte> pcm, string more = "") =>
        Part($"{{\"inlineData\":{{\"mimeType\":\"audio/pcm;rate=24000\",\"data\":\"{Convert.ToBase64String(pcm)}\"}}{more}}}");

    private static string Part(string part) => $"{{\"serverContent\":{{\"modelTurn\":{{\"parts\":[{part}]}}}}}}";
}
