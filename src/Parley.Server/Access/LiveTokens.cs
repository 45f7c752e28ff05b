using Parley.Protocol;

namespace Parley.Server.Access;

/// <summary>Tokens that the application creates.</summary>
internal sealed class LiveTokens(TokenMint mint, KeyRing keys, UserRing users) : ILiveTokens
{
    public async ValueTask<LiveToken> CreateAsync(LiveTokenRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Uses is < 1)
            throw new ArgumentException("Uses must be at least 1; null = any number.", nameof(request));
        var caller = await CallerAsync(request, cancellationToken).ConfigureAwait(false);
        var body = new AuthTokenRequest
        {
            Uses = request.Uses ?? 0,
            ExpireTime = request.ExpireTime,
            NewSessionExpireTime = request.NewSessionExpireTime,
            BidiGenerateContentSetup = request.Setup,
            FieldMask = request.FieldMask is [] ? null : string.Join(',', request.FieldMask),
        };
        try
        {
            return await mint.MintAsync(body, caller, LiveMetadata.Copy(request.Metadata), cancellationToken).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.Code == 429)
        {
            throw new InvalidOperationException(e.Message, e);
        }
        catch (ApiException e)
        {
            throw new ArgumentException(e.Message, nameof(request), e);
        }
    }

    private async ValueTask<Caller> CallerAsync(LiveTokenRequest request, CancellationToken cancellationToken) => request switch
    {
        { User: { } user, KeyId: null } => users.CallerOf(user),
        // The error does not quote the id: it may be a configured key itself.
        { User: null, KeyId: { Length: > 0 } keyId } => (await keys.FindByIdAsync(keyId, cancellationToken).ConfigureAwait(false)).Caller
            ?? throw new ArgumentException("There is no valid key with this id.", nameof(request)),
        _ => throw new ArgumentException("A token is for a key or for a user: give either KeyId or User.", nameof(request)),
    };
}
