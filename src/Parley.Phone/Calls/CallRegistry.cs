using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Parley.Phone.Calls;

/// <summary>The streams and calls of this server.</summary>
internal sealed class CallRegistry(IOptions<PhoneOptions> options)
{
    private readonly ConcurrentDictionary<string, PhoneCall> _calls = new(StringComparer.Ordinal);
    private int _streams;

    /// <summary>The calls in progress.</summary>
    internal IEnumerable<PhoneCall> Calls => _calls.Values;

    internal bool IsFull => Volatile.Read(ref _streams) >= options.Value.MaxCalls;

    /// <summary>Counts a stream; false if there are too many.</summary>
    internal bool TryEnter()
    {
        if (Interlocked.Increment(ref _streams) <= options.Value.MaxCalls)
            return true;
        Leave();
        return false;
    }

    internal void Leave() => Interlocked.Decrement(ref _streams);

    internal void Add(PhoneCall call) => _calls.TryAdd(call.Id, call);

    internal void Remove(PhoneCall call) => _calls.TryRemove(call.Id, out _);

    internal PhoneCall? Find(string id) => _calls.GetValueOrDefault(id);
}
