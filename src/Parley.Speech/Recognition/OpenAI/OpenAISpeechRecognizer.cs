using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Parley.Speech.Hosting;
using Parley.Speech.Recognition;

namespace Parley.Speech;

/// <summary>
/// Recognizes speech with a server that has <c>POST /v1/audio/transcriptions</c>. An utterance is sent as one WAV file at its end, so
/// there are no partial results, and the transcript takes as long as the server does.
/// </summary>
/// <remarks>If the server cannot be reached or answers 502, 503 or 504, the request is sent once more. Phrases are not used.</remarks>
public sealed class OpenAISpeechRecognizer : ISpeechRecognizer, ITitledEngine, IDisposable
{
    private readonly OpenAIEndpoint _endpoint;
    private readonly Uri _address;
    private readonly HttpClient _client;
    private readonly OpenAICall _call;

    /// <summary>Creates one.</summary>
    /// <param name="endpoint">The server.</param>
    /// <param name="client">The client for requests; null to create one. Its own timeout should be infinite.</param>
    /// <param name="timeProvider">The clock; null for the system clock.</param>
    /// <exception cref="InvalidOperationException">A setting is missing.</exception>
    public OpenAISpeechRecognizer(OpenAIEndpoint endpoint, HttpClient? client = null, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        _endpoint = endpoint;
        _address = endpoint.AddressOf("audio/transcriptions");
        _client = client ?? CredentialHandler.CreateClient();
        _call = new OpenAICall(_client, endpoint, timeProvider ?? TimeProvider.System);
    }

    string ITitledEngine.Title => _endpoint.Model!;

    /// <inheritdoc/>
    public string Name => "openai";

    /// <inheritdoc/>
    public IRecognition Start(RecognitionRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new BufferedRecognition((sound, cancellationToken) => TranscribeAsync(sound, request.Language, cancellationToken));
    }

    /// <summary>Disposes the client.</summary>
    public void Dispose() => _client.Dispose();

    private async Task<Transcript> TranscribeAsync(ReadOnlyMemory<short> sound, string? language, CancellationToken cancellationToken)
    {
        using var deadline = _call.Deadline();
        await using var registration = cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), deadline).ConfigureAwait(false);
        using var response = await _call.SendAsync(() => _endpoint.Post(_address, Form(sound, language)), deadline, cancellationToken).ConfigureAwait(false);
        return await _call.GuardAsync(
            async () =>
            {
                using var answer = await JsonDocument.ParseAsync(
                    await response.Content.ReadAsStreamAsync(deadline.Token).ConfigureAwait(false), cancellationToken: deadline.Token).ConfigureAwait(false);
                return answer.RootElement.ValueKind == JsonValueKind.Object && answer.RootElement.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String
                    ? new Transcript(text.GetString()!.Trim()) { Language = language }
                    : throw new InvalidDataException("the response has no text");
            },
            cancellationToken).ConfigureAwait(false);
    }

    private MultipartFormDataContent Form(ReadOnlyMemory<short> sound, string? language)
    {
        var file = new ByteArrayContent(new WavFile(16_000, sound).ToBytes());
        file.Headers.ContentType = new MediaTypeHeaderValue("audio/wav");
        var form = new MultipartFormDataContent { { file, "file", "speech.wav" }, { new StringContent(_endpoint.Model!), "model" }, { new StringContent("json"), "response_format" } };
        if (language is { Length: > 0 })
            form.Add(new StringContent(language.Split('-')[0].ToLower(CultureInfo.InvariantCulture)), "language");
        return form;
    }
}
