using System.Globalization;
using Parley.Protocol;
using Parley.Server.Wire;

namespace Parley.Server.Access;

/// <summary>Creates ephemeral tokens from requests (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#111-request">protocol 11.1</see>).</summary>
internal sealed class TokenMint(ITokenStore store, TokenSeal seal, WallClock clock)
{
    private static readonly TimeSpan DefaultLife = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan DefaultNewSessionLife = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestLife = TimeSpan.FromHours(20);

    /// <summary>Most paths in a mask; a mask with every path has fewer.</summary>
    private const int MaxPaths = 256;

    private long _minted;

    /// <summary>Tokens created since the start of the process.</summary>
    internal long Minted => Volatile.Read(ref _minted);

    /// <summary>Creates a token, and returns its name.</summary>
    /// <exception cref="ApiException">The request is invalid, or there are too many tokens.</exception>
    internal async ValueTask<string> MintAsync(AuthTokenRequest request, Caller caller, CancellationToken cancellationToken)
    {
        var now = clock.Now;
        var expires = Time("expire_time", request.ExpireTime, DefaultLife, now);
        var newSessionsUntil = Time("new_session_expire_time", request.NewSessionExpireTime, DefaultNewSessionLife, now);
        if (request.Uses is < 0)
            throw ApiException.InvalidArgument("uses must not be negative.");
        var token = new EphemeralToken
        {
            Id = TokenSeal.NewId(),
            Owner = caller.Owner,
            KeyId = caller.KeyId,
            // The public service takes 0 as "any number".
            Uses = request.Uses switch { null => 1, 0 => null, var uses => uses },
            ExpireTime = expires,
            NewSessionExpireTime = newSessionsUntil < expires ? newSessionsUntil : expires,
            Setup = request.BidiGenerateContentSetup,
            FieldMask = Mask(request.FieldMask),
        };
        // Such a token would leave open what its creator believes locked.
        if (request.FindUnmaskedPaths().Count > 0)
            throw ApiException.InvalidArgument(AuthTokenRequest.UnmaskedFieldsReason);
        if (caller.Key is { } key && token.Setup?.Model is { Length: > 0 } model && (token.FieldMask is [] || token.FieldMask.Contains("model")) && !key.Allows(model))
            throw ApiException.PermissionDenied($"This key may not use the model {ModelName.Canonical(model)}.");
        if (!await store.AddAsync(token, cancellationToken).ConfigureAwait(false))
            throw ApiException.TooMany("Too many unexpired tokens; wait until some expire.");
        Interlocked.Increment(ref _minted);
        return seal.Issue(token.Id, token.ExpireTime);
    }

    private static DateTimeOffset Time(string name, DateTimeOffset? requested, TimeSpan life, DateTimeOffset now)
    {
        if (requested is not { } at)
            return now + life;
        if (at <= now)
            throw ApiException.InvalidArgument(string.Create(CultureInfo.InvariantCulture, $"{name} must be in the future."));
        if (at >= now + LongestLife)
            throw ApiException.InvalidArgument(string.Create(CultureInfo.InvariantCulture, $"{name} must be less than {LongestLife.TotalHours} hours ahead."));
        return at;
    }

    private static string[] Mask(string? mask)
    {
        if (string.IsNullOrEmpty(mask))
            return [];
        var paths = mask.Split(',', StringSplitOptions.TrimEntries);
        if (paths.Length > MaxPaths)
            throw ApiException.InvalidArgument($"field_mask has more than {MaxPaths} paths.");
        foreach (var path in paths)
        {
            if (path.Length == 0)
                throw ApiException.InvalidArgument("field_mask contains an empty path; separate paths with single commas.");
            if (!new Setup().TryCopyPath(new Setup(), path))
                throw ApiException.InvalidArgument($"field_mask contains '{path}', which is not a field of the setup.");
        }
        return paths;
    }
}
