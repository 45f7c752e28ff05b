using Parley.Protocol;

namespace Parley.Conversation;

/// <summary>Tokens by modality (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#10-token-accounting">protocol 10</see>): 25 a second of audio, 258 a video frame, text estimated at four characters each.</summary>
internal readonly record struct TokenCounts(int Text, int Image, int Video, int Audio)
{
    internal const int PerFrame = 258;
    private const int PerSecondOfAudio = 25;
    private const int CharactersPerToken = 4;

    internal int Total => Text + Image + Video + Audio;

    public static TokenCounts operator +(TokenCounts a, TokenCounts b) => new(a.Text + b.Text, a.Image + b.Image, a.Video + b.Video, a.Audio + b.Audio);

    public static TokenCounts operator -(TokenCounts a, TokenCounts b) => new(a.Text - b.Text, a.Image - b.Image, a.Video - b.Video, a.Audio - b.Audio);

    internal static TokenCounts OfText(string? text) => OfCharacters(text?.Length ?? 0);

    internal static TokenCounts OfCharacters(int characters) => new((characters + CharactersPerToken - 1) / CharactersPerToken, 0, 0, 0);

    internal static TokenCounts OfAudio(long samples, int rateHz) => new(0, 0, 0, (int)(((samples * PerSecondOfAudio) + rateHz - 1) / rateHz));

    internal static TokenCounts Of(Content content)
    {
        var sum = default(TokenCounts);
        foreach (var part in content.Parts ?? [])
            sum += Of(part);
        return sum;
    }

    internal IReadOnlyList<ModalityTokenCount>? Details()
    {
        if (Total == 0)
            return null;
        var details = new List<ModalityTokenCount>(4);
        Add(details, Modality.Text, Text);
        Add(details, Modality.Image, Image);
        Add(details, Modality.Video, Video);
        Add(details, Modality.Audio, Audio);
        return details;
    }

    private static TokenCounts Of(Part part)
    {
        if (part.Text is { } text)
            return OfText(text);
        if (part.InlineData is { } blob)
        {
            return new MediaType(blob.MimeType).IsAudio
                ? OfAudio((blob.Data?.Length ?? 0) / sizeof(short), AudioFormat.InputRateHz)
                : new TokenCounts(0, PerFrame, 0, 0);
        }

        if (part.FunctionCall is { } call)
            return OfText(call.Name) + (call.Args is { } args ? OfText(args.GetRawText()) : default);
        if (part.FunctionResponse is { } answer)
            return OfText(answer.Name) + (answer.Response is { } response ? OfText(response.GetRawText()) : default);
        return default;
    }

    private static void Add(List<ModalityTokenCount> details, Modality modality, int count)
    {
        if (count > 0)
            details.Add(new ModalityTokenCount { Modality = modality, TokenCount = count });
    }
}
