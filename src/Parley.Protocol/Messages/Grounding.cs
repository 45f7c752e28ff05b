using System.Text.Json;

namespace Parley.Protocol;

/// <summary>Sources of an answer (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#523-groundingmetadata">protocol 5.2.3</see>).</summary>
public sealed record GroundingMetadata
{
    /// <summary>Sources.</summary>
    public IReadOnlyList<GroundingChunk>? GroundingChunks { get; set; }

    /// <summary>Which text rests on which source.</summary>
    public IReadOnlyList<GroundingSupport>? GroundingSupports { get; set; }

    /// <summary>Searches made.</summary>
    public IReadOnlyList<string>? WebSearchQueries { get; set; }

    /// <summary>Image searches made.</summary>
    public IReadOnlyList<string>? ImageSearchQueries { get; set; }

    /// <summary>Retrievals made.</summary>
    public IReadOnlyList<string>? RetrievalQueries { get; set; }

    /// <summary>Search widget.</summary>
    public SearchEntryPoint? SearchEntryPoint { get; set; }

    /// <summary>Retrieval scores.</summary>
    public RetrievalMetadata? RetrievalMetadata { get; set; }

    /// <summary>Token of a maps widget.</summary>
    public string? GoogleMapsWidgetContextToken { get; set; }

    /// <summary>Addresses to report sources.</summary>
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
    /// <summary>Address.</summary>
    public string? Uri { get; set; }

    /// <summary>Title.</summary>
    public string? Title { get; set; }

    /// <summary>Domain.</summary>
    public string? Domain { get; set; }
}

/// <summary>Which text rests on which source.</summary>
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
    /// <summary>First byte.</summary>
    public int? StartIndex { get; set; }

    /// <summary>Byte behind the last.</summary>
    public int? EndIndex { get; set; }

    /// <summary>Part.</summary>
    public int? PartIndex { get; set; }

    /// <summary>The text.</summary>
    public string? Text { get; set; }
}

/// <summary>Search widget.</summary>
public sealed record SearchEntryPoint
{
    /// <summary>HTML.</summary>
    public string? RenderedContent { get; set; }

    /// <summary>Encoded searches.</summary>
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
    /// <summary>One entry a URL.</summary>
    public IReadOnlyList<UrlMetadata>? UrlMetadata { get; set; }
}

/// <summary>One URL that was read.</summary>
public sealed record UrlMetadata
{
    /// <summary>Address.</summary>
    public string? RetrievedUrl { get; set; }

    /// <summary>How it went.</summary>
    public UrlRetrievalStatus? UrlRetrievalStatus { get; set; }
}
