using System.Text.Json;

namespace Parley.Protocol;

/// <summary>Sources of an answer (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#523-groundingmetadata">protocol 5.2.3</see>).</summary>
public sealed record GroundingMetadata
{
    /// <summary>Sources.</summary>
    public IReadOnlyList<GroundingChunk>? GroundingChunks { get; set; }

    /// <summary>Support of the text by sources.</summary>
    public IReadOnlyList<GroundingSupport>? GroundingSupports { get; set; }

    /// <summary>Search queries.</summary>
    public IReadOnlyList<string>? WebSearchQueries { get; set; }

    /// <summary>Image search queries.</summary>
    public IReadOnlyList<string>? ImageSearchQueries { get; set; }

    /// <summary>Retrieval queries.</summary>
    public IReadOnlyList<string>? RetrievalQueries { get; set; }

    /// <summary>Search widget.</summary>
    public SearchEntryPoint? SearchEntryPoint { get; set; }

    /// <summary>Retrieval scores.</summary>
    public RetrievalMetadata? RetrievalMetadata { get; set; }

    /// <summary>Token of a maps widget.</summary>
    public string? GoogleMapsWidgetContextToken { get; set; }

    /// <summary>URIs for reporting sources.</summary>
    public JsonElement? SourceFlaggingUris { get; set; }
}

/// <summary>One source.</summary>
public sealed record GroundingChunk
{
    /// <summary>A page.</summary>
    public WebChunk? Web { get; set; }

    /// <summary>An image.</summary>
    public JsonElement? Image { get; set; }

    /// <summary>A document.</summary>
    public JsonElement? RetrievedContext { get; set; }

    /// <summary>A place.</summary>
    public JsonElement? Maps { get; set; }
}

/// <summary>A page.</summary>
public sealed record WebChunk
{
    /// <summary>The URI.</summary>
    public string? Uri { get; set; }

    /// <summary>Title.</summary>
    public string? Title { get; set; }

    /// <summary>Domain.</summary>
    public string? Domain { get; set; }
}

/// <summary>Support of the text by sources.</summary>
public sealed record GroundingSupport
{
    /// <summary>The text.</summary>
    public Segment? Segment { get; set; }

    /// <summary>Indices of sources.</summary>
    public IReadOnlyList<int>? GroundingChunkIndices { get; set; }

    /// <summary>Confidence, 0 to 1.</summary>
    public IReadOnlyList<double>? ConfidenceScores { get; set; }

    /// <summary>Indices of rendered parts.</summary>
    public IReadOnlyList<int>? RenderedParts { get; set; }
}

/// <summary>A span of the answer.</summary>
public sealed record Segment
{
    /// <summary>Index of the first byte.</summary>
    public int? StartIndex { get; set; }

    /// <summary>Index after the last byte.</summary>
    public int? EndIndex { get; set; }

    /// <summary>Index of the part.</summary>
    public int? PartIndex { get; set; }

    /// <summary>The text.</summary>
    public string? Text { get; set; }
}

/// <summary>Search widget.</summary>
public sealed record SearchEntryPoint
{
    /// <summary>HTML.</summary>
    public string? RenderedContent { get; set; }

    /// <summary>Encoded search queries.</summary>
    public ReadOnlyMemory<byte>? SdkBlob { get; set; }
}

/// <summary>Retrieval scores.</summary>
public sealed record RetrievalMetadata
{
    /// <summary>Score, 0 to 1.</summary>
    public double? GoogleSearchDynamicRetrievalScore { get; set; }
}

/// <summary>URLs that were read.</summary>
public sealed record UrlContextMetadata
{
    /// <summary>One entry per URL.</summary>
    public IReadOnlyList<UrlMetadata>? UrlMetadata { get; set; }
}

/// <summary>One URL that was read.</summary>
public sealed record UrlMetadata
{
    /// <summary>The URI.</summary>
    public string? RetrievedUrl { get; set; }

    /// <summary>The result.</summary>
    public UrlRetrievalStatus? UrlRetrievalStatus { get; set; }
}
