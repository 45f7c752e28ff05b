using System.Text.Json;

namespace Parley.Protocol;

/// <summary>A message of the conversation: a role and its parts (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#46-content-part-blob-shared">protocol 4.6</see>).</summary>
public sealed record Content
{
    /// <summary><c>user</c> or <c>model</c>; absent means user.</summary>
    public string? Role { get; set; }

    /// <summary>The parts, in order.</summary>
    public IReadOnlyList<Part>? Parts { get; set; }
}

/// <summary>One part of a message; at most one data member (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#46-content-part-blob-shared">protocol 4.6</see>).</summary>
public sealed record Part
{
    /// <summary>Text.</summary>
    public string? Text { get; set; }

    /// <summary>Media in the message.</summary>
    public Blob? InlineData { get; set; }

    /// <summary>Media by URI.</summary>
    public FileData? FileData { get; set; }

    /// <summary>A function call, in history.</summary>
    public FunctionCall? FunctionCall { get; set; }

    /// <summary>A function response, in history.</summary>
    public FunctionResponse? FunctionResponse { get; set; }

    /// <summary>Code the service ran.</summary>
    public ExecutableCode? ExecutableCode { get; set; }

    /// <summary>Result of that code.</summary>
    public CodeExecutionResult? CodeExecutionResult { get; set; }

    /// <summary>A tool the service ran.</summary>
    public ServerToolCall? ToolCall { get; set; }

    /// <summary>Result of that tool.</summary>
    public ServerToolResponse? ToolResponse { get; set; }

    /// <summary>True for a thought summary: neither shown nor spoken.</summary>
    public bool? Thought { get; set; }

    /// <summary>Opaque signature of a thought.</summary>
    public ReadOnlyMemory<byte>? ThoughtSignature { get; set; }

    /// <summary>Free metadata.</summary>
    public JsonElement? PartMetadata { get; set; }

    /// <summary>Resolution of this part.</summary>
    public PartMediaResolution? MediaResolution { get; set; }

    /// <summary>Which section of a video.</summary>
    public VideoMetadata? VideoMetadata { get; set; }

    /// <summary>How media is processed.</summary>
    public MediaProcessing? MediaProcessing { get; set; }

    /// <summary>Who speaks, and how.</summary>
    public SpeechMetadata? SpeechMetadata { get; set; }

    /// <summary>What is said in this part.</summary>
    public Transcription? AudioTranscription { get; set; }
}

/// <summary>Media bytes with their type.</summary>
public sealed record Blob
{
    /// <summary>Such as <c>audio/pcm;rate=16000</c> or <c>image/jpeg</c>.</summary>
    public string? MimeType { get; set; }

    /// <summary>The bytes; base64 on the wire.</summary>
    public ReadOnlyMemory<byte>? Data { get; set; }

    /// <summary>Display name.</summary>
    public string? DisplayName { get; set; }
}

/// <summary>Media by URI.</summary>
public sealed record FileData
{
    /// <summary>The URI.</summary>
    public string? FileUri { get; set; }

    /// <summary>Media type.</summary>
    public string? MimeType { get; set; }

    /// <summary>Display name.</summary>
    public string? DisplayName { get; set; }
}

/// <summary>Code the service ran.</summary>
public sealed record ExecutableCode
{
    /// <summary>Language.</summary>
    public CodeLanguage? Language { get; set; }

    /// <summary>The code.</summary>
    public string? Code { get; set; }

    /// <summary>Id.</summary>
    public string? Id { get; set; }
}

/// <summary>Result of executed code.</summary>
public sealed record CodeExecutionResult
{
    /// <summary>How it ended.</summary>
    public CodeOutcome? Outcome { get; set; }

    /// <summary>Output.</summary>
    public string? Output { get; set; }

    /// <summary>Id.</summary>
    public string? Id { get; set; }
}

/// <summary>A tool the service ran.</summary>
public sealed record ServerToolCall
{
    /// <summary>Id.</summary>
    public string? Id { get; set; }

    /// <summary>Which tool.</summary>
    public ToolType? ToolType { get; set; }

    /// <summary>Arguments.</summary>
    public JsonElement? Args { get; set; }
}

/// <summary>Result of a tool that the service ran.</summary>
public sealed record ServerToolResponse
{
    /// <summary>Id.</summary>
    public string? Id { get; set; }

    /// <summary>Which tool.</summary>
    public ToolType? ToolType { get; set; }

    /// <summary>Result.</summary>
    public JsonElement? Response { get; set; }
}

/// <summary>Resolution of one part.</summary>
public sealed record PartMediaResolution
{
    /// <summary>Level.</summary>
    public PartMediaResolutionLevel? Level { get; set; }

    /// <summary>Tokens.</summary>
    public int? NumTokens { get; set; }
}

/// <summary>Which section of a video, and how densely.</summary>
public sealed record VideoMetadata
{
    /// <summary>Start.</summary>
    public TimeSpan? StartOffset { get; set; }

    /// <summary>End.</summary>
    public TimeSpan? EndOffset { get; set; }

    /// <summary>Frames per second.</summary>
    public double? Fps { get; set; }
}

/// <summary>Who speaks, and how.</summary>
public sealed record SpeechMetadata
{
    /// <summary>Speaker.</summary>
    public string? Speaker { get; set; }

    /// <summary>Style.</summary>
    public string? Style { get; set; }
}

/// <summary>A function call for the client to execute (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#53-toolcall">protocol 5.3</see>).</summary>
public sealed record FunctionCall
{
    /// <summary>Id to respond with; may be absent on Vertex.</summary>
    public string? Id { get; set; }

    /// <summary>Name of the function.</summary>
    public string? Name { get; set; }

    /// <summary>Arguments, an object; absent = none.</summary>
    public JsonElement? Args { get; set; }
}

/// <summary>A function response (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#44-toolresponse">protocol 4.4</see>).</summary>
public sealed partial record FunctionResponse
{
    /// <summary>Id of the call.</summary>
    public string? Id { get; set; }

    /// <summary>Name of the function.</summary>
    public string? Name { get; set; }

    /// <summary>Result, an object; <c>output</c> and <c>error</c> are the customary members.</summary>
    public JsonElement? Response { get; set; }

    /// <summary>Media results.</summary>
    public IReadOnlyList<FunctionResponsePart>? Parts { get; set; }

    /// <summary>When a NON_BLOCKING result is spoken; default WHEN_IDLE.</summary>
    public Scheduling? Scheduling { get; set; }

    /// <summary>True: more answers to the same id follow; default false.</summary>
    public bool? WillContinue { get; set; }
}

/// <summary>Media result of a function.</summary>
public sealed record FunctionResponsePart
{
    /// <summary>Media in the message.</summary>
    public Blob? InlineData { get; set; }

    /// <summary>Media by URI.</summary>
    public FileData? FileData { get; set; }

    /// <summary>How media is processed.</summary>
    public MediaProcessing? MediaProcessing { get; set; }
}
