using System.Buffers;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Parley.Client.Resumption;
using Parley.Client.Telemetry;
using Parley.Protocol;

namespace Parley.Client.Profiles;

/// <summary>Looks at setups and messages before they are sent, with what is known of the model.</summary>
internal sealed class Preflight(LiveClientOptions options, ILogger logger)
{
    private const string Developer = "developer", Vertex = "vertex", Other = "other";

    /// <summary>Whose rules hold: those of the two services of Google for their hosts only, for a server of your own has its own.</summary>
    private string Service => options.BaseAddress.Host switch
    {
        "generativelanguage.googleapis.com" => Developer,
        var host when host.EndsWith("aiplatform.googleapis.com", StringComparison.Ordinal) => Vertex,
        _ => Other,
    };

    internal IReadOnlyList<PreflightFinding> Check(Setup setup, JsonObject? overrides)
    {
        var wire = SetupJson.Merge(setup, overrides);
        var profile = options.Profiles.Find(wire["model"]?.ToString());
        return
        [
            .. from rule in options.Profiles.RulesOf(profile)
               where (rule.Service is null || rule.Service == Service) && (rule.Version is null || rule.Version == options.ApiVersion)
               from path in RuleReader.Holds(rule, wire)
               select new PreflightFinding(rule.Severity, "setup." + path, rule.Reason, rule.Hint, profile.Name),
        ];
    }

    /// <exception cref="LivePreflightException">Something would be refused, and the options want to know.</exception>
    internal void Require(Setup setup, JsonObject? overrides)
    {
        if (options.Preflight != PreflightMode.Off)
            Act(Check(setup, overrides));
    }

    /// <summary>The same for a message of a running session.</summary>
    internal void Require(LiveSessionRequest message, LiveModelProfile profile, ResumeSetup setup)
    {
        if (options.Preflight != PreflightMode.Off && CheckMessage(message, profile, setup) is { } finding)
            Act([finding]);
    }

    internal static PreflightFinding? CheckMessage(LiveSessionRequest message, LiveModelProfile profile, ResumeSetup setup)
    {
        if (message.ClientContent is not null && profile.ClientContent == ClientContentUse.InitialHistory && !setup.TakesHistory)
        {
            return Refused("clientContent", profile,
                "The model takes client content as initial history only, before anything else.",
                "Use SendTextAsync; for history set LiveSetup.InitialHistory and send it first.");
        }
        if (message.RealtimeInput is not { } input)
            return null;
        if (input.MediaChunks is not null)
            return Refused("realtimeInput.mediaChunks", profile, "Current models refuse mediaChunks, or hear nothing of it.", "Use SendAudioAsync or SendVideoAsync.");
        if (!setup.IsManual && (input.ActivityStart ?? input.ActivityEnd) is not null)
        {
            return Refused(input.ActivityStart is null ? "realtimeInput.activityEnd" : "realtimeInput.activityStart", profile,
                "Activity can be marked only where automatic detection is disabled.",
                "Set LiveSetup.RealtimeInput with AutomaticActivityDetection.Disabled, or do not mark it.");
        }
        return setup.IsManual && input.AudioStreamEnd is true
            ? new PreflightFinding(PreflightSeverity.Ignored, "realtimeInput.audioStreamEnd",
                "Without automatic detection the end of the stream means nothing.", "Use SendActivityEndAsync.", profile.Name)
            : null;
    }

    private void Act(IReadOnlyList<PreflightFinding> findings)
    {
        var refused = findings.Where(static finding => finding.Severity == PreflightSeverity.Refused).ToList();
        if (refused.Count > 0 && options.Preflight == PreflightMode.Throw)
            throw new LivePreflightException(refused);
        foreach (var finding in findings)
            Log.Preflight(logger, finding);
    }

    private static PreflightFinding Refused(string path, LiveModelProfile profile, string reason, string hint) =>
        new(PreflightSeverity.Refused, path, reason, hint, profile.Name);
}

/// <summary>A setup as it goes to the wire, with what the caller put over it.</summary>
internal static class SetupJson
{
    /// <summary>The setup with every member of the overrides in its place; objects are joined, null takes a member away.</summary>
    internal static JsonObject Merge(Setup setup, JsonObject? overrides)
    {
        var buffer = new ArrayBufferWriter<byte>();
        LiveCodec.Encode(setup, buffer);
        var wire = JsonNode.Parse(buffer.WrittenSpan)!.AsObject();
        if (overrides is not null)
            Merge(wire, overrides);
        return wire;
    }

    private static void Merge(JsonObject target, JsonObject source)
    {
        foreach (var (name, value) in source)
        {
            if (value is null)
                target.Remove(name);
            else if (value is JsonObject inner && target[name] is JsonObject existing)
                Merge(existing, inner);
            else
                target[name] = value.DeepClone();
        }
    }
}
