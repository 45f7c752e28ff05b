using Parley.Speech.Synthesis.Neural;
using Parley.Speech.Worker.Pipe;

namespace Parley.Speech.Tests.Synthesis.Neural;

public sealed class VoiceServerTests
{
    [Fact]
    public void Request_that_was_cancelled_before_it_ran_can_be_cancelled_again()
    {
        using var output = new MemoryStream();
        var server = new VoiceServer(null!, new WorkerPipe(Stream.Null, output));

        server.Cancel(1);
        server.Handle(PipeMessage.Request, new VoiceRequest(1, [1, 2], [1]).ToBytes());
        server.Cancel(1);

        output.Position = 0;
        Assert.True(new WorkerPipe(output, Stream.Null).TryRead(out var kind, out var content));
        Assert.Equal((PipeMessage.Result, 0), (kind, content.Length));
    }
}
