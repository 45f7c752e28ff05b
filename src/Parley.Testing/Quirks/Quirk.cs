using System.Diagnostics.CodeAnalysis;
using Parley.Protocol.Internal;

namespace Parley.Testing;

/// <summary>
/// Something that servers of the Live API were seen doing and that a client must survive
/// (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#14-quirks-a-client-must-survive">protocol 14</see> and
/// <see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#20-changes-and-additions-dated">20</see>). Switch them on with
/// <see cref="LiveTestServer.Quirks"/>.
/// </summary>
public sealed partial class Quirk
{
    private static DateOnly Reference => new(2026, 11, 22);

    private static DateOnly Migration => new(2026, 9, 15);

    private static DateOnly Spring => new(2026, 3, 26);

    private Quirk(string name, string description, string source, DateOnly date, string section, bool isDisruptive = false) =>
        (Name, Description, Source, Date, Section, IsDisruptive) = (name, description, source, date, section, isDisruptive);

    /// <summary>Every quirk, in the order of the protocol reference.</summary>
    public static IReadOnlyList<Quirk> All => Catalogue.All;

    /// <summary>Its name in files and on the command line, such as <c>odd-audio-parts</c>.</summary>
    public string Name { get; }

    /// <summary>What the server does, in one sentence.</summary>
    public string Description { get; }

    /// <summary>Who saw it: threads, projects or pages.</summary>
    public string Source { get; }

    /// <summary>Day of the source, or, if that is not known, the day on which the reference quoted it.</summary>
    public DateOnly Date { get; }

    /// <summary>Its place in the protocol reference, such as <c>14.4</c> or <c>20 C3</c>.</summary>
    public string Section { get; }

    /// <summary>
    /// Whether an answer or a session can be lost by it, whatever the client does. A mix has such a quirk only on request (<see cref="QuirkSet.Mix"/>).
    /// </summary>
    public bool IsDisruptive { get; }

    /// <summary>Finds a quirk by its name.</summary>
    /// <param name="name">The name; case is ignored.</param>
    /// <exception cref="FormatException">There is no such quirk; the message has the nearest name.</exception>
    public static Quirk Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (TryParse(name, out var quirk))
            return quirk;
        var nearest = All.MinBy(known => NearName.Distance(known.Name, name))!;
        throw new FormatException($"\"{name}\" is not a quirk. Did you mean \"{nearest.Name}\"? Known are {string.Join(", ", All.Select(static known => known.Name))}.");
    }

    /// <inheritdoc cref="Parse"/>
    /// <param name="name">The name; case is ignored.</param>
    /// <param name="quirk">The quirk.</param>
    /// <returns>False if there is none.</returns>
    public static bool TryParse(string? name, [NotNullWhen(true)] out Quirk? quirk)
    {
        quirk = All.FirstOrDefault(known => string.Equals(known.Name, name, StringComparison.OrdinalIgnoreCase));
        return quirk is not null;
    }

    /// <summary><see cref="Name"/>.</summary>
    public override string ToString() => Name;

    // On first use: fields of other files of the type may be set before those of this file, or after.
    private static class Catalogue
    {
        internal static readonly IReadOnlyList<Quirk> All =
        [
            BinaryFrames, EmptyMessages, MergedMessages, OddAudioParts, AudioAfterToolCall, EarlyTurnComplete, EmptyTurns,
            StrayInterrupted, LateTranscripts, RaggedTranscripts, UnrequestedHandles, SilenceAfterGoAway, LifetimeEndsAsError, LatePongs,
            ResumeNeedsClosedSocket, StaleHandles, RefusedReplay, FullContext, RefusedSchemas, CloseInToolCall, CloseAfterToolResponse,
            DuplicateCalls, SeparateParallelCalls, CallsBlockInput, RefusedContent, RefusedNullHandle, FirstAudioCloses,
            LongCloseReasons, VertexForms, FastAnswers, EchoInterrupts, IdleCut, VideoBeforeHistory, OneConnectAtATime, ThoughtsInAudio,
            InputCancelsCalls, InterruptTalksOverUser, RepeatedCalls, NonBlockingCalls, ResumeCostsTokenUse, UnansweredTurns,
        ];
    }
}
