using System.Globalization;
using Microsoft.AspNetCore.Http;
using Parley.Protocol;
using Parley.Server.Access;
using Parley.Server.Models;
using Parley.Server.Wire;

namespace Parley.Server.Endpoints;

/// <summary><c>GET /{version}/models</c> and <c>/models/{id}</c>: lists the available models.</summary>
internal sealed class ModelEndpoints(LiveModelCatalogue catalogue, ApiMethod method)
{
    // Sampling that the public service reports for its live models. A local model does not use it.
    private const double Temperature = 1, MaxTemperature = 2, TopP = 0.95;
    private const int TopK = 64;

    private static readonly string[] Methods = ["bidiGenerateContent"];

    internal Task ListAsync(HttpContext context) => method.RunAsync(context, caller =>
        context.Response.WriteAsJsonAsync(
            new ModelList([.. catalogue.Names.Where(name => caller.Key?.Allows(name) is not false).Select(name => Describe(catalogue.Find(name)!))]), ApiJson.Default.ModelList, cancellationToken: context.RequestAborted));

    internal RequestDelegate Get(string version) => context => method.RunAsync(context, caller =>
    {
        var name = "models/" + context.Request.RouteValues["id"];
        var entry = (caller.Key?.Allows(name) is false ? null : catalogue.Find(name)) ?? throw ApiException.NotFound(LiveClose.UnknownModel(name, version).Reason);
        return context.Response.WriteAsJsonAsync(Describe(entry), ApiJson.Default.ModelBody, cancellationToken: context.RequestAborted);
    });

    private ModelBody Describe(LiveModelEntry entry)
    {
        var id = ModelName.Id(entry.Name)!;
        var info = ModelProfiles.Public.GetValueOrDefault(id);
        var description = $"Served by Parley with the profile {entry.Profile.Name}.";
        if (info is { Until: { } until })
            description += string.Create(CultureInfo.InvariantCulture, $" The public service {(catalogue.Day < until ? "ends it" : "shut it down")} on {until:yyyy-MM-dd}.");
        return new ModelBody(
            entry.Name, id, "001", info?.DisplayName ?? id, description, entry.Profile.ContextWindowTokens, entry.Profile.OutputTokenLimit, Methods,
            Temperature, TopP, TopK, MaxTemperature, entry.Profile.Thinking != ThinkingRule.Refused);
    }
}
