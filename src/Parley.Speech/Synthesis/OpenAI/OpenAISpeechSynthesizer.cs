using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Parley.Speech.Hosting;
using Parley.Speech.Synthesis;

namespace Parley.Speech;

/// <summary>
/// Synthesizes with a server that has <c>POST /v1/audio/speech</c>. Audio is streamed while the server makes it. The request asks for raw
/// PCM of 24 kHz; WAV of any rate is accepted too.
/// </summary>
/// <remarks>
/// If the server cannot be reached or answers 502, 503 or 504, the request is sent once more. Cancelling aborts the request.
/// </remarks>
public sealed class OpenAISpeechSynthesizer : ISpeechSynthesizer, ITitledEngine, IDisposable
{
    // The hosted service accepts 4,096.
    private const int MaxCharacters = 4_000;

    private readonly OpenAIVoiceOptions _options;
    private readonly Uri _address;
    private readonly HttpClient _client;
    private readonly OpenAICall _call;

    /// <summary>Creates one.</summary>
    /// <param name="options">The server and its voices.</param>
    /// <param name="client">The client for requests; null to create one. Its own timeout should be infinite.</param>
    /// <param name="timeProvider">The clock; null for the system clock.</param>
    /// <exception cref="InvalidOperationException">A setting is missing.</exception>
    public OpenAISpeechSynthesizer(OpenAIVoiceOptions options, HttpClient? client = null, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _address = options.AddressOf("audio/speech");
        _client = client ?? CredentialHandler.CreateClient();
        _call = new OpenAICall(_client, options, timeProvider ?? TimeProvider.System);
    }

    string ITitledEngine.Title => _options.Model!;

    /// <inheritdoc/>
    public string Name => "openai";

    /// <inheritdoc/>
    /// <exception cref="SpeechEngineException">The server failed or timed out.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> SpeakAsync(
        string text, SpeechVoice voice, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(voice);
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var part in Parts(text))
        {
            await foreach (var chunk in SpeakPartAsync(part, voice, cancellationToken).ConfigureAwait(false))
                yield return chunk;
        }
    }

    /// <summary>Disposes the client.</summary>
    public void Dispose() => _client.Dispose();

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> SpeakPartAsync(
        string text, SpeechVoice voice, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var deadline = _call.Deadline();
        await using var registration = cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), deadline).ConfigureAwait(false);
        using var response = await _call.SendAsync(() => _options.Post(_address, Question(text, voice)), deadline, cancellationToken).ConfigureAwait(false);
        var stream = await response.Content.ReadAsStreamAsync(deadline.Token).ConfigureAwait(false);
        await using var ownedStream = stream.ConfigureAwait(false);
        var sound = new AudioReader(stream, EvenChunks.OutputRateHz).ReadAsync(deadline, _options.Timeout).GetAsyncEnumerator(CancellationToken.None);
        await using var ownedSound = sound.ConfigureAwait(false);
        while (await _call.GuardAsync(() => sound.MoveNextAsync().AsTask(), cancellationToken).ConfigureAwait(false))
            yield return sound.Current;
    }

    // {"model":"…","input":"…","voice":"…","response_format":"pcm"}
    private ByteArrayContent Question(string text, SpeechVoice voice)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("model", _options.Model);
            json.WriteString("input", text);
            json.WriteString("voice", _options.Voices.GetValueOrDefault(voice.Name, _options.Voice));
            json.WriteString("response_format", "pcm");
            json.WriteEndObject();
        }
        return new ByteArrayContent(bytes.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
    }

    /// <summary>Splits the text at sentence ends into as few parts as the service accepts.</summary>
    private static IEnumerable<string> Parts(string text)
    {
        var part = new StringBuilder();
        foreach (var piece in TextSegmenter.Split(text, MaxCharacters))
        {
            if (part.Length + piece.Length > MaxCharacters)
            {
                yield return part.ToString();
                part.Clear();
            }
            part.Append(piece);
        }
        if (part.ToString().Any(char.IsLetterOrDigit))
            yield return part.ToString();
    }
}
