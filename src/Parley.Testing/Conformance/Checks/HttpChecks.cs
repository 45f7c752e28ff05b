using System.Text.Json;
using Parley.Testing.Conformance.Running;
using static Parley.Testing.ConformanceProfile;

namespace Parley.Testing.Conformance.Checks;

/// <summary>The HTTP methods beside the socket.</summary>
internal static class HttpChecks
{
    internal static void AddTo(CheckList list)
    {
        list.Area("http", "13.1").For(Developer, Strict);
        foreach (var version in (string[])["v1", "v1beta", "v1alpha"])
        {
            list.Must($"models-{version}", $"`GET /{version}/models` lists models that support `bidiGenerateContent`.", async probe =>
            {
                var (status, body, _) = await probe.HttpAsync(HttpMethod.Get, Models(probe, version));
                probe.Require(status == 200, $"Expected HTTP 200; got {status}.");
                var models = JsonElement.Parse(body).GetProperty("models").EnumerateArray().ToList();
                probe.Require(models.Exists(IsLive), "Expected a model with bidiGenerateContent among its supportedGenerationMethods; there is none.");
            });
        }
        list.Must("models-names", "Listed models have names that begin with `models/`.", async probe =>
        {
            var (_, body, _) = await probe.HttpAsync(HttpMethod.Get, Models(probe, probe.Options.ApiVersion));
            foreach (var model in JsonElement.Parse(body).GetProperty("models").EnumerateArray())
                probe.Require(model.GetProperty("name").GetString()!.StartsWith("models/", StringComparison.Ordinal), $"A model is called {model.GetProperty("name")}.");
        });
        list.Must("models-json", "The list of models has the media type `application/json`.", async probe =>
        {
            var (_, _, type) = await probe.HttpAsync(HttpMethod.Get, Models(probe, probe.Options.ApiVersion));
            probe.Require(type == "application/json", $"The media type is {type ?? "missing"}.");
        });
        list.Must("models-served", "The list of models contains the model that sessions use.", async probe =>
        {
            var (_, body, _) = await probe.HttpAsync(HttpMethod.Get, Models(probe, probe.Options.ApiVersion));
            var names = JsonElement.Parse(body).GetProperty("models").EnumerateArray().Select(static model => model.GetProperty("name").GetString());
            probe.Require(names.Contains(probe.Options.Model), $"{probe.Options.Model} is not listed.");
        });
        list.Should("model", "`GET /{version}/models/{id}` describes one model.", async probe =>
        {
            var path = $"/{probe.Options.ApiVersion}/{probe.Options.Model}?key={Key(probe)}";
            var (status, body, _) = await probe.HttpAsync(HttpMethod.Get, path);
            probe.Require(status == 200, $"Expected HTTP 200; got {status}.");
            probe.Require(JsonElement.Parse(body).GetProperty("name").GetString() == probe.Options.Model, "The name is another.");
        });
        list.Should("model-unknown", "An unknown model is HTTP 404 with an error body.", async probe =>
        {
            var (status, body, _) = await probe.HttpAsync(HttpMethod.Get, $"/{probe.Options.ApiVersion}/models/not-a-live-model?key={Key(probe)}");
            probe.Require(status == 404, $"Expected HTTP 404; got {status}.");
            RequireError(probe, body, 404);
        });
        list.In("1.3").Should("models-without-key", "A request without a key is HTTP 401 or 403.", async probe =>
        {
            _ = Key(probe);
            var (status, body, _) = await probe.HttpAsync(HttpMethod.Get, $"/{probe.Options.ApiVersion}/models");
            probe.Require(status is 401 or 403, $"Expected HTTP 401 or 403; got {status}.");
            RequireError(probe, body, status);
        });
        list.Should("models-wrong-key", "A request with an unknown key is HTTP 400, 401 or 403.", async probe =>
        {
            _ = Key(probe);
            var (status, body, _) = await probe.HttpAsync(HttpMethod.Get, $"/{probe.Options.ApiVersion}/models?key=not-a-key");
            probe.Require(status is 400 or 401 or 403, $"Expected HTTP 400, 401 or 403; got {status}.");
            RequireError(probe, body, status);
        });
        list.In("1.2").Should("models-key-header", "The key is accepted in the header `x-goog-api-key`.", async probe =>
        {
            var (status, _, _) = await probe.HttpAsync(HttpMethod.Get, $"/{probe.Options.ApiVersion}/models", null, ("x-goog-api-key", Key(probe)));
            probe.Require(status == 200, $"Expected HTTP 200; got {status}.");
        });
    }

    /// <summary>Fails unless a body is an error as Google writes it.</summary>
    internal static void RequireError(Probe probe, string body, int status)
    {
        var error = JsonElement.Parse(body).GetProperty("error");
        probe.Require(error.GetProperty("code").GetInt32() == status, $"error.code is {error.GetProperty("code")}, the HTTP status {status}.");
        probe.Require(error.GetProperty("message").GetString() is { Length: > 0 }, "error.message is empty.");
        probe.Require(error.GetProperty("status").GetString() is { Length: > 0 }, "error.status is empty.");
    }

    /// <summary>The key of the target; skips the check if there is none.</summary>
    internal static string Key(Probe probe) => probe.Run.Target.ApiKey ?? throw new CheckSkippedException("the server was given no key");

    private static string Models(Probe probe, string version) =>
        $"/{version}/models{(probe.Run.Target.ApiKey is { } key ? $"?key={Uri.EscapeDataString(key)}" : "")}";

    private static bool IsLive(JsonElement model) =>
        model.TryGetProperty("supportedGenerationMethods", out var methods) && methods.EnumerateArray().Any(static method => method.GetString() == "bidiGenerateContent");
}
