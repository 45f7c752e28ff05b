namespace Parley.Client.Telemetry;

/// <summary>
/// Names of the OpenTelemetry conventions for generative AI, which are in development and may change: those of revision
/// 600023073bcc of open-telemetry/semantic-conventions-genai (docs/gen-ai/gen-ai-realtime-spans.md, gen-ai-metrics.md). A newer revision
/// changes this table, with a line in the changelog.
/// </summary>
internal static class GenAI
{
    internal const string
        RealtimeInference = "realtime_inference",
        ExecuteTool = "execute_tool",
        Provider = "gcp.gemini";

    internal const string
        OperationDuration = "gen_ai.client.operation.duration",
        TimeToFirstChunk = "gen_ai.client.operation.time_to_first_chunk",
        TokenUsage = "gen_ai.client.token.usage";

    internal const string
        OperationName = "gen_ai.operation.name",
        ProviderName = "gen_ai.provider.name",
        RequestModel = "gen_ai.request.model",
        LiveSessionId = "gen_ai.live_session.id",
        OutputType = "gen_ai.output.type",
        FinishReasons = "gen_ai.response.finish_reasons",
        FirstChunkSeconds = "gen_ai.response.time_to_first_chunk",
        InputMessages = "gen_ai.input.messages",
        OutputMessages = "gen_ai.output.messages",
        TokenType = "gen_ai.token.type",
        ToolName = "gen_ai.tool.name",
        ToolType = "gen_ai.tool.type",
        ToolCallId = "gen_ai.tool.call.id",
        ToolCallArguments = "gen_ai.tool.call.arguments",
        ErrorType = "error.type",
        ServerAddress = "server.address",
        ServerPort = "server.port";

    internal const string
        InputTokens = "gen_ai.usage.input_tokens",
        OutputTokens = "gen_ai.usage.output_tokens",
        CachedInputTokens = "gen_ai.usage.cache_read.input_tokens",
        ReasoningTokens = "gen_ai.usage.reasoning.output_tokens";

    /// <summary>Such as <c>gen_ai.usage.audio.input_tokens</c>.</summary>
    internal static string TokensOf(string modality, string direction) => $"gen_ai.usage.{modality}.{direction}_tokens";
}
