using System.Buffers.Binary;

namespace Parley.Server;

/// <summary>
/// Walks over the frames of a client as they come from the transport, before the WebSocket does: it sees what that one swallows, pings and
/// where a message is cut into fragments. It looks at heads only; the rest of each read is stepped over in one addition.
/// </summary>
internal sealed class FrameGuard(TimeProvider time, int maxPingsPerMinute, int maxFragments)
{
    private const int FinBit = 0x80, MaskBit = 0x80, OpcodeBits = 0x0f, LengthBits = 0x7f;
    private const int Continuation = 0, Close = 8;
    private const int MaxHeadBytes = 14;

    /// <summary>So many times the pings of a minute are borne until the close is out.</summary>
    private const long Patience = 64;

    internal static readonly LiveClose TooManyPings = new(1008, "Too many pings");
    internal static readonly LiveClose TooManyFragments = new(1008, "The message came in too many fragments");

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private HeadBytes _head;
    private int _headLength;
    private ulong _payloadLeft;
    private int _fragments;
    private int _pings;
    private long _windowStarted;

    /// <summary>Called once, from the thread that reads, when the client breaks a limit.</summary>
    internal Action<LiveClose>? Broken { get; set; }

    /// <summary>The limit that was broken.</summary>
    internal LiveClose? Violation { get; private set; }

    /// <summary>The client was sent a close: from now on there is no excuse.</summary>
    internal bool IsTold { get; set; }

    /// <summary>Bytes that came from the client.</summary>
    internal long Bytes { get; private set; }

    /// <exception cref="IOException">The client goes on with what it was told off for.</exception>
    internal void Saw(ReadOnlySpan<byte> bytes)
    {
        Bytes += bytes.Length;
        while (!bytes.IsEmpty)
        {
            if (_payloadLeft >= (ulong)bytes.Length)
            {
                _payloadLeft -= (ulong)bytes.Length;
                return;
            }
            bytes = bytes[(int)_payloadLeft..];
            _payloadLeft = 0;
            if (!TryReadHead(ref bytes))
                return;
        }
    }

    private bool TryReadHead(ref ReadOnlySpan<byte> bytes)
    {
        Span<byte> head = _head;
        while (_headLength < 2 || _headLength < HeadLength(head))
        {
            if (bytes.IsEmpty)
                return false;
            head[_headLength++] = bytes[0];
            bytes = bytes[1..];
        }
        _payloadLeft = (head[1] & LengthBits) switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(head[2..]),
            127 => BinaryPrimitives.ReadUInt64BigEndian(head[2..]),
            var length => (ulong)length,
        };
        _headLength = 0;
        var opcode = head[0] & OpcodeBits;
        if (opcode > Close)
            SawPing();
        else if (opcode < Close)
            SawFragment(isFirst: opcode != Continuation, isLast: (head[0] & FinBit) != 0);
        return true;
    }

    private static int HeadLength(ReadOnlySpan<byte> head) =>
        2 + ((head[1] & LengthBits) switch { 126 => 2, 127 => 8, _ => 0 }) + ((head[1] & MaskBit) != 0 ? 4 : 0);

    private void SawFragment(bool isFirst, bool isLast)
    {
        _fragments = isFirst ? 1 : _fragments + 1;
        if (_fragments > maxFragments)
            Break(TooManyFragments);
        if (isLast)
            _fragments = 0;
    }

    // Pongs count as well: none is owed for a ping that was not sent.
    private void SawPing()
    {
        var now = time.GetTimestamp();
        if (_pings == 0 || time.GetElapsedTime(_windowStarted, now) >= Window)
            (_pings, _windowStarted) = (0, now);
        if (++_pings <= maxPingsPerMinute)
            return;
        if (_pings > (IsTold ? 2L : Patience) * maxPingsPerMinute)
            throw new IOException("The client goes on pinging after it was told to stop.");
        Break(TooManyPings);
    }

    private void Break(LiveClose violation)
    {
        if (Violation is not null)
            return;
        Violation = violation;
        Broken?.Invoke(violation);
    }

    [System.Runtime.CompilerServices.InlineArray(MaxHeadBytes)]
    private struct HeadBytes
    {
        private byte _first;
    }
}
