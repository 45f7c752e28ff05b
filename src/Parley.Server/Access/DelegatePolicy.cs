using System.Security.Claims;

namespace Parley.Server.Access;

/// <summary>A policy that is a function of the principal.</summary>
internal sealed class DelegatePolicy(Func<ClaimsPrincipal, LiveUser?> find) : ILiveUserPolicy
{
    public ValueTask<LiveUser?> FindAsync(LiveUserRequest request, CancellationToken cancellationToken) => new(find(request.Principal));
}
