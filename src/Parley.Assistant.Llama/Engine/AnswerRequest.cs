using System.Text.Json.Serialization;
using Parley.Assistant.Llama.Prompts;

namespace Parley.Assistant.Llama.Engine;

/// <summary>A request to the worker, as JSON after the number of the request.</summary>
internal sealed record AnswerRequest
{
    /// <summary>Id of the conversation, whose tokens may be in memory; null if it has none.</summary>
    public string? Conversation { get; init; }

    public required IReadOnlyList<PromptMessage> Messages { get; init; }

    /// <summary>Written at the beginning of the answer, before the model goes on.</summary>
    public string Begin { get; init; } = "";

    /// <summary>Most tokens of the answer; null: as many as the context has room for.</summary>
    public int? MaxTokens { get; init; }

    public required Sampling Sampling { get; init; }
}

/// <summary>How tokens are chosen.</summary>
internal sealed record Sampling
{
    public float Temperature { get; init; }

    public float TopP { get; init; }

    public int TopK { get; init; }

    public float MinP { get; init; }

    public float RepeatPenalty { get; init; } = 1;

    public float FrequencyPenalty { get; init; }

    public float PresencePenalty { get; init; }

    public uint? Seed { get; init; }
}

/// <summary>The end of an answer, as JSON after the number of the request.</summary>
internal sealed record AnswerResult
{
    /// <summary>Why there is no complete answer, in a sentence; null if there is one.</summary>
    public string? Error { get; init; }

    /// <summary>Whether the answer was cut because the context is full or <see cref="AnswerRequest.MaxTokens"/> is reached.</summary>
    public bool IsCut { get; init; }

    public int PromptTokens { get; init; }

    /// <summary>Tokens of the prompt that were in memory already.</summary>
    public int ReusedTokens { get; init; }

    public int AnswerTokens { get; init; }

    /// <summary>Turns that did not fit into the context.</summary>
    public int DroppedTurns { get; init; }
}

/// <summary>Arguments of the worker.</summary>
internal sealed record WorkerSettings(string Path, int ContextLength, int Conversations, int Threads);

[JsonSerializable(typeof(AnswerRequest))]
[JsonSerializable(typeof(AnswerResult))]
[JsonSerializable(typeof(WorkerSettings))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class LlamaJson : JsonSerializerContext;
