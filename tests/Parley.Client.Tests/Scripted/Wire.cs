namespace Parley.Client.Tests.Scripted;

/// <summary>Messages that many tests send.</summary>
internal static class Wire
{
    internal static string Text(string text) => Part($"{{\"text\":\"{text}\"}}");

    internal static string Audio(ReadOnlySpan<byte> pcm, string more = "") =>
        Part($"{{\"inlineData\":{{\"mimeType\":\"audio/pcm;rate=24000\",\"data\":\"{Convert.ToBase64String(pcm)}\"}}{more}}}");

    private static string Part(string part) => $"{{\"serverContent\":{{\"modelTurn\":{{\"parts\":[{part}]}}}}}}";
}
