using System.Security.Claims;
using Parley.Protocol;
using Parley.Server.Access;

namespace Parley.Server;

/// <summary>
/// A user that the application has signed in, as the Live API counts and limits it
/// (<see href="https://github.com/parley-live/parley/blob/main/docs/sign-in.md">docs/sign-in.md</see>). Immutable.
/// </summary>
public sealed record LiveUser
{
    /// <summary>
    /// Stable id of the user: 1 to 256 characters, without control characters. The same user must get the same id after a restart and on every server, and no other user may ever get it:
    /// who has the id may resume the sessions of the user. It is never logged.
    /// </summary>
    public required string Id { get; init; }

    /// <summary>
    /// Users of a group share <see cref="Limits"/> and daily usage, as a company or a plan: 1 to 64 ASCII letters, digits, <c>.</c>, <c>_</c> and <c>-</c>. Their key id is
    /// <c>users-</c> and the group, for example in a relay policy. Null (the default) = the user is counted alone, under a key id that is derived from the id.
    /// </summary>
    public string? Group { get; init; }

    /// <summary>Limits, counted as those of a virtual key, on all servers that share a store. Default none.</summary>
    public KeyLimits Limits { get; init => field = value ?? new(); } = new();

    /// <summary>
    /// A setup that the client cannot change, as that of an ephemeral token
    /// (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#113-which-setup-is-effective">protocol 11.3</see>). Null = none.
    /// </summary>
    public Setup? Setup { get; init; }

    /// <summary>Paths of <see cref="Setup"/> that override the client's, such as <c>systemInstruction</c>; empty = the whole setup, if there is one.</summary>
    public IReadOnlyList<string> FieldMask { get; init => field = value ?? []; } = [];

    /// <summary>
    /// Facts about the user for models, events and chat clients: <see cref="LiveCaller.Metadata"/>. At most 32 entries, with names of 1 to 64 and values of at most 512 characters.
    /// Stored with the tokens of the user.
    /// </summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init => field = value ?? LiveMetadata.None; } = LiveMetadata.None;

    /// <summary>
    /// The user that a principal stands for, as the default policy finds it. The id is a hash of the issuer and the subject (<c>sub</c>, or the name identifier) of the authenticated
    /// identities. An application's own scheme, such as cookies or a key handler, may give a name in place of a subject; a token's name is not unique, so it is not used.
    /// </summary>
    /// <param name="principal">The principal; identities that are not authenticated are ignored.</param>
    /// <returns>Null if there is no subject, or if the identities have different ones.</returns>
    public static LiveUser? From(ClaimsPrincipal principal)
    {
        ArgumentNullException.ThrowIfNull(principal);
        return UserIds.Of(principal) is { } id ? new LiveUser { Id = id } : null;
    }

    /// <summary>The group; neither id nor metadata.</summary>
    public override string ToString() => $"{nameof(LiveUser)}({Group})";
}
