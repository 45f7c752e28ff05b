using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Parley.Client.Resumption;
using Parley.Client.Session;
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
    internal void Require(LiveSessionRequest message, LiveModelProfile profile, ResumeSetup setup, ActivityMarks marks)
    {
        if (options.Preflight == PreflightMode.Off)
            return;
        if (message is { ClientContent: null, RealtimeInput: null })
            return;
        var findings = CheckMessage(message, profile, setup, marks).ToList();
        if (findings.Count > 0)
            Act(findings);
    }

    /// <summary>Audio was sent with manual detection while no activity is open.</summary>
    internal void AudioOutsideActivity(LiveModelProfile profile)
    {
        if (options.Preflight != PreflightMode.Off)
            Act([OutsideActivity(profile)]);
    }

    private static IEnumerable<PreflightFinding> CheckMessage(
        LiveSessionRequest message, LiveModelProfile profile, ResumeSetup setup, ActivityMarks marks)
    {
        if (message.ClientContent is not null && profile.ClientContent == ClientContentRule.InitialHistoryOnly && !setup.TakesHistory)
        {
            yield return Refused("clientContent", profile,
                "The model takes client content as initial history only, before anything else.",
                "Use SendTextAsync; for history set LiveSetup.InitialHistory and send it first.");
        }
        if (message.RealtimeInput is not { } input)
            yield break;
        if (input.MediaChunks is not null)
            yield return Refused("realtimeInput.mediaChunks", profile, "Current models refuse or ignore mediaChunks.", "Use SendAudioAsync or SendVideoAsync.");
        if (input.Audio?.Data is { Length: var bytes } && bytes % 2 == 1)
        {
            yield return Ignored("realtimeInput.audio.data", profile,
                $"The audio has {bytes:N0} bytes, which are not whole samples of two bytes.", "Use SendAudioAsync, which keeps the odd byte for the next call.");
        }
        if (input.Video is not null && setup.TakesHistory)
        {
            yield return Refused("realtimeInput.video", profile,
                "The setup announced initial history, and 3.1 closes the session with 1007 for video before it.", "Send the history with SendContentAsync first.");
        }
        if (!setup.IsManual && (input.ActivityStart ?? input.ActivityEnd) is not null)
        {
            yield return Refused(input.ActivityStart is null ? "realtimeInput.activityEnd" : "realtimeInput.activityStart", profile,
                "activityStart and activityEnd are allowed only if automatic activity detection is disabled.",
                "Set AutomaticActivityDetection.Disabled in LiveSetup.RealtimeInput, or do not send them.");
        }
        if (!setup.IsManual)
            yield break;
        if (input.Audio is not null && input.ActivityStart is null && !marks.IsOpen)
            yield return OutsideActivity(profile);
        if (input.ActivityStart is not null && marks.IsOpen)
            yield return Ignored("realtimeInput.activityStart", profile, "An activity is open already.", "Call SendActivityEndAsync first.");
        if (input.ActivityEnd is not null && input.ActivityStart is null && !marks.IsOpen)
            yield return Ignored("realtimeInput.activityEnd", profile, "No activity is open.", "Call SendActivityStartAsync before the audio.");
        if (input.AudioStreamEnd is true)
        {
            yield return Ignored("realtimeInput.audioStreamEnd", profile,
                "Without automatic activity detection, audioStreamEnd has no effect.", "Use SendActivityEndAsync.");
        }
    }

    private void Act(IReadOnlyList<PreflightFinding> findings)
    {
        var refused = findings.Where(static finding => finding.Severity == PreflightSeverity.Refused).ToList();
        if (refused.Count > 0 && options.Preflight == PreflightMode.Throw)
            throw new LivePreflightException(refused);
        foreach (var finding in findings)
            Log.Preflight(logger, finding);
    }

    private static PreflightFinding OutsideActivity(LiveModelProfile profile) => Refused("realtimeInput.audio", profile,
        "Without automatic activity detection, audio outside an activity closes the session with 1007.", "Call SendActivityStartAsync first.");

    private static PreflightFinding Ignored(string path, LiveModelProfile profile, string reason, string hint) =>
        new(PreflightSeverity.Ignored, path, reason, hint, profile.Name);

    private static PreflightFinding Refused(string path, LiveModelProfile profile, string reason, string hint) =>
        new(PreflightSeverity.Refused, path, reason, hint, profile.Name);
}
