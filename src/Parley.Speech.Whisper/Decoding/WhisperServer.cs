using System.Runtime.InteropServices;
using System.Text;
using Parley.Speech.Worker.Pipe;
using Whisper.net;

namespace Parley.Speech.Whisper.Decoding;

/// <summary>Decodes the requests of one application with one model, one after another.</summary>
internal sealed class WhisperServer(WhisperFactory factory, WhisperModelFile file, WorkerPipe pipe) : IEngineServer, IDisposable
{
    // Whisper ignores audio of less than 0.1 s and guesses in very short pieces; silence follows them.
    private const int MinSamples = 16_000;

    private readonly Lock _lock = new();
    private float[] _sound = [];
    private int _current;
    private int _cancelled;
    private CancellationTokenSource? _stop;

    public void Handle(PipeMessage kind, ReadOnlySpan<byte> content)
    {
        if (kind != PipeMessage.Request)
            throw new InvalidDataException($"Whisper does not accept {kind} messages.");
        var bytes = content.ToArray();
        var request = DecodeRequest.From(bytes, out var audioAt);
        using var stop = new CancellationTokenSource();
        lock (_lock)
        {
            (_current, _stop) = (request.Number, stop);
            if (_cancelled == request.Number)
                stop.Cancel();
        }
        try
        {
            pipe.Write(PipeMessage.Result, Decode(request, Sound(MemoryMarshal.Cast<byte, short>(bytes.AsSpan(audioAt))), stop.Token).ToBytes());
        }
        catch (OperationCanceledException)
        {
            pipe.Write(PipeMessage.Result, DecodeResult.Cancelled.ToBytes());
        }
        finally
        {
            lock (_lock)
                _stop = null;
        }
    }

    public void Cancel(int number)
    {
        lock (_lock)
        {
            _cancelled = number;
            if (_current == number)
                _stop?.Cancel();
        }
    }

    public void Dispose() => factory.Dispose();

    private DecodeResult Decode(DecodeRequest request, ReadOnlyMemory<float> sound, CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        cancellationToken.ThrowIfCancellationRequested();
        using var processor = Build(request);
        var text = new StringBuilder();
        var tokens = new List<DecodedToken>();
        var (language, noSpeech) = (request.Language ?? "", 0f);
        foreach (var segment in processor.ProcessAsync(sound, cancellationToken).ToBlockingEnumerable(CancellationToken.None))
        {
            text.Append(segment.Text);
            (language, noSpeech) = (segment.Language, Math.Max(noSpeech, segment.NoSpeechProbability));
            foreach (var token in segment.Tokens)
            {
                if (token.Id < file.FirstSpecialToken)
                    tokens.Add(new DecodedToken(token.Text ?? "", MathF.Log(Math.Max(token.Probability, float.Epsilon))));
            }
        }
        return new DecodeResult
        {
            Text = text.ToString(), Language = language, NoSpeech = noSpeech, Tokens = tokens,
            Elapsed = TimeProvider.System.GetElapsedTime(began),
        };
    }

    private WhisperProcessor Build(in DecodeRequest request)
    {
        var builder = factory.CreateBuilder()
            .WithThreads(request.Threads)
            .WithSingleSegment() // Otherwise the encoder runs again for what follows the first segment.
            .WithMaxTokensPerSegment(request.MaxTokens)
            .WithAudioContextSize(Math.Min(request.AudioContext, file.AudioContext))
            .WithTemperatureInc(request.TemperatureStep)
            .WithoutStringPool();
        if (request.Prompt.Length > 0)
            builder.WithPrompt(request.Prompt);
        if (!file.IsMultilingual)
            builder.WithLanguage("en");
        else if (request.Language is { } language)
            builder.WithLanguage(language);
        else
            builder.WithLanguageDetection();
        return builder.Build();
    }

    private ReadOnlyMemory<float> Sound(ReadOnlySpan<short> samples)
    {
        var count = Math.Max(samples.Length, MinSamples);
        if (_sound.Length < count)
            _sound = new float[count];
        for (var i = 0; i < samples.Length; i++)
            _sound[i] = samples[i] / 32_768f;
        _sound.AsSpan(samples.Length, count - samples.Length).Clear();
        return _sound.AsMemory(0, count);
    }
}
