using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Parley.Server.Calls;
using Parley.Server.Endpoints;
using Parley.Server.Wire;

namespace Parley.Server;

/// <summary>Maps the control API of calls.</summary>
public static class LiveCallEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps <c>/live/calls</c>: other processes take part in the running calls of their key, or of all with one of <see cref="LiveCallOptions.ControlKeys"/> (docs/calls.md). Needs <see cref="LiveApiBuilder.UseCallControl"/>.
    /// </summary>
    public static IEndpointConventionBuilder MapLiveCalls(this IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        if (routes.ServiceProvider.GetService<CallControl>() is null)
            throw new InvalidOperationException("Call AddLiveApi().UseCallControl() before MapLiveCalls().");
        var calls = ActivatorUtilities.CreateInstance<CallEndpoints>(routes.ServiceProvider);
        var group = routes.MapGroup(LiveRoutes.Calls);
        Map("GET", "", calls.ListAsync);
        Map("GET", "/{id}/events", calls.ReadEventsAsync);
        Map("POST", "/{id}/text", calls.SendTextAsync);
        Map("POST", "/{id}/instruction", calls.UpdateInstructionAsync);
        Map("POST", "/{id}/cut", calls.CutAsync);
        Map("POST", "/{id}/end", calls.EndAsync);
        Map("POST", "/{id}/tools", calls.AddToolsAsync);
        Map("POST", "/{id}/tools/{callId}", calls.AnswerAsync);
        return group;

        void Map(string method, string pattern, RequestDelegate handle) => group.MapMethods(pattern, [method], handle);
    }
}
