using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Parley.Phone.Calls;
using Parley.Phone.Carriers;
using Parley.Phone.Rest;

namespace Parley.Phone;

/// <summary>The calls of this server, for code of the application: list them, make them. A singleton service.</summary>
public sealed partial class PhoneCalls
{
    private readonly CallRegistry _registry;
    private readonly CarrierApi _api;
    private readonly StreamTokens _tokens;
    private readonly PhoneOptions _options;
    private readonly ILogger _logger;

    internal PhoneCalls(CallRegistry registry, CarrierApi api, StreamTokens tokens, IOptions<PhoneOptions> options, ILogger<PhoneCalls> logger) =>
        (_registry, _api, _tokens, _options, _logger) = (registry, api, tokens, options.Value, logger);

    /// <summary>The calls in progress on this server.</summary>
    public IReadOnlyCollection<PhoneCall> Active => [.. _registry.Calls];

    /// <summary>Makes a call. The model answers when the called side does; <see cref="IPhoneCallHandler"/> sees it like an incoming call.</summary>
    /// <param name="request">The call.</param>
    /// <param name="cancellationToken">Cancels the request to the carrier, not the call.</param>
    /// <returns>Id of the call at the carrier.</returns>
    /// <exception cref="ArgumentException">A number or a parameter is not valid.</exception>
    /// <exception cref="InvalidOperationException"><see cref="PhoneOptions.PublicUrl"/> or the account is not configured, or there are too many calls.</exception>
    /// <exception cref="HttpRequestException">The carrier refused, or was not reached.</exception>
    public async Task<string> CallAsync(PhoneCallRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!Enum.IsDefined(request.Carrier))
            throw new ArgumentException("The carrier is not known.", nameof(request));
        if (!Number().IsMatch(request.To) || !Number().IsMatch(request.From))
            throw new ArgumentException("A number must have 3 to 15 digits, with or without a plus sign in front.", nameof(request));
        var own = request.Parameters ?? new Dictionary<string, string>();
        if (own.Count > CallText.MaxParameters || own.Any(static pair => !ParameterName().IsMatch(pair.Key) || pair.Value.Length > CallText.MaxValue)
            || own.Keys.Any(IsReserved))
        {
            throw new ArgumentException(
                $"Parameters must be at most {CallText.MaxParameters}, with names of 1 to {CallText.MaxName} letters and digits other than {string.Join(", ", Reserved)}, and values of at most {CallText.MaxValue} characters.",
                nameof(request));
        }
        if (_registry.IsFull)
            throw new InvalidOperationException("Too many calls are in progress (Phone:MaxCalls).");
        var address = _options.PublicUrl ?? throw new InvalidOperationException("Phone:PublicUrl is not set; an outbound call needs it, so that the carrier finds this server.");
        var target = TargetOf(request.Carrier, address, "", [.. own, new(StreamParameters.From, request.From), new(StreamParameters.To, request.To), new(StreamParameters.Direction, StreamParameters.Outbound)]);
        var answerUrl = StreamAddress.Webhook(address, request.Carrier)
            + "?" + string.Join('&', own.Select(static pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value)}").Append($"{StreamParameters.Direction}={StreamParameters.Outbound}"));
        var id = await _api.CallAsync(request, target, answerUrl, cancellationToken).ConfigureAwait(false);
        Log.Placed(_logger, request.Carrier, CallText.ForLog(request.From, _options.LogNumbers), CallText.ForLog(request.To, _options.LogNumbers));
        return id;
    }

    /// <summary>The call with this <see cref="PhoneCall.Id"/>; null if it is not in progress here.</summary>
    public PhoneCall? Find(string id) => _registry.Find(id);

    internal static bool IsReserved(string name) => Reserved.Contains(name, StringComparer.OrdinalIgnoreCase);

    internal static bool IsParameter(string name) => ParameterName().IsMatch(name) && !IsReserved(name);

    internal static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    /// <summary>The stream of a call, with a token for it.</summary>
    internal StreamTarget TargetOf(PhoneCarrier carrier, Uri address, string callId, IEnumerable<KeyValuePair<string, string>> parameters)
    {
        // Plivo takes letters and digits in its headers; its numbers have no plus sign anyway.
        List<KeyValuePair<string, string>> all = [.. parameters.Where(static pair => pair.Value.Length > 0).Select(pair =>
            carrier == PhoneCarrier.Plivo && pair.Key is StreamParameters.From or StreamParameters.To
                ? new KeyValuePair<string, string>(pair.Key, string.Concat(pair.Value.Where(char.IsAsciiLetterOrDigit))) : pair)];
        all.Insert(0, new(StreamParameters.Token, _tokens.Issue(carrier, callId, all)));
        return new StreamTarget(StreamAddress.Stream(address, carrier), all);
    }

    private static readonly string[] Reserved = [StreamParameters.Token, StreamParameters.From, StreamParameters.To, StreamParameters.Direction];

    [GeneratedRegex(@"^\+?[0-9]{3,15}\z")]
    private static partial Regex Number();

    [GeneratedRegex(@"^[A-Za-z0-9]{1,40}\z")]
    private static partial Regex ParameterName();

    private static partial class Log
    {
        [LoggerMessage(EventIds.CallPlaced, LogLevel.Information, "Call placed with {Carrier}, from {From} to {To}")]
        public static partial void Placed(ILogger logger, PhoneCarrier carrier, string from, string to);
    }
}
