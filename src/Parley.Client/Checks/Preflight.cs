using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Parley.Client.Resumption;
using Parley.Client.Telemetry;
using Parley.Protocol;

namespace Parley.Client.Checks;

/// <summary>Checks setups and messages before they are sent, against what is known of the model.</summary>
internal sealed class Preflight(LiveClientOptions options, ILogger logger)
{
    /// <summary>Which service's own rules apply: those of Google's two services apply to their hosts only.</summary>
    private string? Service => options.BaseAddress.Host switch
    {
        "generativelanguage.googleapis.com" => "developer",
        var host when host.EndsWith("aiplatform.googleapis.com", StringComparison.Ordinal) => "vertex",
        _ => null,
    };

    internal IReadOnlyList<PreflightFinding> Check(Setup setup, JsonObject? overrides) =>
        options.Profiles.Check(SetupJson.Merge(setup, overrides), Service, options.ApiVersion);

    /// <exception cref="LivePreflightException">
    /// The setup would be refused, and <see cref="LiveClientOptions.Preflight"/> is <see cref="PreflightMode.Throw"/>.
    /// </exception>
    internal void Require(Setup setup, JsonObject? overrides)
    {
        if (options.Preflight != PreflightMode.Off)
            Act(Check(setup, overrides));
    }

    /// <summary>The same for a message of an open session.</summary>
    internal void Require(LiveSessionRequest message, LiveModelProfile profile, ResumeSetup setup)
    {
        if (options.Preflight != PreflightMode.Off && CheckMessage(message, profile, setup) is { } finding)
            Act([finding]);
    }

    private static PreflightFinding? CheckMessage(LiveSessionRequest message, LiveModelProfile profile, ResumeSetup setup)
    {
        if (message.ClientContent is not null && profile.ClientContent == ClientContentRule.InitialHistoryOnly && !setup.TakesHistory)
        {
            return Refused("clientContent", profile,
                "The model takes client content as initial history only, before anything else.",
                "Use SendTextAsync; for history set LiveSetup.InitialHistory and send it first.");
        }
        if (message.RealtimeInput is not { } input)
            return null;
        if (input.MediaChunks is not null)
            return Refused("realtimeInput.mediaChunks", profile, "Current models refuse or ignore mediaChunks.", "Use SendAudioAsync or SendVideoAsync.");
        if (!setup.IsManual && (input.ActivityStart ?? input.ActivityEnd) is not null)
        {
            return Refused(input.ActivityStart is null ? "realtimeInput.activityEnd" : "realtimeInput.activityStart", profile,
                "activityStart and activityEnd are allowed only if automatic activity detection is disabled.",
                "Set AutomaticActivityDetection.Disabled in LiveSetup.RealtimeInput, or do not send them.");
        }
        return setup.IsManual && input.AudioStreamEnd is true
            ? new PreflightFinding(PreflightSeverity.Ignored, "realtimeInput.audioStreamEnd",
                "Without automatic activity detection, audioStreamEnd has no effect.", "Use SendActivityEndAsync.", profile.Name)
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
