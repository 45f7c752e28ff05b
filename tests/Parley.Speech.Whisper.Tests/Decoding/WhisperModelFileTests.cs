using CsCheck;
using Parley.Speech.Whisper.Decoding;

namespace Parley.Speech.Whisper.Tests.Decoding;

/// <summary>Files of strangers: whole, cut, wrong.</summary>
public sealed class WhisperModelFileTests(ModelFiles models) : IClassFixture<ModelFiles>
{
    private readonly string _path = Path.Combine(Path.GetDirectoryName(models.Talking)!, Guid.NewGuid().ToString("N"));

    [Fact]
    public void A_whole_model_tells_what_it_can()
    {
        var english = WhisperModelFile.Read(models.Talking);
        Assert.False(english.IsMultilingual);
        Assert.Equal((1_500, 64, 50_256), (english.AudioContext, english.TextContext, english.FirstSpecialToken));
        Assert.Equal(new FileInfo(models.Talking).Length, english.Bytes);
        Assert.True(WhisperModelFile.Read(models.German).IsMultilingual);
    }

    [Fact]
    public void A_truncated_model_is_refused_wherever_it_ends()
    {
        var whole = File.ReadAllBytes(models.Talking);
        Gen.Int[0, whole.Length - 1].Sample(
            length =>
            {
                // Right after the vocabulary it looks like a test model of whisper.cpp, which has no tensors.
                var problem = Problem(whole.AsSpan(0, length));
                Assert.True(problem.Contains("incomplete", StringComparison.Ordinal) || problem.Contains("tensors", StringComparison.Ordinal) || problem.Contains("no usable", StringComparison.Ordinal), problem);
                Assert.Contains("Download it again.", problem, StringComparison.Ordinal);
            },
            iter: 200, threads: 1);
    }

    [Theory]
    [InlineData(0, 0x46554747, "magic")] // GGUF
    [InlineData(1, 10, "vocabulary is 10")]
    [InlineData(1, int.MaxValue, "vocabulary is 2147483647")]
    [InlineData(2, 100_000, "audio context")]
    [InlineData(3, -1, "audio state")]
    [InlineData(3, 64, "do not fit")]
    [InlineData(4, 0, "audio heads")]
    [InlineData(5, 1_000_000_000, "audio layers")]
    [InlineData(7, 0, "text state")]
    [InlineData(9, 65, "text layers")]
    [InlineData(10, 0, "mel bands")]
    [InlineData(12, 79, "mel filters")]
    public void Wrong_numbers_are_named(int position, int value, string expected)
    {
        var bytes = File.ReadAllBytes(models.Talking);
        BitConverter.TryWriteBytes(bytes.AsSpan(position * sizeof(int)), value);
        Assert.Contains(expected, Problem(bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_models_never_surprise()
    {
        var whole = File.ReadAllBytes(models.Talking);
        var headers = 80_000; // Numbers, filters, vocabulary, the first tensors.
        Gen.Select(Gen.Int[0, headers], Gen.Int).Sample(
            (at, value) =>
            {
                var bytes = whole.ToArray();
                BitConverter.TryWriteBytes(bytes.AsSpan(at), value);
                Problem(bytes);
            },
            iter: 100, threads: 1);
    }

    [Fact]
    public void What_follows_the_model_is_refused() =>
        Assert.NotEqual("", Problem([.. File.ReadAllBytes(models.Talking), .. new byte[100]]));

    [Fact]
    public void A_missing_file_and_a_folder_are_named()
    {
        Assert.Contains("cannot be read", Assert.Throws<InvalidOperationException>(() => WhisperModelFile.Read(_path)).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be read", Assert.Throws<InvalidOperationException>(() => WhisperModelFile.Read(Path.GetDirectoryName(_path)!)).Message, StringComparison.Ordinal);
    }

    /// <summary>Why a file is refused; empty if it is not. Any other exception than the expected one fails the test.</summary>
    private string Problem(ReadOnlySpan<byte> bytes)
    {
        File.WriteAllBytes(_path, bytes);
        try
        {
            WhisperModelFile.Read(_path);
            return "";
        }
        catch (InvalidOperationException e)
        {
            return e.Message;
        }
    }
}
