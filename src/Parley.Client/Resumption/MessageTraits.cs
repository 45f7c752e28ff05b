using Parley.Protocol;

namespace Parley.Client.Resumption;

/// <summary>What resumption needs to know of a client message.</summary>
internal readonly record struct MessageTraits
{
    /// <summary>Length of its audio; zero if it has none.</summary>
    internal TimeSpan Audio { get; init; }

    /// <summary>Audio or a picture.</summary>
    internal bool IsMedia { get; init; }

    internal bool ActivityStart { get; init; }

    internal bool ActivityEnd { get; init; }

    internal bool StreamEnd { get; init; }

    /// <summary>Whether the model will answer it.</summary>
    internal bool ExpectsAnswer { get; init; }

    /// <summary>Ids of the calls it answers.</summary>
    internal IReadOnlyList<string>? CallIds { get; init; }

    /// <summary>Whether it is a mark of the audio stream.</summary>
    internal bool IsMark => ActivityStart || ActivityEnd || StreamEnd;

    internal static MessageTraits OfAudio(int bytes, int rateHz) =>
        new() { IsMedia = true, Audio = TimeSpan.FromTicks(bytes / 2L * TimeSpan.TicksPerSecond / rateHz) };

    internal static MessageTraits Of(LiveSessionRequest request) => new()
    {
        IsMedia = request.RealtimeInput is { Audio: not null } or { Video: not null } or { MediaChunks: not null },
        ActivityStart = request.RealtimeInput?.ActivityStart is not null,
        ActivityEnd = request.RealtimeInput?.ActivityEnd is not null,
        StreamEnd = request.RealtimeInput?.AudioStreamEnd is true,
        ExpectsAnswer = request.RealtimeInput is { Text: not null } or { ActivityEnd: not null }
            || request.ClientContent?.TurnComplete is true
            || request.ToolResponse?.FunctionResponses?.Any(static answer => answer.Scheduling != Scheduling.Silent) is true,
        CallIds = request.ToolResponse?.FunctionResponses?.Where(static r => r.Id is not null).Select(static r => r.Id!).ToArray(),
    };
}
