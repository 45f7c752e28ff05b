using Microsoft.Extensions.Options;
using Parley.Server.Storage;

namespace Parley.Server;

/// <summary>Says at the start what is wrong with the options, and what would be right.</summary>
internal sealed class LiveApiOptionsValidator : IValidateOptions<LiveApiOptions>
{
    /// <summary>No limit may be longer than a day: a timer of the runtime holds 49 days, and a session no more than hours.</summary>
    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(1);

    private const int LeastSecret = 16;

    public ValidateOptionsResult Validate(string? name, LiveApiOptions options)
    {
        var failures = new List<string>();
        Time(nameof(options.SetupTimeout), options.SetupTimeout);
        Time(nameof(options.SendTimeout), options.SendTimeout);
        Time(nameof(options.CloseTimeout), options.CloseTimeout);
        Time(nameof(options.ConnectionLifetime), options.ConnectionLifetime);
        Time(nameof(options.SessionLifetime), options.SessionLifetime);
        Time(nameof(options.HandleLifetime), options.HandleLifetime);
        Check(options.GoAwayLead >= TimeSpan.Zero && options.GoAwayLead < options.ConnectionLifetime,
            "GoAwayLead must be shorter than ConnectionLifetime, or goAway comes before the session.");
        Check(options.KeepAliveInterval >= TimeSpan.Zero && options.KeepAliveInterval <= LongestTime, "KeepAliveInterval must be from 0 (never) to one day.");
        Check(options.KeepAliveInterval == TimeSpan.Zero || options.KeepAliveTimeout > TimeSpan.Zero, "KeepAliveTimeout must be longer than 0 where KeepAliveInterval is.");
        Check(options.DrainTime >= TimeSpan.Zero && options.DrainTime <= TimeSpan.FromMinutes(10), "DrainTime must be from 0 to 10 minutes.");
        Count(nameof(options.MaxMessageBytes), options.MaxMessageBytes, 1_024, 256 << 20);
        Count(nameof(options.MaxWaitingBytes), options.MaxWaitingBytes, 0, 256 << 20);
        Count(nameof(options.MaxQueuedMessages), options.MaxQueuedMessages, 16, 1_000_000);
        Count(nameof(options.MaxUnsentMedia), options.MaxUnsentMedia, 1, options.MaxQueuedMessages);
        Count(nameof(options.MaxResumableSessions), options.MaxResumableSessions, 0, int.MaxValue);
        Count(nameof(options.MaxSessionsPerKey), options.MaxSessionsPerKey, 1, int.MaxValue);
        Count(nameof(options.MaxTokens), options.MaxTokens, 0, int.MaxValue);
        Count(nameof(options.MaxSetupBytes), options.MaxSetupBytes, 1_024, 256 << 20);
        Count(nameof(options.MaxAudioMessageBytes), options.MaxAudioMessageBytes, 1_024, 256 << 20);
        Count(nameof(options.MaxVideoMessageBytes), options.MaxVideoMessageBytes, 1_024, 256 << 20);
        Count(nameof(options.MaxTextMessageBytes), options.MaxTextMessageBytes, 1_024, 256 << 20);
        Count(nameof(options.MaxToolMessageBytes), options.MaxToolMessageBytes, 1_024, 256 << 20);
        Count(nameof(options.MaxFragments), options.MaxFragments, 16, 1_000_000);
        Count(nameof(options.MinMessageBytesPerSecond), options.MinMessageBytesPerSecond, 1, 1 << 20);
        Count(nameof(options.MaxPingsPerMinute), options.MaxPingsPerMinute, 6, 1_000_000);
        Count(nameof(options.MaxConnections), options.MaxConnections, 1, int.MaxValue);
        Count(nameof(options.MaxOpensPerAddressPerMinute), options.MaxOpensPerAddressPerMinute, 0, int.MaxValue);
        Count(nameof(options.MaxConnectionsPerSecond), options.MaxConnectionsPerSecond, 0, int.MaxValue);
        Count(nameof(options.MaxInputBytesPerSecond), options.MaxInputBytesPerSecond, 0, int.MaxValue);
        Count(nameof(options.MaxDiscardedBytesPerSecond), options.MaxDiscardedBytesPerSecond, 0, int.MaxValue);
        Time(nameof(options.MessageGrace), options.MessageGrace);
        Check(options.MaxBufferedInputBytes >= options.MaxMessageBytes, "MaxBufferedInputBytes must be at least MaxMessageBytes, or a message that is allowed finds no room.");
        Check(options.MaxMemoryBytes >= 0, "MaxMemoryBytes must not be negative; 0 = four fifths of what there is.");
        Check(options.MaxStoredMediaBytes >= 0, "MaxStoredMediaBytes must not be negative.");
        Check(options.AdminSecret is null or { Length: >= LeastSecret }, $"AdminSecret must have at least {LeastSecret} characters; leave it out to have no admin API.");
        Check(options.AdminPort is null or (>= 0 and <= 65_535), "AdminPort must be from 0 (answered nowhere) to 65535.");
        Check(!options.ApiKeys.Any(string.IsNullOrWhiteSpace), "ApiKeys must not hold an empty key; remove it.");
        Check(options.DevelopmentKey is not "", "DevelopmentKey must not be empty; set it to null to have none.");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Check(bool holds, string failure)
        {
            if (!holds)
                failures.Add(failure);
        }

        void Time(string option, TimeSpan value) =>
            Check(value > TimeSpan.Zero && value <= LongestTime, $"{option} must be longer than 0 and at most one day, but is {value}.");

        void Count(string option, int value, int least, int most) =>
            Check(value >= least && value <= most, $"{option} must be from {least} to {most}, but is {value}.");
    }
}
