using System.Globalization;
using Microsoft.Extensions.Options;
using Parley.Protocol;
using Parley.Server.Wire;

namespace Parley.Server.Access;

/// <summary>Creates ephemeral tokens from requests (<see href="https://github.com/parley-live/parley/blob/main/docs/protocol.md#111-request">protocol 11.1</see>).</summary>
internal sealed class TokenMint(ITokenStore store, TokenSeal seal, WallClock clock, IOptions<LiveApiOptions> options)
{
    private static readonly TimeSpan DefaultLife = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan DefaultNewSessionLife = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestLife = TimeSpan.FromHours(20);

    private long _minted;

    /// <summary>Tokens created since the start of the process.</summary>
    internal long Minted => Volatile.Read(ref _minted);

    /// <summary>Creates a token.</summary>
    /// <param name="request">The request.</param>
    /// <param name="caller">Its key or user.</param>
    /// <param name="metadata">Metadata beside that of the user; null = none.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="ApiException">The request is invalid, or there are too many tokens.</exception>
    internal async ValueTask<LiveToken> MintAsync(AuthTokenRequest request, Caller caller, IReadOnlyDictionary<string, string>? metadata, CancellationToken cancellationToken)
    {
        var now = clock.Now;
        var expires = Time("expire_time", request.ExpireTime, DefaultLife, now);
        var newSessionsUntil = Time("new_session_expire_time", request.NewSessionExpireTime, DefaultNewSessionLife, now);
        if (request.Uses is < 0)
            throw ApiException.InvalidArgument("uses must not be negative.");
        if (options.Value.SignIn.EndAtExpiry && caller.Expires is { } signedInUntil && signedInUntil < expires)
            expires = signedInUntil;
        var requested = new SetupLock(request.BidiGenerateContentSetup, Mask(request.FieldMask));
        if (requested.FindError() is { } error)
            throw ApiException.InvalidArgument(error);
        // What is locked for the user is locked for the tokens that the user creates.
        var locked = caller.User is null ? requested : requested.Under(caller.Lock);
        var token = new EphemeralToken
        {
            Id = TokenSeal.NewId(),
            Owner = caller.Owner,
            KeyId = caller.KeyId,
            // The public service takes 0 as "any number".
            Uses = request.Uses switch { null => 1, 0 => null, var uses => uses },
            ExpireTime = expires,
            NewSessionExpireTime = newSessionsUntil < expires ? newSessionsUntil : expires,
            Setup = locked.Setup,
            FieldMask = locked.FieldMask,
            UserId = caller.User?.Id,
            UserLimits = caller.User?.Limits,
            Metadata = LiveMetadata.Copy(LiveMetadata.Merge(caller.User?.Metadata ?? LiveMetadata.None, metadata ?? LiveMetadata.None)),
        };
        if (caller.Key is { } key && token.Setup?.Model is { Length: > 0 } model && (token.FieldMask is [] || token.FieldMask.Contains("model")) && !key.Allows(model))
            throw ApiException.PermissionDenied($"This key may not use the model {ModelName.Canonical(model)}.");
        if (!await store.AddAsync(token, cancellationToken).ConfigureAwait(false))
            throw ApiException.TooMany("Too many unexpired tokens; wait until some expire.");
        Interlocked.Increment(ref _minted);
        return new LiveToken(seal.Issue(token.Id, token.ExpireTime), token.ExpireTime, token.NewSessionExpireTime);
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

    private static string[] Mask(string? mask) => string.IsNullOrEmpty(mask) ? [] : mask.Split(',', StringSplitOptions.TrimEntries);
}
