namespace Parley.Protocol.Codec;

internal static partial class WireTypes
{
    internal static MessageType<Protocol.GroundingMetadata> GroundingMetadata => field ??=
        new MessageType<Protocol.GroundingMetadata>()
            .Messages("groundingChunks", static () => GroundingChunk, static m => m.GroundingChunks, static (m, v) => m.GroundingChunks = v)
            .Messages("groundingSupports", static () => GroundingSupport, static m => m.GroundingSupports, static (m, v) => m.GroundingSupports = v)
            .Strings("webSearchQueries", static m => m.WebSearchQueries, static (m, v) => m.WebSearchQueries = v)
            .Strings("imageSearchQueries", static m => m.ImageSearchQueries, static (m, v) => m.ImageSearchQueries = v)
            .Strings("retrievalQueries", static m => m.RetrievalQueries, static (m, v) => m.RetrievalQueries = v)
            .Message("searchEntryPoint", static () => SearchEntryPoint, static m => m.SearchEntryPoint, static (m, v) => m.SearchEntryPoint = v)
            .Message("retrievalMetadata", static () => RetrievalMetadata, static m => m.RetrievalMetadata, static (m, v) => m.RetrievalMetadata = v)
            .String("googleMapsWidgetContextToken", static m => m.GoogleMapsWidgetContextToken, static (m, v) => m.GoogleMapsWidgetContextToken = v)
            .Json("sourceFlaggingUris", static m => m.SourceFlaggingUris, static (m, v) => m.SourceFlaggingUris = v);

    internal static MessageType<Protocol.GroundingChunk> GroundingChunk => field ??=
        new MessageType<Protocol.GroundingChunk>()
            .Message("web", static () => WebChunk, static m => m.Web, static (m, v) => m.Web = v)
            .JsonObject("image", static m => m.Image, static (m, v) => m.Image = v)
            .JsonObject("retrievedContext", static m => m.RetrievedContext, static (m, v) => m.RetrievedContext = v)
            .JsonObject("maps", static m => m.Maps, static (m, v) => m.Maps = v);

    internal static MessageType<Protocol.WebChunk> WebChunk => field ??=
        new MessageType<Protocol.WebChunk>()
            .String("uri", static m => m.Uri, static (m, v) => m.Uri = v)
            .String("title", static m => m.Title, static (m, v) => m.Title = v)
            .String("domain", static m => m.Domain, static (m, v) => m.Domain = v);

    internal static MessageType<Protocol.GroundingSupport> GroundingSupport => field ??=
        new MessageType<Protocol.GroundingSupport>()
            .Message("segment", static () => Segment, static m => m.Segment, static (m, v) => m.Segment = v)
            .Int32s("groundingChunkIndices", static m => m.GroundingChunkIndices, static (m, v) => m.GroundingChunkIndices = v)
            .Doubles("confidenceScores", static m => m.ConfidenceScores, static (m, v) => m.ConfidenceScores = v)
            .Int32s("renderedParts", static m => m.RenderedParts, static (m, v) => m.RenderedParts = v);

    internal static MessageType<Protocol.Segment> Segment => field ??=
        new MessageType<Protocol.Segment>()
            .Int32("startIndex", static m => m.StartIndex, static (m, v) => m.StartIndex = v)
            .Int32("endIndex", static m => m.EndIndex, static (m, v) => m.EndIndex = v)
            .Int32("partIndex", static m => m.PartIndex, static (m, v) => m.PartIndex = v)
            .String("text", static m => m.Text, static (m, v) => m.Text = v);

    internal static MessageType<Protocol.SearchEntryPoint> SearchEntryPoint => field ??=
        new MessageType<Protocol.SearchEntryPoint>()
            .String("renderedContent", static m => m.RenderedContent, static (m, v) => m.RenderedContent = v)
            .Bytes("sdkBlob", static m => m.SdkBlob, static (m, v) => m.SdkBlob = v);

    internal static MessageType<Protocol.RetrievalMetadata> RetrievalMetadata => field ??=
        new MessageType<Protocol.RetrievalMetadata>()
            .Double("googleSearchDynamicRetrievalScore", static m => m.GoogleSearchDynamicRetrievalScore, static (m, v) => m.GoogleSearchDynamicRetrievalScore = v);

    internal static MessageType<Protocol.UrlContextMetadata> UrlContextMetadata => field ??=
        new MessageType<Protocol.UrlContextMetadata>()
            .Messages("urlMetadata", static () => UrlMetadata, static m => m.UrlMetadata, static (m, v) => m.UrlMetadata = v);

    internal static MessageType<Protocol.UrlMetadata> UrlMetadata => field ??=
        new MessageType<Protocol.UrlMetadata>()
            .String("retrievedUrl", static m => m.RetrievedUrl, static (m, v) => m.RetrievedUrl = v)
            .Enum<UrlRetrievalStatus>("urlRetrievalStatus", static m => m.UrlRetrievalStatus, static (m, v) => m.UrlRetrievalStatus = v);
}
