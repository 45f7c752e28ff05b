using Microsoft.Extensions.Options;
using Parley.Protocol;

namespace Parley.Server.Relay;

/// <summary>Validates the options at the start.</summary>
internal sealed class RelayOptionsValidator : IValidateOptions<RelayOptions>
{
    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(1);

    public ValidateOptionsResult Validate(string? name, RelayOptions options)
    {
        var failures = new List<string>();
        Check(options.Upstreams.Count > 0, "Relay:Upstreams must have at least one upstream. Set Relay:Upstreams:0:Key.");
        foreach (var upstream in options.Upstreams)
        {
            Check(upstream.Url is { IsAbsoluteUri: true, Scheme: "http" or "https" or "ws" or "wss" }, "An upstream's Url must be an absolute http, https, ws or wss URL.");
            Check(upstream.Key is { Length: > 0 } || upstream.KeyFile is { Length: > 0 }, "An upstream needs a Key or a KeyFile.");
            Check(upstream.Url is not { IsAbsoluteUri: true, Query.Length: > 1 }, "An upstream's Url must not have a query: keys in URLs end up in logs. Use Key.");
            Check(upstream.Url is not { IsAbsoluteUri: true, UserInfo.Length: > 0 }, "An upstream's Url must not have a user name or password. Use Key.");
            foreach (var header in upstream.Headers.Keys.Concat(upstream.ForwardHeaders))
            {
                var wrong = UpstreamHeaders.Check(header);
                Check(wrong is null, $"Headers or ForwardHeaders of an upstream: {wrong}");
            }
            foreach (var (header, value) in upstream.Headers)
                Check(UpstreamHeaders.IsValue(value ?? ""), $"The value of the upstream header {header} must be printable ASCII and not empty.");
            foreach (var header in upstream.ForwardHeaders.Where(upstream.Headers.ContainsKey))
                Check(false, $"The upstream header {header} is in Headers and in ForwardHeaders; it can be in one of them.");
        }
        Check(options.Upstreams.Select(UpstreamId.Of).Distinct().Count() == options.Upstreams.Count, "Upstreams must differ in name, or in URL and key.");
        foreach (var (policyName, policy) in options.Policies.Append(new("Policy", options.Policy)))
        {
            Check(policy.LongestSession is not { } longest || (longest > TimeSpan.Zero && longest <= LongestTime), $"LongestSession of {policyName} must be greater than 0 and at most one day.");
            Check(policy.MinutesPerDay is not < 0, $"MinutesPerDay of {policyName} must not be negative.");
            Check(ToolsAreReadable(policy), $"Tools of {policyName} must be the JSON of a setup's tools, such as [].");
        }
        Time(nameof(options.SetupTimeout), options.SetupTimeout);
        Time(nameof(options.RotationPatience), options.RotationPatience);
        Time(nameof(options.UpstreamCloseTimeout), options.UpstreamCloseTimeout);
        Time(nameof(options.SendTimeout), options.SendTimeout);
        Check(options.CoolDown >= TimeSpan.Zero && options.CoolDown <= LongestTime, "CoolDown must be from 0 to one day.");
        Check(options.RotateAfter is not { } after || (after >= ReplacementLimit.GoodLife && after <= LongestTime), "RotateAfter must be from 30 seconds to one day.");
        Check(options.RotationSettle >= TimeSpan.Zero && options.RotationSettle <= TimeSpan.FromSeconds(10), "RotationSettle must be from 0 to 10 seconds.");
        Check(options.RotationMargin >= TimeSpan.Zero && options.RotationMargin <= LongestTime, "RotationMargin must be from 0 to one day.");
        Check(options.KeepAliveInterval >= TimeSpan.Zero && options.KeepAliveInterval <= LongestTime, "KeepAliveInterval must be from 0 (never) to one day.");
        Check(options.KeepAliveInterval == TimeSpan.Zero || options.KeepAliveTimeout > TimeSpan.Zero, "KeepAliveTimeout must be greater than 0, or set KeepAliveInterval to 0.");
        Check(options.ResumeAttempts is >= 1 and <= 100, "ResumeAttempts must be from 1 to 100.");
        Check(options.MaxHeldBytes is >= 1_024 and <= 256 << 20, "MaxHeldBytes must be from 1,024 to 256 MiB.");
        Check(options.MaxUpstreamMessageBytes is >= 1_024 and <= 1 << 30, "MaxUpstreamMessageBytes must be from 1,024 to 1 GiB.");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Check(bool holds, string failure)
        {
            if (!holds)
                failures.Add(failure);
        }

        void Time(string option, TimeSpan value) =>
            Check(value > TimeSpan.Zero && value <= LongestTime, $"{option} must be greater than 0 and at most one day, but is {value}.");
    }

    private static bool ToolsAreReadable(RelayPolicy policy)
    {
        try
        {
            _ = ParsedRelayPolicy.ToolsOf(policy);
            return true;
        }
        catch (LiveProtocolException)
        {
            return false;
        }
    }
}
