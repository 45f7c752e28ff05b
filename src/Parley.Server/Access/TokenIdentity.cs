using System.Text.Json;
using System.Text.Json.Serialization;

namespace Parley.Server.Access;

/// <summary>What a store keeps of the user and the metadata of a token, as JSON.</summary>
internal static class TokenIdentity
{
    internal static string? Serialize(EphemeralToken token) => token is { UserId: null, Metadata.Count: 0 }
        ? null
        : JsonSerializer.Serialize(new StoredIdentity(token.UserId, token.UserLimits, token.Metadata.Count == 0 ? null : new(token.Metadata)), TokenIdentityJson.Default.StoredIdentity);

    internal static EphemeralToken Restore(EphemeralToken token, string? identity)
    {
        if (identity is null)
            return token;
        try
        {
            var stored = JsonSerializer.Deserialize(identity, TokenIdentityJson.Default.StoredIdentity) ?? throw new FormatException("The stored identity of a token is null.");
            return token with { UserId = stored.User, UserLimits = stored.Limits, Metadata = stored.Metadata ?? LiveMetadata.None };
        }
        catch (JsonException e)
        {
            // Not with its text, which may quote the identity.
            throw new FormatException($"The stored identity of a token is not readable at {e.BytePositionInLine}.");
        }
    }
}

/// <summary>The stored form.</summary>
internal sealed record StoredIdentity(string? User, KeyLimits? Limits, Dictionary<string, string>? Metadata);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StoredIdentity))]
internal sealed partial class TokenIdentityJson : JsonSerializerContext;
