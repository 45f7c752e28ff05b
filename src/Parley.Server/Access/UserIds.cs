using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Parley.Server.Access;

/// <summary>
/// Ids and owners of users. An id that is derived from a principal depends on nothing but issuer and subject, so that it is the same after a restart, without a data folder, and
/// on every server.
/// </summary>
internal static partial class UserIds
{
    private const string OwnerPrefix = "user:", GroupPrefix = "users-";
    private const int MaxLength = 256, IdBytes = 20;

    /// <summary>Owner of the sessions of a user. No other caller has an owner with this prefix.</summary>
    internal static string OwnerOf(string userId) => OwnerPrefix + userId;

    /// <summary>Key id of a group. Virtual keys have ids without a hyphen.</summary>
    internal static string KeyIdOf(string group) => GroupPrefix + group;

    /// <summary>The group of a key id; null if it is the id of a single user.</summary>
    internal static string? GroupOf(string keyId) => keyId.StartsWith(GroupPrefix, StringComparison.Ordinal) ? keyId[GroupPrefix.Length..] : null;

    internal static bool IsValid(string? id) => id is { Length: > 0 and <= MaxLength } && id.EnumerateRunes().All(static c => c != Rune.ReplacementChar && !Rune.IsControl(c));

    internal static bool IsGroup(string group) => GroupPattern.IsMatch(group);

    /// <summary>The id of a principal; null if it has no subject, or several.</summary>
    internal static string? Of(ClaimsPrincipal principal)
    {
        string? found = null;
        foreach (var identity in principal.Identities.Where(static identity => identity.IsAuthenticated))
        {
            if (Subject(identity) is not { } subject)
                continue;
            if (found is not null && found != subject)
                return null;
            found = subject;
        }
        return found is null ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(found)).AsSpan(0, IdBytes));
    }

    // {realm length}:{realm}{kind}{subject}: no choice of a subject can produce another realm.
    private static string? Subject(ClaimsIdentity identity)
    {
        var (kind, claim) = ('s', Find(identity, ClaimTypes.NameIdentifier) ?? Find(identity, "sub"));
        if (claim is null)
        {
            // Only an application's own scheme decides what a name is. Providers let people choose theirs.
            (kind, claim) = ('n', Find(identity, identity.NameClaimType));
            if (claim is not { Issuer: ClaimsIdentity.DefaultIssuer })
                return null;
        }
        var realm = claim.Issuer == ClaimsIdentity.DefaultIssuer ? "scheme " + identity.AuthenticationType : "issuer " + claim.Issuer;
        return FormattableString.Invariant($"{realm.Length}:{realm}{kind}{claim.Value}");
    }

    private static Claim? Find(ClaimsIdentity identity, string type) =>
        identity.FindAll(type).FirstOrDefault(static claim => !string.IsNullOrWhiteSpace(claim.Value));

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,64}\z")]
    private static partial Regex GroupPattern { get; }
}
