using System.Globalization;
using Parley.Protocol;

namespace Parley.Server;

/// <summary>Makes tokens from requests (reference section 11.1).</summary>
internal sealed class TokenMint(ITokenStore store, TimeProvider time)
{
    private static readonly TimeSpan DefaultLife = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan DefaultNewSessionLife = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestLife = TimeSpan.FromHours(20);

    /// <summary>The name of the new token.</summary>
    /// <exception cref="ApiException">The request makes no sense, or there are too many tokens.</exception>
    internal string Mint(AuthTokenRequest request, string owner)
    {
        var now = time.GetUtcNow();
        var expires = Time("expire_time", request.ExpireTime, DefaultLife, now);
        var newSessionsUntil = Time("new_session_expire_time", request.NewSessionExpireTime, DefaultNewSessionLife, now);
        if (request.Uses is < 0)
            throw ApiException.InvalidArgument("uses must not be negative.");
        var token = new EphemeralToken
        {
            Owner = owner,
            // 0 is what the public service takes for "any number".
            Uses = request.Uses switch { null => 1, 0 => null, var uses => uses },
            ExpireTime = expires,
            NewSessionExpireTime = newSessionsUntil,
            Setup = request.BidiGenerateContentSetup,
            FieldMask = Mask(request.FieldMask),
        };
        return store.Add(token) ?? throw ApiException.TooMany("Too many tokens are alive; let some expire.");
    }

    private static DateTimeOffset Time(string name, DateTimeOffset? asked, TimeSpan life, DateTimeOffset now)
    {
        if (asked is not { } at)
            return now + life;
        if (at <= now)
            throw ApiException.InvalidArgument(string.Create(CultureInfo.InvariantCulture, $"{name} must be in the future."));
        if (at >= now + LongestLife)
            throw ApiException.InvalidArgument(string.Create(CultureInfo.InvariantCulture, $"{name} must be less than {LongestLife.TotalHours} hours ahead."));
        return at;
    }

    private static string[] Mask(string? mask)
    {
        var paths = (mask ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var path in paths)
        {
            if (!new Setup().TryCopyPath(new Setup(), path))
                throw ApiException.InvalidArgument($"field_mask names '{path}', which is no field of the setup.");
        }
        return paths;
    }
}
