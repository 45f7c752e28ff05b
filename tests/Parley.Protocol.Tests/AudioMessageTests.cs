using System.Text;
using CsCheck;
using Parley.Protocol.Tests.Support;
using Parley.TestKit;

namespace Parley.Protocol.Tests;

public sealed class AudioMessageTests
{
    /// <summary>Bytes with a meaning in JSON or base64; random bytes seldom have one.</summary>
    private static readonly byte[] Telling = "\"\\{}[]:,=+/-_AZ09 \n\r\t\0\u007f"u8.ToArray();

    private static readonly Gen<(int Place, byte Value)[]> Mutations =
        Gen.Select(Gen.Int[0, int.MaxValue], Gen.OneOf(Gen.Byte, Gen.Int[0, Telling.Length - 1].Select(i => Telling[i]))).Array[1, 3];

    [Fact]
    public void Input_is_written_as_the_codec_reads_it() => Gen.Select(Gen.Byte.Array[0, 4_000], Gen.Int[AudioFormat.MinRateHz, AudioFormat.MaxRateHz]).Sample((pcm, rate) =>
    {
        var message = new byte[AudioMessage.MaxInputBytes(pcm.Length)];
        var length = AudioMessage.WriteInput(pcm, rate, message);

        var blob = LiveCodec.DecodeRequest(message.AsSpan(0, length), LiveCompatibility.Strict).RealtimeInput!.Audio!;
        Assert.Equal((AudioFormat.MimeType(rate), Convert.ToHexString(pcm)), (blob.MimeType, Convert.ToHexString(blob.Data!.Value.Span)));
        Assert.Equal((rate, Convert.ToHexString(pcm)), Input(message.AsSpan(0, length)));
    });

    [Fact]
    public void Output_is_written_as_the_codec_reads_it() => Gen.Byte.Array[0, 4_000].Sample(pcm =>
    {
        var message = new byte[AudioMessage.OutputBytes(pcm.Length)];

        Assert.Equal(message.Length, AudioMessage.WriteOutput(pcm, message));
        var content = LiveCodec.DecodeResponse(message).ServerContent!.ModelTurn!;
        Assert.Equal("model", content.Role);
        Assert.Equal((AudioFormat.OutputMimeType, Convert.ToHexString(pcm)), (content.Parts![0].InlineData!.MimeType, Convert.ToHexString(content.Parts[0].InlineData!.Data!.Value.Span)));
        Assert.Equal((AudioFormat.OutputRateHz, Convert.ToHexString(pcm)), Output(message));
    });

    [Theory]
    [InlineData(3_999)]
    [InlineData(192_001)]
    [InlineData(-16_000)]
    public void Rate_that_no_reader_accepts_is_not_written(int rateHz) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => AudioMessage.WriteInput([0, 0], rateHz, new byte[200]));

    [Fact]
    public void Too_short_destination_is_refused()
    {
        byte[] pcm = [1, 2, 3, 4];
        var needed = AudioMessage.WriteInput(pcm, 16_000, new byte[AudioMessage.MaxInputBytes(pcm.Length)]);

        for (var length = 0; length < needed; length++)
            Assert.Throws<ArgumentException>(() => AudioMessage.WriteInput(pcm, 16_000, new byte[length]));
        for (var length = 0; length < AudioMessage.OutputBytes(pcm.Length); length++)
            Assert.Throws<ArgumentException>(() => AudioMessage.WriteOutput(pcm, new byte[length]));
    }

    [Fact]
    public void Plain_input_takes_the_fast_path_in_any_spacing_and_spelling() => WrittenAudio.Input.Sample(
        message => Assert.True(!message.IsPlain || Input(message.Utf8)?.Pcm == Convert.ToHexString(message.Pcm), Encoding.UTF8.GetString(message.Utf8)), iter: 3_000);

    [Fact]
    public void Plain_output_takes_the_fast_path_in_any_spacing_and_spelling() => WrittenAudio.Output.Sample(
        message => Assert.True(!message.IsPlain || Output(message.Utf8)?.Pcm == Convert.ToHexString(message.Pcm), Encoding.UTF8.GetString(message.Utf8)), iter: 3_000);

    [Fact]
    public void Fast_path_reads_input_exactly_as_the_codec() => Gen.Select(WrittenAudio.Input, Mutations.Null()).Sample((message, mutations) =>
    {
        var utf8 = Mutate(message.Utf8, mutations);
        if (Input(utf8) is not { } fast)
            return;
        var request = LiveCodec.DecodeRequest(utf8, LiveCompatibility.Strict);
        var blob = request.RealtimeInput!.Audio!;
        Assert.True(AudioFormat.TryParseRate(blob.MimeType, AudioFormat.InputRateHz, out var rate));
        Assert.Equal((rate, Convert.ToHexString(blob.Data!.Value.Span)), fast);
        Assert.Equal(request, new LiveSessionRequest { RealtimeInput = new RealtimeInput { Audio = new Blob { MimeType = blob.MimeType, Data = blob.Data } } });
    }, iter: 20_000);

    [Fact]
    public void Fast_path_reads_output_exactly_as_the_codec() => Gen.Select(WrittenAudio.Output, Mutations.Null()).Sample((message, mutations) =>
    {
        var utf8 = Mutate(message.Utf8, mutations);
        if (Output(utf8) is not { } fast)
            return;
        var response = LiveCodec.DecodeResponse(utf8);
        var turn = response.ServerContent!.ModelTurn!;
        var blob = Assert.Single(turn.Parts!).InlineData!;
        Assert.True(AudioFormat.TryParseRate(blob.MimeType, AudioFormat.OutputRateHz, out var rate));
        Assert.Equal((rate, Convert.ToHexString(blob.Data!.Value.Span)), fast);
        Assert.Null(response.Extra);
        Assert.Equal(LiveResponseKinds.ServerContent, response.Kinds);
        Assert.Equal(response.ServerContent, new ServerContent { ModelTurn = turn });
        Assert.Equal(turn.Parts![0], new Part { InlineData = new Blob { MimeType = blob.MimeType, Data = blob.Data } });
        Assert.True(turn.Role is null or "model");
    }, iter: 20_000);

    [Theory]
    [InlineData("""{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"AAAA"},"text":"a"}}""")]
    [InlineData("""{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"AAAA","data":"BBBB"}}}""")]
    [InlineData("""{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"AA\/A"}}}""")]
    [InlineData("""{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"AA\u0041A"}}}""")]
    [InlineData("""{"realtimeInput":{"audio":{"mimeType":"audio\/pcm","data":"AAAA"}}}""")]
    [InlineData("""{"realtimeInput":{"audio":{"mimeType":"image/png","data":"AAAA"}}}""")]
    [InlineData("""{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=5","data":"AAAA"}}}""")]
    [InlineData("""{"realtimeInput":{"audio":{"data":"AAAA"}}}""")]
    [InlineData("""{"realtimeInput":{"audio":{"mimeType":"audio/pcm"}}}""")]
    [InlineData("""{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"AAAA"}}}x""")]
    [InlineData("""{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"AAAA"}}""")]
    [InlineData("""{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"AAAA"}},"setup":{}}""")]
    [InlineData("""{"realtimeInput":{"video":{"mimeType":"audio/pcm;rate=16000","data":"AAAA"}}}""")]
    [InlineData("{}")]
    [InlineData("")]
    public void Any_other_message_is_left_to_the_codec(string json) => Assert.Null(Input(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("""{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"mimeType":"audio/pcm","data":"AAAA"}}]},"turnComplete":true}}""")]
    [InlineData("""{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"mimeType":"audio/pcm","data":"AAAA"}},{"text":"a"}]}}}""")]
    [InlineData("""{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"mimeType":"audio/pcm","data":"AAAA"},"thought":true}]}}}""")]
    [InlineData("""{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"mimeType":"audio/pcm","data":"AAAA"}}],"role":"user"}}}""")]
    [InlineData("""{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"mimeType":"audio/pcm","data":"AAAA"}}]}},"usageMetadata":{}}""")]
    [InlineData("""{"serverContent":{"modelTurn":{"role":"model","parts":[]}}}""")]
    public void Server_message_with_more_than_audio_is_left_to_the_codec(string json) => Assert.Null(Output(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("AAAA AAAA")]
    [InlineData("AAA A")]
    [InlineData("AAAA\n")]
    [InlineData("AAAA\r\n\r\n")]
    [InlineData("\tAAAA")]
    [InlineData("AAAA\0")]
    [InlineData("AAAA\u0085")]
    public void Raw_white_space_and_controls_inside_base64_are_not_accepted(string data)
    {
        Assert.Null(Input(Encoding.UTF8.GetBytes($$$$$$"""{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"{{{{{{data}}}}}}"}}}""")));
        Assert.Null(Input(Encoding.UTF8.GetBytes($$$$$$"""{"realtimeInput":{"audio":{"data":"{{{{{{data}}}}}}","mimeType":"audio/pcm"}}}""")));
        Assert.Null(Output(Encoding.UTF8.GetBytes($$$$$$"""{"serverContent":{"modelTurn":{"role":"model","parts":[{"inlineData":{"mimeType":"audio/pcm;rate=24000","data":"{{{{{{data}}}}}}"}}]}}}""")));
    }

    [Theory]
    [InlineData("audio/pcm;\n")]
    [InlineData("audio/pcm;x=\u0001")]
    [InlineData("audio/pcm;x=é")]
    public void Media_type_that_may_be_invalid_json_is_left_to_the_codec(string mimeType) =>
        Assert.Null(Input(Encoding.UTF8.GetBytes($$$$$$"""{"realtimeInput":{"audio":{"mimeType":"{{{{{{mimeType}}}}}}","data":"AAAA"}}}""")));

    [Fact]
    public void Fast_path_allocates_nothing()
    {
        var pcm = new byte[3_600];
        Random.Shared.NextBytes(pcm);
        var input = new byte[AudioMessage.MaxInputBytes(pcm.Length)];
        var output = new byte[AudioMessage.OutputBytes(pcm.Length)];
        var inputLength = AudioMessage.WriteInput(pcm, 16_000, input);
        AudioMessage.WriteOutput(pcm, output);
        var indented = Encoding.UTF8.GetBytes($$$$$$"""
            {
              "serverContent": { "modelTurn": { "parts": [ { "inlineData": { "mimeType": "audio/pcm; rate=24000", "data": "{{{{{{Convert.ToBase64String(pcm).Replace('+', '-').Replace('/', '_')}}}}}}" } } ] } }
            }
            """);

        Assert.Equal(0, AllocatedBy(() => AudioMessage.WriteInput(pcm, 16_000, input)));
        Assert.Equal(0, AllocatedBy(() => AudioMessage.WriteOutput(pcm, output)));
        Assert.Equal(0, AllocatedBy(() => AudioMessage.TryFindInput(input.AsSpan(0, inputLength), out var chunk) && chunk.TryDecode(pcm, out _)));
        Assert.Equal(0, AllocatedBy(() => AudioMessage.TryFindOutput(output, out var chunk) && chunk.TryDecode(pcm, out _)));
        Assert.Equal(0, AllocatedBy(() => AudioMessage.TryFindOutput(indented, out var chunk) && chunk.TryDecode(pcm, out _)));
        Assert.Equal(0, AllocatedBy(() => AudioMessage.TryFindInput(indented, out _)));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("\n", true)]
    [InlineData("}", false)]
    public void Message_in_the_format_of_the_service_is_found(string tail, bool found)
    {
        var indented = new System.Buffers.ArrayBufferWriter<byte>();
        var blob = new Blob { MimeType = AudioFormat.OutputMimeType, Data = new byte[] { 1, 2, 3, 4 } };
        LiveCodec.Encode(new LiveSessionResponse { ServerContent = new ServerContent { ModelTurn = new Content { Parts = [new Part { InlineData = blob }] } } }, indented, indented: true);

        Assert.Equal(found ? (24_000, "01020304") : null, Output([.. indented.WrittenSpan, .. Encoding.UTF8.GetBytes(tail)]));
    }

    [Fact]
    public void Megabytes_of_white_space_are_skipped()
    {
        var space = Enumerable.Repeat((byte)' ', 4 << 20).ToArray();
        byte[] message = [.. "{\"realtimeInput\":{\"audio\":{\"mimeType\":\"audio/pcm\",\"data\":\"AAAA\"}}}"u8, .. space];

        Assert.Equal((16_000, "000000"), Input(message));
        Assert.Null(Output(space));
    }

    private static long AllocatedBy<T>(Func<T> action) => Allocated.Least(1_000, () => action());

    private static (int Rate, string Pcm)? Input(ReadOnlySpan<byte> message) =>
        AudioMessage.TryFindInput(message, out var chunk) ? Decode(chunk) : null;

    private static (int Rate, string Pcm)? Output(ReadOnlySpan<byte> message) =>
        AudioMessage.TryFindOutput(message, out var chunk) ? Decode(chunk) : null;

    private static (int Rate, string Pcm)? Decode(AudioChunk chunk)
    {
        var pcm = new byte[chunk.PcmBytes];
        return chunk.TryDecode(pcm, out var written) && written == pcm.Length ? (chunk.RateHz, Convert.ToHexString(pcm)) : null;
    }

    private static byte[] Mutate(byte[] message, (int Place, byte Value)[]? mutations)
    {
        byte[] mutated = [.. message];
        foreach (var (place, value) in mutations ?? [])
        {
            // Half of them near the ends, where the structure is.
            var at = place % 2 == 0 ? place / 2 % mutated.Length : place / 2 % Math.Min(mutated.Length, 200);
            mutated[place % 8 == 1 ? mutated.Length - 1 - (place / 8 % Math.Min(mutated.Length, 30)) : at] = value;
        }
        return mutated;
    }
}
