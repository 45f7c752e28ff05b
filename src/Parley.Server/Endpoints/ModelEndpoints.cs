using Microsoft.AspNetCore.Http;
using Parley.Server.Access;
using Parley.Server.Models;
using Parley.Server.Wire;

namespace Parley.Server.Endpoints;

/// <summary><c>GET /{version}/models</c> and <c>/models/{id}</c>: lists the available models.</summary>
internal sealed class ModelEndpoints(LiveModelCatalogue catalogue, ApiMethod method)
{
    /// <summary>The value that the public service reports for its models.</summary>
    private const int OutputTokenLimit = 65_536;

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

    private static ModelBody Describe(LiveModelEntry entry)
    {
        var id = ModelName.Id(entry.Name)!;
        var display = ModelProfiles.Known.FirstOrDefault(known => known.Pattern == id)?.DisplayName ?? id;
        return new ModelBody(
            entry.Name, id, "001", display, $"Served by Parley with the profile {entry.Profile.Name}.", entry.Profile.ContextWindowTokens, OutputTokenLimit, Methods);
    }
}
