using System.Text.Json;
using Parley.Testing.Conformance.Running;
using static Parley.Testing.ConformanceProfile;
using static Parley.Testing.ConformanceSeverity;

namespace Parley.Testing.Conformance.Checks;

/// <summary>Usage of a turn.</summary>
internal static class UsageChecks
{
    private static readonly string[] Modalities = ["MODALITY_UNSPECIFIED", "TEXT", "IMAGE", "VIDEO", "AUDIO", "DOCUMENT"];

    internal static void AddTo(CheckList list)
    {
        list.Area("usage", "5.7");
        Usage(list, "reported", "Each turn reports its usage.", static (_, _) => { }, Should);
        Usage(list, "integers", "Counts are whole numbers, not texts.", static (usage, probe) => probe.Require(
            Counts(usage).All(static count => count.ValueKind == JsonValueKind.Number && count.TryGetInt32(out var tokens) && tokens >= 0), $"A count is another: {usage}"));
        Usage(list, "total", "The total is not below its parts.", static (usage, probe) => probe.Require(
            Tokens(usage, "totalTokenCount") >= Tokens(usage, "promptTokenCount") + Answer(usage), $"It is: {usage}"));
        Usage(list, "prompt", "The prompt has tokens.", static (usage, probe) => probe.Require(Tokens(usage, "promptTokenCount") > 0, $"It has none: {usage}"));
        Usage(list, "response", "The answer has tokens.", static (usage, probe) => probe.Require(Answer(usage) > 0, $"It has none: {usage}"));
        Usage(list, "modalities", "Modalities of details are those of the protocol.", static (usage, probe) => probe.Require(
            Details(usage).All(static detail => Modalities.Contains(detail.GetProperty("modality").GetString())), $"One is another: {usage}"));
        Usage(list, "prompt-details", "Details of the prompt sum up to its count.", static (usage, probe) => RequireSum(usage, probe, "promptTokenCount", "promptTokensDetails"), Should);
        list.For(Developer, Strict);
        Usage(list, "response-details", "Details of the answer sum up to its count.", static (usage, probe) => RequireSum(usage, probe, "responseTokenCount", "responseTokensDetails"), Should);
        Usage(list, "response-audio", "Tokens of a spoken answer have the modality AUDIO.", static (usage, probe) => probe.Require(
            Details(usage, "responseTokensDetails").Any(static detail => detail.GetProperty("modality").GetString() == "AUDIO"), $"There is no AUDIO: {usage}"), Should);
        Usage(list, "developer-names", "Names are those of the Developer API.", static (usage, probe) => probe.Require(!usage.TryGetProperty("candidatesTokenCount", out _), "candidatesTokenCount is a name of Vertex."));
        list.For(Vertex).Area("usage", "15").For(Vertex);
        Usage(list, "vertex-names", "Names are those of Vertex.", static (usage, probe) => probe.Require(
            usage.TryGetProperty("candidatesTokenCount", out _) && !usage.TryGetProperty("responseTokenCount", out _), "responseTokenCount is a name of the Developer API."));
        Usage(list, "traffic-type", "Usage has a `trafficType`.", static (usage, probe) => probe.Require(usage.TryGetProperty("trafficType", out _), "There is none."), Should);
    }

    private static void Usage(CheckList list, string name, string text, Action<JsonElement, Probe> verify, ConformanceSeverity severity = Must) =>
        list.Recorded(name, text, RecordingKind.Text, (recording, probe) =>
        {
            var usage = recording.Messages.Select(static message => message.At("usageMetadata")).LastOrDefault(static usage => usage is not null);
            if (usage is { } reported)
                verify(reported, probe);
            else if (name == "reported")
                throw new CheckFailedException("The turn reported none.");
            else
                throw new CheckSkippedException("the server reports no usage");
        }, ConformanceNeeds.Answers, severity);

    private static int Tokens(JsonElement usage, string name) => usage.TryGetProperty(name, out var count) ? count.GetInt32() : 0;

    private static int Answer(JsonElement usage) => Tokens(usage, "responseTokenCount") + Tokens(usage, "candidatesTokenCount");

    private static IEnumerable<JsonElement> Counts(JsonElement usage) =>
        usage.EnumerateObject().Where(static member => member.Name.EndsWith("TokenCount", StringComparison.Ordinal)).Select(static member => member.Value);

    private static IEnumerable<JsonElement> Details(JsonElement usage, string? name = null) => usage.EnumerateObject()
        .Where(member => name is null ? member.Name.EndsWith("Details", StringComparison.Ordinal) : member.Name == name)
        .SelectMany(static member => member.Value.EnumerateArray());

    private static void RequireSum(JsonElement usage, Probe probe, string count, string details)
    {
        if (!usage.TryGetProperty(details, out _))
            throw new CheckSkippedException($"the server sends no {details}");
        var sum = Details(usage, details).Sum(static detail => detail.TryGetProperty("tokenCount", out var tokens) ? tokens.GetInt32() : 0);
        probe.Require(sum == Tokens(usage, count), $"They sum up to {sum}, {count} is {Tokens(usage, count)}.");
    }
}
