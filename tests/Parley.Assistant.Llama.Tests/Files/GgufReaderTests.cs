using CsCheck;
using Parley.Assistant.Llama.Files;
using Parley.Assistant.Llama.Tests.Models;
using Parley.Speech;

namespace Parley.Assistant.Llama.Tests.Files;

/// <summary>Files that are not what they should be.</summary>
public sealed class GgufReaderTests
{
    private static readonly byte[] Whole = TinyGguf.Scripted(TinyGguf.ChatMl, (null, ["It", " is"]));

    [Fact]
    public void The_header_names_the_model_and_has_its_template()
    {
        using var model = new TinyModel(Whole);

        Assert.Equal(new GgufHeader(model.Path, "tiny", "llama", TinyGguf.ChatMl), GgufReader.Read(model.Path));
    }

    [Fact]
    public void Each_wrong_file_is_named_with_the_reason()
    {
        Assert.Contains("it does not begin with the letters GGUF", FailureOf("PK\u0003\u0004 a zip file"u8.ToArray()), StringComparison.Ordinal);
        Assert.Contains("it does not begin with the letters GGUF", FailureOf([]), StringComparison.Ordinal);
        Assert.Contains("its format version is 99", FailureOf([.. "GGUF"u8, 99, 0, 0, 0]), StringComparison.Ordinal);
        Assert.Contains("it ends in its header, after 1000 bytes", FailureOf(Whole[..1000]), StringComparison.Ordinal);
        Assert.Contains($"it is truncated: it has {Whole.Length - 5000} bytes", FailureOf(Whole[..^5000]), StringComparison.Ordinal);
        Assert.Contains("metadata entries", FailureOf([.. "GGUF"u8, 3, 0, 0, 0, .. new byte[8], .. Enumerable.Repeat((byte)0xFF, 8)]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_with_absurd_dimensions_is_refused()
    {
        var file = Whole.ToArray();
        // The first dimension of the first tensor, behind its name and the number of dimensions.
        var at = file.AsSpan().IndexOf("token_embd.weight"u8) + "token_embd.weight".Length + 4;

        BitConverter.TryWriteBytes(file.AsSpan(at), long.MaxValue);
        Assert.Contains("tensor token_embd.weight has a dimension of", FailureOf(file), StringComparison.Ordinal);
        BitConverter.TryWriteBytes(file.AsSpan(at), 1L << 30);
        Assert.Contains("it is truncated", FailureOf(file), StringComparison.Ordinal);
    }

    [Fact]
    public void A_projector_is_not_a_chat_model()
    {
        var file = new GgufWriter();
        file.Add("general.architecture", "clip");
        file.Add("general.type", "mmproj");

        Assert.Contains("it is part of a model (mmproj), and a chat model is needed", FailureOf(file.ToBytes()), StringComparison.Ordinal);
    }

    [Fact]
    public void Changed_bytes_of_a_header_give_a_header_or_a_clear_error() => Gen.Select(Gen.Int[0, 4000], Gen.Byte).Sample((at, value) =>
    {
        var file = Whole.ToArray();
        file[at] = value;
        using var model = new TinyModel(file);
        try
        {
            Assert.Equal(model.Path, GgufReader.Read(model.Path).Path);
        }
        catch (InvalidDataException e)
        {
            Assert.Contains(model.Path, e.Message, StringComparison.Ordinal);
        }
    }, iter: 300, seed: "0000G91wB5N2");

    [Fact]
    public async Task A_file_that_only_the_engine_can_refuse_fails_each_answer_with_its_name()
    {
        var bytes = Whole.ToArray();
        // The name of a tensor that the architecture needs.
        bytes[bytes.AsSpan().IndexOf("blk.0.attn_q.weight"u8)] = (byte)'x';
        using var model = new TinyModel(bytes);
        using var client = model.Open();

        var failure = await Assert.ThrowsAsync<SpeechEngineException>(
            () => client.GetResponseAsync([TinyModel.User("Hello")], TinyModel.Options(), TestContext.Current.CancellationToken));

        Assert.Contains($"The model {model.Path} cannot be loaded", failure.Message, StringComparison.Ordinal);
        Assert.Contains("blk.0.attn_q.weight", failure.Message, StringComparison.Ordinal);
    }

    private static string FailureOf(byte[] file)
    {
        using var model = new TinyModel(file);
        var failure = Assert.Throws<InvalidDataException>(() => model.Open());
        Assert.Contains(model.Path, failure.Message, StringComparison.Ordinal);
        return failure.Message;
    }
}
