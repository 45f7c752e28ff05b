using System.Text;
using Parley.EndToEnd.Harness;
using Parley.TestKit;

namespace Parley.EndToEnd;

/// <summary>Messages that tests without a client library send and wait for.</summary>
internal static class LiveMessages
{
    public const string Model = "models/gemini-3.8-live";

    public const string Setup = $$"""{"setup":{"model":"{{Model}}","inputAudioTranscription":{},"outputAudioTranscription":{} } }""";

    /// <summary>"What is seven times six?", PCM16 at 16 kHz.</summary>
    public static WavFile Question { get; } = WavFile.Load(Repository.Find("samples", "audio", "question.wav"));

    public static byte[] QuestionBytes { get; } = ToBytes(Question);

    public static string MethodPath(string query = "key=" + ParleyProcess.Key, string version = "v1", string method = "BidiGenerateContent") =>
        $"/ws/google.ai.generativelanguage.{version}.GenerativeService.{method}?{query}";

    /// <summary>Opens a session and waits for <c>setupComplete</c>.</summary>
    public static async Task<LiveSocket> OpenSessionAsync(this ParleyProcess server, CancellationToken cancellationToken, string setup = Setup)
    {
        var socket = await server.OpenAsync(MethodPath(), cancellationToken: cancellationToken);
        await socket.SendJsonAsync(setup, cancellationToken);
        await socket.ExpectSetupCompleteAsync(cancellationToken);
        return socket;
    }

    public static Task<LiveFrame> ExpectSetupCompleteAsync(this LiveSocket socket, CancellationToken cancellationToken) =>
        socket.ReceiveUntilAsync(frame => frame.Has("setupComplete"), "setupComplete", cancellationToken);

    /// <summary>Receives up to the end of a turn with audio, and returns its transcript.</summary>
    public static async Task<string> ReceiveAnswerAsync(this LiveSocket socket, CancellationToken cancellationToken)
    {
        var said = new StringBuilder();
        var hasAudio = false;
        await socket.ReceiveUntilAsync(
            frame =>
            {
                said.Append(frame.At("serverContent", "outputTranscription", "text")?.GetString());
                hasAudio |= frame.At("serverContent", "modelTurn") is not null;
                return hasAudio && frame.At("serverContent", "turnComplete") is not null;
            },
            "the end of a spoken answer",
            cancellationToken);
        return said.ToString().Trim();
    }

    /// <summary>The transcript of the user so far.</summary>
    public static string Heard(this LiveSocket socket) =>
        string.Concat(socket.Received.Select(frame => frame.At("serverContent", "inputTranscription", "text")?.GetString())).Trim();

    /// <summary>
    /// Sends a recording faster than real time, in messages of 100 ms that the caller composes, and the end of the stream.
    /// </summary>
    public static async Task SendRecordingAsync(
        this LiveSocket socket, Func<string, string> message, string streamEnd, CancellationToken cancellationToken)
    {
        foreach (var chunk in QuestionBytes.Chunk(3_200))
            await socket.SendJsonAsync(message(Convert.ToBase64String(chunk)), cancellationToken);
        await socket.SendJsonAsync(streamEnd, cancellationToken);
    }

    private static byte[] ToBytes(WavFile wav)
    {
        var bytes = new byte[wav.Samples.Length * sizeof(short)];
        Buffer.BlockCopy(wav.Samples.ToArray(), 0, bytes, 0, bytes.Length);
        return bytes;
    }
}
