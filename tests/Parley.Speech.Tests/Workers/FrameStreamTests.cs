using CsCheck;
using Parley.Speech.Worker;

namespace Parley.Speech.Tests;

public sealed class FrameStreamTests
{
    [Fact]
    public void Frames_arrive_as_they_were_written() =>
        Gen.Select(Gen.Enum<FrameKind>(), Gen.Byte.Array[0, 20_000]).Array[0, 5].Sample(frames =>
        {
            using var pipe = new MemoryStream();
            var writer = new FrameStream(Stream.Null, pipe);
            foreach (var (kind, content) in frames)
                writer.Write(kind, content);

            pipe.Position = 0;
            var reader = new FrameStream(pipe, Stream.Null);
            foreach (var (kind, content) in frames)
                Assert.True(reader.TryRead(out var actual, out var bytes) && actual == kind && bytes.SequenceEqual(content));
            Assert.False(reader.TryRead(out _, out _));
        });

    [Fact]
    public void A_frame_that_was_cut_off_is_the_end()
    {
        using var whole = new MemoryStream();
        new FrameStream(Stream.Null, whole).Write(FrameKind.Final, "words");
        for (var length = 0; length < whole.Length; length++)
            Assert.False(new FrameStream(new MemoryStream(whole.ToArray()[..length]), Stream.Null).TryRead(out _, out _));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void A_length_that_cannot_be_is_refused(int length) =>
        Assert.Throws<InvalidDataException>(() => new FrameStream(new MemoryStream([1, .. BitConverter.GetBytes(length)]), Stream.Null).TryRead(out _, out _));

    [Fact]
    public void A_text_to_speak_survives_the_pipe()
    {
        var request = new SpeakRequest(7, "Hello, \"you\"", "slt", 1.25f, 0.9f);
        Assert.Equal(request, SpeakRequest.From(request.ToBytes()));
    }
}
