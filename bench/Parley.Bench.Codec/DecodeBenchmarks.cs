using System.Buffers.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Parley.Protocol;

namespace Parley.Bench.Codec;

/// <summary>Message in one buffer to PCM in another, compared with only decoding the same base64.</summary>
public class DecodeBenchmarks
{
    private const string FromServer = "decode, server 4,800 base64", FromClient = "decode, client 640 B PCM";

    private readonly byte[] _pcm = new byte[Messages.OutputPcmBytes];
    private readonly byte[] _outputBase64 = Messages.OutputBase64, _inputBase64 = Messages.InputBase64;
    private readonly byte[] _output = Messages.Output, _indentedOutput = Messages.IndentedOutput, _otherOutput = Messages.OtherOutput, _input = Messages.Input;

    [Benchmark(Baseline = true), BenchmarkCategory(FromServer)]
    public int BareBase64()
    {
        Base64.DecodeFromUtf8(_outputBase64, _pcm, out _, out var written);
        return written;
    }

    [Benchmark, BenchmarkCategory(FromServer)]
    public int AudioMessageOutput() => AudioMessage.TryFindOutput(_output, out var chunk) && chunk.TryDecode(_pcm, out var written) ? written : 0;

    [Benchmark, BenchmarkCategory(FromServer)]
    public int AudioMessageOutputOfService() => AudioMessage.TryFindOutput(_indentedOutput, out var chunk) && chunk.TryDecode(_pcm, out var written) ? written : 0;

    [Benchmark, BenchmarkCategory(FromServer)]
    public int AudioMessageOutputOtherwise() => AudioMessage.TryFindOutput(_otherOutput, out var chunk) && chunk.TryDecode(_pcm, out var written) ? written : 0;

    [Benchmark, BenchmarkCategory(FromServer)]
    public int JsonReaderOutput() => ReadData(_output);

    [Benchmark, BenchmarkCategory(FromServer)]
    public int LiveCodecOutput() => LiveCodec.DecodeResponse(_output).ServerContent!.ModelTurn!.Parts![0].InlineData!.Data!.Value.Length;

    [Benchmark(Baseline = true), BenchmarkCategory(FromClient)]
    public int BareBase64Input()
    {
        Base64.DecodeFromUtf8(_inputBase64, _pcm, out _, out var written);
        return written;
    }

    [Benchmark, BenchmarkCategory(FromClient)]
    public int AudioMessageInput() => AudioMessage.TryFindInput(_input, out var chunk) && chunk.TryDecode(_pcm, out var written) ? written : 0;

    [Benchmark, BenchmarkCategory(FromClient)]
    public int JsonReaderInput() => ReadData(_input);

    [Benchmark, BenchmarkCategory(FromClient)]
    public int LiveCodecInput() => LiveCodec.DecodeRequest(_input).RealtimeInput!.Audio!.Data!.Value.Length;

    // Code without a codec: walk the tokens and decode the value of "data".
    private int ReadData(byte[] message)
    {
        var reader = new Utf8JsonReader(message);
        var written = 0;
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("data"u8))
            {
                reader.Read();
                Base64.DecodeFromUtf8(reader.ValueSpan, _pcm, out _, out written);
            }
        }
        return written;
    }
}
