using System.Text;
using Parley.Protocol;

namespace Parley.Client;

/// <summary>
/// A piece of the spoken answer: PCM16 little-endian mono, any number of whole samples. Arrives faster than it plays: queue it, and clear
/// the queue on <see cref="InterruptedUpdate"/>.
/// </summary>
/// <param name="Pcm">The samples; the memory is yours.</param>
/// <param name="RateHz">Rate in Hz; 24,000 on every known model.</param>
public sealed record AudioUpdate(ReadOnlyMemory<byte> Pcm, int RateHz) : LiveUpdate
{
    private ReadOnlyMemory<byte> _pcm = Pcm;
    private int _rateHz = RateHz;

    internal AudioUpdate(byte[] leased)
        : this(default, 0) => Leased = leased;

    // A copy shares the samples, so neither the copy nor the original may return the memory to the pool.
    private AudioUpdate(AudioUpdate original)
        : base(original)
    {
        (_pcm, _rateHz, WirePart) = (original._pcm, original._rateHz, original.WirePart);
        (Leased, original.Leased) = ([], []);
    }

    /// <summary>The samples; the memory is yours.</summary>
    public ReadOnlyMemory<byte> Pcm
    {
        get => _pcm;
        init => _pcm = value;
    }

    /// <summary>Rate in Hz; 24,000 on every known model.</summary>
    public int RateHz
    {
        get => _rateHz;
        init => _rateHz = value;
    }

    // Pooled memory of the update, if the reader has a sink; else empty.
    internal byte[] Leased { get; private set; } = [];

    // Set on the hot path, which does not parse the message: the part as on the wire, without the carried byte.
    internal ReadOnlyMemory<byte> WirePart { get; init; }

    internal void Refill(int length, int rateHz) => (_pcm, _rateHz) = (Leased.AsMemory(0, length), rateHz);

    /// <summary>Playing time of the piece.</summary>
    public TimeSpan Duration => TimeSpan.FromSeconds(Pcm.Length / 2.0 / RateHz);

    private protected override LiveSessionResponse BuildRaw() => new()
    {
        ServerContent = new ServerContent
        {
            ModelTurn = new Content
            {
                Role = "model",
                Parts = [new Part { InlineData = new Blob { MimeType = AudioFormat.MimeType(RateHz), Data = WirePart.IsEmpty ? Pcm : WirePart } }],
            },
        },
    };

    /// <inheritdoc/>
    protected override bool PrintMembers(StringBuilder builder)
    {
        builder.Append(Pcm.Length).Append(" bytes, ").Append(RateHz).Append(" Hz");
        return true;
    }
}

/// <summary>A piece of the written answer (TEXT modality); concatenate the pieces as they are.</summary>
/// <param name="Text">The piece.</param>
public sealed record TextUpdate(string Text) : LiveUpdate;

/// <summary>A summary of a thought: complete in itself and not part of the answer.</summary>
/// <param name="Text">The summary.</param>
public sealed record ThoughtUpdate(string Text) : LiveUpdate;

/// <summary>Media other than PCM audio, such as the video of an avatar.</summary>
/// <param name="MimeType">Its type; empty if the server gave none.</param>
/// <param name="Data">The bytes; the memory is yours.</param>
public sealed record MediaUpdate(string MimeType, ReadOnlyMemory<byte> Data) : LiveUpdate;

/// <summary>Code that the service ran, or its result.</summary>
/// <param name="Executable">The code, or null.</param>
/// <param name="Result">Its result, or null.</param>
public sealed record CodeUpdate(ExecutableCode? Executable, CodeExecutionResult? Result) : LiveUpdate;

/// <summary>A part of the answer that has no update type of its own.</summary>
/// <param name="Part">The part.</param>
public sealed record PartUpdate(Part Part) : LiveUpdate;

/// <summary>
/// A piece of the transcript of the user; concatenate the pieces as they are (the first often begins with a space). May come late, even
/// after the answer.
/// </summary>
/// <param name="Text">The piece; empty if the message only marks the end.</param>
/// <param name="Finished">Whether this is the last piece. Often missing, so do not wait for it.</param>
public sealed record InputTranscriptUpdate(string Text, bool Finished) : LiveUpdate
{
    /// <summary>Language, speaker and timing, as far as the server gives them.</summary>
    public Transcription Details => Raw.ServerContent?.InputTranscription ?? new Transcription();
}

/// <summary>Preliminary transcript while the user speaks; the next one and the final one replace it.</summary>
/// <param name="Text">The text so far.</param>
public sealed record InterimInputTranscriptUpdate(string Text) : LiveUpdate
{
    /// <summary>Language, speaker and timing, as far as the server gives them.</summary>
    public Transcription Details => Raw.ServerContent?.InterimInputTranscription ?? new Transcription();
}

/// <summary>A piece of the transcript of the model's speech; concatenate the pieces as they are.</summary>
/// <param name="Text">The piece; empty if the message only marks the end.</param>
/// <param name="Finished">Whether this is the last piece. Often missing, so do not wait for it.</param>
public sealed record OutputTranscriptUpdate(string Text, bool Finished) : LiveUpdate
{
    /// <summary>Language and timing, as far as the server gives them.</summary>
    public Transcription Details => Raw.ServerContent?.OutputTranscription ?? new Transcription();
}

/// <summary>Sources of the answer.</summary>
/// <param name="Grounding">Searches and their results, or null.</param>
/// <param name="UrlContext">URLs that the service read, or null.</param>
public sealed record GroundingUpdate(GroundingMetadata? Grounding, UrlContextMetadata? UrlContext) : LiveUpdate;
