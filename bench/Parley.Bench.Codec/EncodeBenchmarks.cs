using System.Buffers;
using System.Buffers.Text;
using BenchmarkDotNet.Attributes;
using Parley.Protocol;

namespace Parley.Bench.Codec;

/// <summary>PCM to a message in a buffer, compared with only encoding the same bytes.</summary>
public class EncodeBenchmarks
{
    private const string ToClient = "encode, server 3,600 B PCM", ToServer = "encode, client 640 B PCM";

    private readonly byte[] _message = new byte[AudioMessage.OutputBytes(Messages.OutputPcmBytes)];
    private readonly byte[] _outputPcm = Messages.OutputPcm, _inputPcm = Messages.InputPcm;
    private readonly ArrayBufferWriter<byte> _writer = new(16_384);

    [Benchmark(Baseline = true), BenchmarkCategory(ToClient)]
    public int BareBase64()
    {
        Base64.EncodeToUtf8(_outputPcm, _message, out _, out var written);
        return written;
    }

    [Benchmark, BenchmarkCategory(ToClient)]
    public int AudioMessageOutput() => AudioMessage.WriteOutput(_outputPcm, _message);

    [Benchmark, BenchmarkCategory(ToClient)]
    public int LiveCodecOutput()
    {
        _writer.ResetWrittenCount();
        var blob = new Blob { MimeType = AudioFormat.OutputMimeType, Data = _outputPcm };
        LiveCodec.Encode(new LiveSessionResponse { ServerContent = new ServerContent { ModelTurn = new Content { Role = "model", Parts = [new Part { InlineData = blob }] } } }, _writer);
        return _writer.WrittenCount;
    }

    [Benchmark(Baseline = true), BenchmarkCategory(ToServer)]
    public int BareBase64Input()
    {
        Base64.EncodeToUtf8(_inputPcm, _message, out _, out var written);
        return written;
    }

    [Benchmark, BenchmarkCategory(ToServer)]
    public int AudioMessageInput() => AudioMessage.WriteInput(_inputPcm, AudioFormat.InputRateHz, _message);

    [Benchmark, BenchmarkCategory(ToServer)]
    public int LiveCodecInput()
    {
        _writer.ResetWrittenCount();
        LiveCodec.Encode(new LiveSessionRequest { RealtimeInput = new RealtimeInput { Audio = new Blob { MimeType = "audio/pcm;rate=16000", Data = _inputPcm } } }, _writer);
        return _writer.WrittenCount;
    }
}
