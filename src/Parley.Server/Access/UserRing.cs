using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Parley.Server.Access;

/// <summary>Callers that a scheme of ASP.NET Core has authenticated: asks the policy of the application, in a scope of its own for each call.</summary>
internal sealed partial class UserRing(
    IServiceScopeFactory scopes, IServiceProviderIsService registered, IOptions<AuthorizationOptions> authorization, KeyRing keys, TimeProvider time, ILogger<UserRing> logger)
{
    /// <summary>A policy that hangs must not keep the sessions of others from being checked.</summary>
    internal static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(10);

    /// <summary>The application has a policy for users.</summary>
    internal bool HasPolicy { get; } = registered.IsService(typeof(ILiveUserPolicy));

    /// <summary>
    /// Whether the principal of a request may open a session: only if the application has asked for it, with a policy or with <c>RequireAuthorization()</c>. An application that signs
    /// people in for its pages must not open its models to all of them.
    /// </summary>
    internal bool Accepts(HttpContext context) =>
        context.User.Identities.Any(static identity => identity.IsAuthenticated) && (HasPolicy || IsAuthorizing(context.GetEndpoint()));

    /// <summary>Whether every caller of an endpoint is authenticated by the application, or asked for a key.</summary>
    internal bool IsAuthorizing(Endpoint? endpoint) =>
        endpoint is not null && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null
        && (endpoint.Metadata.GetMetadata<IAuthorizeData>() is not null || endpoint.Metadata.GetMetadata<AuthorizationPolicy>() is not null
            || authorization.Value.FallbackPolicy is not null);

    /// <summary>The caller that the principal of a request stands for.</summary>
    /// <exception cref="StorageException">The policy failed.</exception>
    internal async ValueTask<(Caller? Caller, Refusal? Refusal)> FindAsync(HttpContext context)
    {
        var (user, expires) = await UserOfAsync(context).ConfigureAwait(false);
        return user is null ? (null, Refusal.UserRefused) : (CallerOf(user) with { Principal = context.User, Expires = expires }, null);
    }

    /// <summary>Whether the principal of a request stands for a user.</summary>
    /// <exception cref="StorageException">The policy failed.</exception>
    internal async ValueTask<bool> IsUserAsync(HttpContext context, string userId) => (await UserOfAsync(context).ConfigureAwait(false)).User?.Id == userId;

    private async ValueTask<(LiveUser? User, DateTimeOffset? Expires)> UserOfAsync(HttpContext context)
    {
        var ticket = context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult;
        var request = new LiveUserRequest
        {
            Principal = context.User,
            Request = context.Request,
            Scheme = ticket?.Ticket?.AuthenticationScheme,
            Expires = ticket?.Properties?.ExpiresUtc,
        };
        var user = await AskAsync(static (policy, request, token) => policy.FindAsync(request, token), static request => LiveUser.From(request.Principal), request, context.RequestAborted).ConfigureAwait(false);
        return (user, request.Expires);
    }

    /// <summary>The caller with a token of a user, as the policy allows now.</summary>
    /// <exception cref="StorageException">The policy failed.</exception>
    internal async ValueTask<(Caller? Caller, Refusal? Refusal)> FindAsync(EphemeralToken token, CancellationToken cancellationToken)
    {
        var user = new LiveUser { Id = token.UserId!, Group = UserIds.GroupOf(token.KeyId), Limits = token.UserLimits ?? new(), Metadata = token.Metadata };
        var (refusal, caller) = await RecheckAsync(CallerOf(user) with { Token = token }, cancellationToken).ConfigureAwait(false);
        return refusal is null ? (caller, null) : (null, refusal);
    }

    /// <summary>Why a user is no longer allowed, null if the user still is, and the caller with the limits of now.</summary>
    /// <exception cref="StorageException">The policy failed.</exception>
    internal async ValueTask<(Refusal? Refusal, Caller Caller)> RecheckAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (!HasPolicy)
            return (null, caller);
        var known = caller.User!;
        var user = await AskAsync(
            static (policy, user, token) => policy.RecheckAsync(user, token), static user => user, caller.Token is null ? known : known with { Setup = null, FieldMask = [] }, cancellationToken).ConfigureAwait(false);
        if (user is null)
            return (Refusal.UserRefused, caller);
        if (user.Id != known.Id)
            throw Failed(new InvalidOperationException("ILiveUserPolicy.RecheckAsync returned a user with another id."));
        var now = CallerOf(user);
        return (null, caller with { User = user, Key = now.Key, KeyId = now.KeyId });
    }

    /// <summary>The caller for a user.</summary>
    /// <exception cref="ArgumentException">The user is invalid.</exception>
    internal Caller CallerOf(LiveUser user)
    {
        Require(UserIds.IsValid(user.Id), "The id of a user must have 1 to 256 characters, without control characters.");
        Require(user.Group is null || UserIds.IsGroup(user.Group), "The group of a user must have 1 to 64 ASCII letters, digits, '.', '_' and '-'.");
        var error = new SetupLock(user.Setup, user.FieldMask).FindError();
        Require(error is null, $"The setup of a user is invalid: {error}");
        var owner = UserIds.OwnerOf(user.Id);
        var keyId = user.Group is { } group ? UserIds.KeyIdOf(group) : keys.KeyIdOfUser(owner);
        var key = new VirtualKey { Id = keyId, Name = keyId, Created = DateTimeOffset.UnixEpoch, Limits = LiveKeys.Checked(user.Limits) };
        return new Caller(owner, keyId, key) { User = user with { Metadata = LiveMetadata.Copy(user.Metadata) } };
    }

    private async ValueTask<LiveUser?> AskAsync<T>(
        Func<ILiveUserPolicy, T, CancellationToken, ValueTask<LiveUser?>> ask, Func<T, LiveUser?> byDefault, T subject, CancellationToken cancellationToken)
    {
        if (!HasPolicy)
            return byDefault(subject);
        try
        {
            var scope = scopes.CreateAsyncScope();
            await using var _ = scope.ConfigureAwait(false);
            var answer = ask(scope.ServiceProvider.GetRequiredService<ILiveUserPolicy>(), subject, cancellationToken);
            var user = await answer.AsTask().WaitAsync(LongestAnswer, time, cancellationToken).ConfigureAwait(false);
            // Also an invalid user is a failure of the policy.
            return user is null ? null : CallerOf(user).User;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            throw Failed(e);
        }
    }

    /// <summary>As a failed store: new sessions are closed as unavailable, and running ones go on.</summary>
    private StorageException Failed(Exception cause)
    {
        Log.PolicyFailed(logger, cause);
        return new StorageException("The user policy failed.", cause);
    }

    private static void Require(bool holds, string error)
    {
        if (!holds)
            throw new ArgumentException(error);
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.UserPolicyFailed, LogLevel.Error, "ILiveUserPolicy failed; new sessions of users are refused as unavailable, running ones go on")]
        public static partial void PolicyFailed(ILogger logger, Exception exception);
    }
}
