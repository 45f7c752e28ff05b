using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Parley.Phone.Carriers;
using Parley.Phone.Signatures;
using Parley.Phone.Telemetry;
using Parley.Server;

namespace Parley.Phone.Calls;

/// <summary>
/// Tokens that open one stream each. The webhook, whose signature was checked, hands them to the carrier as a parameter of the stream; a stream without one is
/// a stranger's. A token is expiry, nonce and MAC over the call and all parameters, as hex, because Plivo takes letters and digits only. Servers that share
/// secrets accept each other's tokens; that a token is used once is remembered by the server that saw it.
/// </summary>
internal sealed class StreamTokens(ISecretStore secrets, IOptions<PhoneOptions> options, TimeProvider time)
{
    private const int ExpiryBytes = 8, NonceBytes = 8, MacBytes = 16, HeadBytes = ExpiryBytes + NonceBytes, TokenBytes = HeadBytes + MacBytes;

    /// <summary>Expired entries are removed when there are so many.</summary>
    private const int SweepAt = 4_096;

    private static readonly TimeSpan CallMemory = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _used = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _calls = new(StringComparer.Ordinal);
    private byte[]? _key;

    /// <summary>Loads the key; called at the start of the server.</summary>
    internal async ValueTask LoadAsync(CancellationToken cancellationToken) =>
        _key = (await secrets.GetKeyAsync("phone", cancellationToken).ConfigureAwait(false)).ToArray();

    /// <summary>Whether a call had its stream already, so that its webhook must be a replay.</summary>
    internal bool HadStream(PhoneCarrier carrier, string callId) => _calls.ContainsKey(Name(carrier, callId));

    /// <summary>Whether something that must not come twice comes for the first time within the tolerance of signatures.</summary>
    internal bool TryUse(string signature)
    {
        var now = time.GetUtcNow();
        Sweep(_used, now);
        return _used.TryAdd(signature, now + (2 * options.Value.SignatureTolerance));
    }

    /// <summary>Issues a token.</summary>
    /// <param name="carrier">The carrier.</param>
    /// <param name="callId">Id of the call at the carrier; empty if it is not known yet.</param>
    /// <param name="parameters">The other parameters of the stream.</param>
    internal string Issue(PhoneCarrier carrier, string callId, IEnumerable<KeyValuePair<string, string>> parameters)
    {
        Span<byte> token = stackalloc byte[TokenBytes];
        BinaryPrimitives.WriteInt64BigEndian(token, (time.GetUtcNow() + options.Value.TokenLifetime).ToUnixTimeMilliseconds());
        RandomNumberGenerator.Fill(token.Slice(ExpiryBytes, NonceBytes));
        Mac(token[..HeadBytes], carrier, callId, parameters, token[HeadBytes..]);
        return Convert.ToHexStringLower(token);
    }

    /// <summary>Checks the token of a stream and uses it up.</summary>
    /// <returns>Null if the stream may start; otherwise why not, in one of few words.</returns>
    internal string? Redeem(PhoneCarrier carrier, StreamStart start)
    {
        if (start.Parameters.GetValueOrDefault(StreamParameters.Token) is not { Length: > 0 } token)
            return "missing";
        if (options.Value.StreamSecret is { } secret && SignatureText.AreSame(secret, token))
            return Enter(carrier, start.CallId);
        Span<byte> bytes = stackalloc byte[TokenBytes];
        if (token.Length != 2 * TokenBytes || Convert.FromHexString(token, bytes, out _, out _) != System.Buffers.OperationStatus.Done)
            return "invalid";
        Span<byte> mac = stackalloc byte[MacBytes];
        var others = start.Parameters.Where(static pair => !pair.Key.Equals(StreamParameters.Token, StringComparison.OrdinalIgnoreCase)).ToList();
        // A call that this server makes has no id when its token is issued.
        Mac(bytes[..HeadBytes], carrier, start.CallId, others, mac);
        var isValid = CryptographicOperations.FixedTimeEquals(mac, bytes[HeadBytes..]);
        Mac(bytes[..HeadBytes], carrier, "", others, mac);
        isValid |= CryptographicOperations.FixedTimeEquals(mac, bytes[HeadBytes..]);
        if (!isValid)
            return "invalid";
        var now = time.GetUtcNow();
        var milliseconds = BinaryPrimitives.ReadInt64BigEndian(bytes);
        if (milliseconds <= now.ToUnixTimeMilliseconds())
            return "expired";
        Sweep(_used, now);
        return _used.TryAdd(token, DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)) ? Enter(carrier, start.CallId) : "used";
    }

    private string? Enter(PhoneCarrier carrier, string callId)
    {
        var now = time.GetUtcNow();
        Sweep(_calls, now);
        return callId.Length == 0 || _calls.TryAdd(Name(carrier, callId), now + CallMemory) ? null : "used";
    }

    private void Mac(ReadOnlySpan<byte> head, PhoneCarrier carrier, string callId, IEnumerable<KeyValuePair<string, string>> parameters, Span<byte> mac)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key ?? throw new InvalidOperationException("The key of stream tokens is loaded when the host starts. Start it first."));
        hash.AppendData(head);
        Append(PhoneMetrics.NameOf(carrier));
        Append(callId);
        foreach (var (name, value) in parameters.Select(static pair => (pair.Key.ToLowerInvariant(), pair.Value)).OrderBy(static pair => pair.Item1, StringComparer.Ordinal))
        {
            Append(name);
            Append(value);
        }
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        hash.GetCurrentHash(whole);
        whole[..MacBytes].CopyTo(mac);

        // With its length, so that no two rows of texts are the same bytes.
        void Append(string text)
        {
            Span<byte> length = stackalloc byte[sizeof(int)];
            var bytes = Encoding.UTF8.GetBytes(text);
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }
    }

    private static string Name(PhoneCarrier carrier, string callId) => $"{PhoneMetrics.NameOf(carrier)} {callId}";

    private static void Sweep(ConcurrentDictionary<string, DateTimeOffset> entries, DateTimeOffset now)
    {
        if (entries.Count < SweepAt || entries.Count % 256 != 0)
            return;
        foreach (var (name, expires) in entries)
        {
            if (expires <= now)
                entries.TryRemove(name, out _);
        }
    }
}
