using Microsoft.Extensions.Options;
using Parley.Server.Endpoints;
using Parley.Server.Webhooks;

namespace Parley.Server;

/// <summary>Validates the options at the start.</summary>
internal sealed class LiveApiOptionsValidator : IValidateOptions<LiveApiOptions>
{
    /// <summary>Longest time of an option. A timer of the runtime is limited to 49 days, and sessions last hours at most.</summary>
    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(1);

    private const int MinSecretLength = 16;

    private const int MaxPrice = 1_000_000;

    public ValidateOptionsResult Validate(string? name, LiveApiOptions options)
    {
        var failures = new List<string>();
        Time("Connections:SetupTimeout", options.Connections.SetupTimeout);
        Time("Connections:SendTimeout", options.Connections.SendTimeout);
        Time("Connections:CloseTimeout", options.Connections.CloseTimeout);
        Time("Connections:RequestTimeout", options.Connections.RequestTimeout);
        Time("Sessions:ConnectionLifetime", options.Sessions.ConnectionLifetime);
        Time("Sessions:SessionLifetime", options.Sessions.SessionLifetime);
        Time("Sessions:HandleLifetime", options.Sessions.HandleLifetime);
        Check(options.Sessions.GoAwayLead >= TimeSpan.Zero && options.Sessions.GoAwayLead < options.Sessions.ConnectionLifetime,
            "Live:Sessions:GoAwayLead must be from 0 to less than Sessions:ConnectionLifetime.");
        Check(options.Connections.KeepAliveInterval >= TimeSpan.Zero && options.Connections.KeepAliveInterval <= LongestTime, "Live:Connections:KeepAliveInterval must be from 0 (never) to one day.");
        Check(options.Connections.KeepAliveInterval == TimeSpan.Zero || options.Connections.KeepAliveTimeout > TimeSpan.Zero, "Live:Connections:KeepAliveTimeout must be greater than 0, or set Connections:KeepAliveInterval to 0.");
        Check(options.Connections.DrainTime >= TimeSpan.Zero && options.Connections.DrainTime <= TimeSpan.FromMinutes(10), "Live:Connections:DrainTime must be from 0 to 10 minutes.");
        Count("Messages:MaxBytes", options.Messages.MaxBytes, 1_024, 256 << 20);
        Count("Connections:MaxWaitingBytes", options.Connections.MaxWaitingBytes, 0, 256 << 20);
        Count("Connections:MaxQueuedMessages", options.Connections.MaxQueuedMessages, 16, 1_000_000);
        Count("Connections:MaxUnsentMedia", options.Connections.MaxUnsentMedia, 1, options.Connections.MaxQueuedMessages);
        Count("Sessions:MaxResumableSessions", options.Sessions.MaxResumableSessions, 0, int.MaxValue);
        Count("Sessions:MaxSessionsPerKey", options.Sessions.MaxSessionsPerKey, 1, int.MaxValue);
        Count("Sessions:MaxTokens", options.Sessions.MaxTokens, 0, int.MaxValue);
        Count("Messages:MaxSetupBytes", options.Messages.MaxSetupBytes, 1_024, 256 << 20);
        Count("Messages:MaxAudioBytes", options.Messages.MaxAudioBytes, 1_024, 256 << 20);
        Count("Messages:MaxVideoBytes", options.Messages.MaxVideoBytes, 1_024, 256 << 20);
        Count("Messages:MaxTextBytes", options.Messages.MaxTextBytes, 1_024, 256 << 20);
        Count("Messages:MaxToolBytes", options.Messages.MaxToolBytes, 1_024, 256 << 20);
        Count("Messages:MaxFragments", options.Messages.MaxFragments, 16, 1_000_000);
        Count("Messages:MinBytesPerSecond", options.Messages.MinBytesPerSecond, 1, 1 << 20);
        Count("Connections:MaxPingsPerMinute", options.Connections.MaxPingsPerMinute, 6, 1_000_000);
        Count("Connections:MaxConnections", options.Connections.MaxConnections, 1, int.MaxValue);
        foreach (var proxy in options.Connections.TrustedProxies.Where(static proxy => !TrustedProxies.IsValid(proxy)))
            Check(false, $"Live:Connections:TrustedProxies contains '{proxy}'; it takes addresses such as 10.0.0.5, networks such as 10.0.0.0/8, and loopback.");
        Count("Connections:MaxUnauthenticated", options.Connections.MaxUnauthenticated, 0, int.MaxValue);
        Count("Connections:MaxHttpConnections", options.Connections.MaxHttpConnections, 0, int.MaxValue);
        Count("Connections:ReservedDescriptors", options.Connections.ReservedDescriptors, 0, int.MaxValue);
        Count("Connections:MaxOpensPerAddressPerMinute", options.Connections.MaxOpensPerAddressPerMinute, 0, int.MaxValue);
        Count("Connections:MaxConnectionsPerSecond", options.Connections.MaxConnectionsPerSecond, 0, int.MaxValue);
        Count("Connections:MaxInputBytesPerSecond", options.Connections.MaxInputBytesPerSecond, 0, int.MaxValue);
        Count("Connections:MaxDiscardedBytesPerSecond", options.Connections.MaxDiscardedBytesPerSecond, 0, int.MaxValue);
        Time("Messages:Grace", options.Messages.Grace);
        Check(options.Messages.MaxBufferedBytes >= options.Messages.MaxBytes, "Live:Messages:MaxBufferedBytes must be at least Messages:MaxBytes.");
        Check(options.Connections.MaxMemoryBytes >= 0, "Live:Connections:MaxMemoryBytes must not be negative; 0 = four fifths of the available memory.");
        Check(options.Sessions.MaxStoredMediaBytes >= 0, "Live:Sessions:MaxStoredMediaBytes must not be negative.");
        Check(options.NodeName is { Length: >= 1 and <= 100 } && options.NodeName.All(static c => c is > ' ' and < (char)127), "Live:NodeName must have 1 to 100 ASCII characters, without spaces.");
        Check(options.Admin.Secret is null or { Length: >= MinSecretLength }, $"Live:Admin:Secret must have at least {MinSecretLength} characters; omit it to disable the admin API.");
        Check(options.Admin.Port is null or (>= 0 and <= 65_535), "Live:Admin:Port must be from 0 (disabled) to 65535.");
        Check(options.Console.ShareLifetime >= TimeSpan.Zero && options.Console.ShareLifetime <= TimeSpan.FromDays(366), "Live:Console:ShareLifetime must be from 0 (off) to 366 days.");
        Count("Console:MaxShareBytes", options.Console.MaxShareBytes, 1_024, 256 << 20);
        Check(options.Console.MaxSharesBytes >= options.Console.MaxShareBytes, "Live:Console:MaxSharesBytes must be at least Console:MaxShareBytes.");
        Check(options.Prices.Currency is { Length: 3 } && options.Prices.Currency.All(char.IsAsciiLetterUpper), $"Live:Prices:Currency must be three capital letters, such as USD, but is '{options.Prices.Currency}'.");
        foreach (var (model, price) in options.Prices.Models)
            CheckPrice($"Live:Prices:Models:{model}", price);
        Count("Events:QueueLength", options.Events.QueueLength, 16, 1_000_000);
        Count("Events:Concurrency", options.Events.Concurrency, 1, 256);
        Count("Events:MaxTextLength", options.Events.MaxTextLength, 100, 1_000_000);
        Check(options.Events.DrainTime >= TimeSpan.Zero && options.Events.DrainTime <= TimeSpan.FromMinutes(10), "Live:Events:DrainTime must be from 0 to 10 minutes.");
        Time("Calls:StartTimeout", options.Calls.StartTimeout);
        Time("Calls:ToolTimeout", options.Calls.ToolTimeout);
        Count("Calls:MaxWaitingTexts", options.Calls.MaxWaitingTexts, 1, 100_000);
        Count("Calls:MaxTextLength", options.Calls.MaxTextLength, 100, 1_000_000);
        Check(options.Calls.CheckDeadline > TimeSpan.Zero && options.Calls.CheckDeadline <= Calls.CallChecks.MaxDeadline, "Live:Calls:CheckDeadline must be greater than 0 and at most a minute.");
        failures.AddRange(Calls.TextRules.Failures(options.Calls.Checks));
        foreach (var (hook, webhook) in options.Webhooks)
            failures.AddRange(WebhookRules.Failures($"Live:Webhooks:{hook}", hook, webhook));
        Check(!options.ApiKeys.Any(string.IsNullOrWhiteSpace), "Live:ApiKeys must not contain an empty key; remove it.");
        Check(options.ApplicationPaths.All(static path => path.Length > 1 && path.StartsWith('/')), "Live:ApplicationPaths must start with '/' and name a part of the application, such as /hubs.");
        Check(options.DevelopmentKey is not "", "Live:DevelopmentKey must not be empty; set it to null for none.");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void CheckPrice(string path, LiveModelPrice price)
        {
            decimal?[] tokens = [price.InputTokens, price.OutputTokens, price.InputAudioTokens, price.InputImageTokens, price.OutputAudioTokens];
            decimal?[] all = [.. tokens, price.InputAudioMinutes, price.OutputAudioMinutes];
            Check(all.Any(static one => one is not null), $"{path} has no price. Give InputTokens and OutputTokens, or the prices of minutes.");
            Check(all.All(static one => one is null or (>= 0 and <= MaxPrice)), $"{path} has a price that is not from 0 to {MaxPrice}.");
            Check(tokens.All(static one => one is null) || (price.InputTokens is not null && price.OutputTokens is not null), $"{path} needs both InputTokens and OutputTokens, so that every token has a price.");
        }

        void Check(bool holds, string failure)
        {
            if (!holds)
                failures.Add(failure);
        }

        void Time(string option, TimeSpan value) =>
            Check(value > TimeSpan.Zero && value <= LongestTime, $"Live:{option} must be greater than 0 and at most one day, but is {value}.");

        void Count(string option, int value, int least, int most) =>
            Check(value >= least && value <= most, $"Live:{option} must be from {least} to {most}, but is {value}.");
    }
}
