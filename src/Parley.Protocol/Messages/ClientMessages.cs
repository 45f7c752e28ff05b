namespace Parley.Protocol;

/// <summary>Ordered content for the history (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#42-clientcontent">protocol 4.2</see>).</summary>
public sealed record ClientContent
{
    /// <summary>Appended in order.</summary>
    public IReadOnlyList<Content>? Turns { get; set; }

    /// <summary>True = answer now; default false on the wire.</summary>
    public bool? TurnComplete { get; set; }
}

/// <summary>Realtime input of the user; by convention one member per message (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#43-realtimeinput">protocol 4.3</see>).</summary>
public sealed record RealtimeInput
{
    /// <summary>A chunk of microphone audio, PCM16 mono.</summary>
    public Blob? Audio { get; set; }

    /// <summary>One image, JPEG or PNG; at most one per second is used.</summary>
    public Blob? Video { get; set; }

    /// <summary>Text input of the user; starts an answer.</summary>
    public string? Text { get; set; }

    /// <summary>The microphone stopped (automatic detection only).</summary>
    public bool? AudioStreamEnd { get; set; }

    /// <summary>The user started to speak (manual detection only).</summary>
    public Empty? ActivityStart { get; set; }

    /// <summary>The user stopped speaking (manual detection only).</summary>
    public Empty? ActivityEnd { get; set; }

    /// <summary>Deprecated; only the first element is used.</summary>
    public IReadOnlyList<Blob>? MediaChunks { get; set; }
}

/// <summary>Function responses (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#44-toolresponse">protocol 4.4</see>).</summary>
public sealed record ToolResponse
{
    /// <summary>The responses.</summary>
    public IReadOnlyList<FunctionResponse>? FunctionResponses { get; set; }
}

/// <summary>Changes the instruction or the tools during a session (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#45-contextupdate-new-autumn-2026">protocol 4.5</see>).</summary>
public sealed record ContextUpdate
{
    /// <summary>Replaces the instruction.</summary>
    public Content? SystemInstruction { get; set; }

    /// <summary>Replaces the tools; an empty list clears them, absence keeps them.</summary>
    public ToolList? Tools { get; set; }
}

/// <summary>A list of tools; an empty list is meaningful.</summary>
public sealed record ToolList
{
    /// <summary>The tools.</summary>
    public IReadOnlyList<Tool>? Tools { get; set; }
}
