using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Parley.Server.Access;

namespace Parley.Server.Endpoints;

/// <summary>Bodies of the HTTP methods, in the format of Google's services.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(HealthBody))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    internal static Task WriteErrorAsync(HttpContext context, ApiException error) => WriteErrorAsync(context, error.Code, error.Status, error.Message);

    internal static Task WriteRefusalAsync(HttpContext context, Refusal refusal)
    {
        if (refusal.RetryAfter is { } wait)
            context.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return WriteErrorAsync(context, refusal.Code, refusal.Status, refusal.Close.Reason);
    }

    internal static Task WriteErrorAsync(HttpContext context, int code, string status, string message)
    {
        context.Response.StatusCode = code;
        return context.Response.WriteAsJsonAsync(new ErrorBody(new ErrorDetail(code, message, status)), Default.ErrorBody, cancellationToken: context.RequestAborted);
    }
}

/// <summary><c>{"error":{"code":400,"message":"…","status":"INVALID_ARGUMENT"}}</c></summary>
internal sealed record ErrorBody(ErrorDetail Error);

internal sealed record ErrorDetail(int Code, string Message, string Status);

internal sealed record ModelList(IReadOnlyList<ModelBody> Models);

/// <summary><c>{"name":"models/x","displayName":"X","supportedGenerationMethods":["bidiGenerateContent"], …}</c></summary>
internal sealed record ModelBody(
    string Name, string BaseModelId, string Version, string DisplayName, string Description, int InputTokenLimit, int OutputTokenLimit,
    IReadOnlyList<string> SupportedGenerationMethods, double Temperature, double TopP, int TopK, double MaxTemperature, bool Thinking);

/// <summary><c>{"status":"ok","version":"0.1.0","models":["models/x"],"parts":{"synthesizer":"ready"}}</c></summary>
internal sealed record HealthBody(string Status, string Version, IReadOnlyList<string>? Models, IReadOnlyDictionary<string, string> Parts);
