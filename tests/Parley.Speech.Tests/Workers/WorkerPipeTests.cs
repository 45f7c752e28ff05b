using CsCheck;
using Parley.Speech.Worker.Pipe;
using Parley.Speech.Worker.Synthesis;

namespace Parley.Speech.Tests;

public sealed class WorkerPipeTests
{
    [Fact]
    public void Messages_arrive_as_written() =>
        Gen.Select(Gen.Enum<PipeMessage>(), Gen.Byte.Array[0, 20_000]).Array[0, 5].Sample(frames =>
        {
            using var pipe = new MemoryStream();
            var writer = new WorkerPipe(Stream.Null, pipe);
            foreach (var (kind, content) in frames)
                writer.Write(kind, content);

            pipe.Position = 0;
            var reader = new WorkerPipe(pipe, Stream.Null);
            foreach (var (kind, content) in frames)
                Assert.True(reader.TryRead(out var actual, out var bytes) && actual == kind && bytes.SequenceEqual(content));
            Assert.False(reader.TryRead(out _, out _));
        });

    [Fact]
    public void A_truncated_message_is_the_end()
    {
        using var whole = new MemoryStream();
        new WorkerPipe(Stream.Null, whole).Write(PipeMessage.Final, "words");
        for (var length = 0; length < whole.Length; length++)
            Assert.False(new WorkerPipe(new MemoryStream(whole.ToArray()[..length]), Stream.Null).TryRead(out _, out _));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void An_invalid_message_length_is_refused(int length) =>
        Assert.Throws<InvalidDataException>(() => new WorkerPipe(new MemoryStream([1, .. BitConverter.GetBytes(length)]), Stream.Null).TryRead(out _, out _));

    [Fact]
    public void A_speak_request_survives_the_pipe()
    {
        var request = new SpeakRequest(7, "Hello, \"you\"", "slt", 1.25f, 0.9f);
        Assert.Equal(request, SpeakRequest.From(request.ToBytes()));
    }
}
