using System.Buffers.Text;
using BenchmarkDotNet.Attributes;
using Parley.Protocol;
using Parley.Server;
using Parley.Server.Sessions;
using Parley.Server.Wire;

namespace Parley.Bench.Codec;

/// <summary>
/// What a session with a local model does with an audio message from the socket: its kind, its limits, and the PCM that the model gets. Compared with only
/// decoding the same base64.
/// </summary>
public class ServerInputBenchmarks : IAsyncDisposable
{
    private const string FromClient = "server, audio message to the model, 640 B PCM";

    private readonly byte[] _pcm = new byte[Messages.InputPcmBytes + 2];
    private readonly byte[] _base64 = Messages.InputBase64, _message = Messages.Input;
    private readonly AudioCounter _model = new();
    private readonly MessageRouter _router;

    public ServerInputBenchmarks() =>
        _router = new(_model, LiveCompatibility.Guide, new MessageRules(new LiveApiOptions(), pinsContext: false, allowsUnknown: false));

    [Benchmark(Baseline = true), BenchmarkCategory(FromClient)]
    public int BareBase64()
    {
        Base64.DecodeFromUtf8(_base64, _pcm, out _, out var written);
        return written;
    }

    [Benchmark, BenchmarkCategory(FromClient)]
    public int ReadAndRoute()
    {
        _router.Receive(_message, ClientPeek.ReadForDecoding(_message));
        return _model.Bytes;
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _model.DisposeAsync();
    }

    private sealed class AudioCounter : ILiveModelSession
    {
        internal int Bytes { get; private set; }

        public void Receive(LiveSessionRequest message)
        {
        }

        public void ReceiveAudio(ReadOnlySpan<byte> pcm, int rateHz) => Bytes = pcm.Length;

        public void MediaSent(in LiveMedia media)
        {
        }

        public ValueTask DisposeAsync() => default;
    }
}
