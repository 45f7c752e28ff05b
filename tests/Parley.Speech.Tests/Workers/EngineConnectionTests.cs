using System.Text;
using Microsoft.Extensions.Time.Testing;
using Parley.Speech.Worker.Pipe;
using Parley.Speech.Workers;

namespace Parley.Speech.Tests;

/// <summary>Engines of other assemblies, in a worker process and on a thread.</summary>
public sealed class EngineConnectionTests
{
    public static TheoryData<bool> Places => [true, false];

    [Theory]
    [MemberData(nameof(Places))]
    public void An_engine_of_another_assembly_answers_requests_with_parts_and_a_result(bool isApart)
    {
        using var engine = Start(isApart, "one", "two");

        for (var i = 0; i < 3; i++)
        {
            engine.Write(PipeMessage.Request, Encoding.UTF8.GetBytes("what?"));
            Assert.Equal("one", Encoding.UTF8.GetString(engine.Expect(PipeMessage.Part)));
            Assert.Equal("two", Encoding.UTF8.GetString(engine.Expect(PipeMessage.Part)));
            Assert.Equal("what?", Encoding.UTF8.GetString(engine.Expect(PipeMessage.Result)));
        }
        Assert.Equal(isApart, engine.ProcessId > 0);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void An_engine_of_another_assembly_that_does_not_load_reports_why(bool isApart) => Assert.Contains(
        "no parts", Assert.Throws<SpeechEngineException>(() => Start(isApart)).Message, StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Places))]
    public void A_failed_request_leaves_the_engine_usable(bool isApart)
    {
        using var engine = Start(isApart, "one");

        engine.Write(PipeMessage.Finish);
        Assert.Contains("Finish", Assert.Throws<SpeechEngineException>(() => engine.Read(out _)).Message, StringComparison.Ordinal);

        engine.Write(PipeMessage.Request, "again"u8);
        Assert.Equal(PipeMessage.Part, engine.Read(out _));
        Assert.Equal("again", Encoding.UTF8.GetString(engine.Expect(PipeMessage.Result)));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void A_request_is_cancelled_while_it_is_answered(bool isApart)
    {
        using var engine = Start(isApart, PartsEngine.UntilCancelled);

        engine.Write(PipeMessage.Request);
        Assert.Equal(PipeMessage.Part, engine.Read(out _));
        engine.Cancel(7);

        PipeMessage last;
        while ((last = engine.Read(out _)) == PipeMessage.Part)
        {
        }
        Assert.Equal(PipeMessage.Result, last);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_pending_read_fails_when_the_engine_is_ended(bool isApart)
    {
        using var engine = Start(isApart, "one");
        var reading = Task.Run(() => Assert.Throws<SpeechEngineException>(() => engine.Read(out _)), TestContext.Current.CancellationToken);

        engine.Dispose();

        Assert.Contains("ended", (await reading).Message, StringComparison.Ordinal);
        Assert.Throws<SpeechEngineException>(() => engine.Write(PipeMessage.Request));
    }

    [Fact]
    public void A_worker_refuses_a_type_that_is_no_engine()
    {
        Assert.True(WorkerHost.TryFind(out var host, out var problem), problem);
        foreach (var name in (string[])["No.Such.Type, Parley.Speech.Tests", "System.Object", "Parley.Speech.Tests.EngineConnectionTests, Parley.Speech.Tests"])
        {
            Assert.Throws<SpeechEngineException>(
                () => new WorkerProcess(host, "test", TimeSpan.FromSeconds(30), TimeProvider.System, [Worker.WorkerCommand.Engine, name]));
        }
    }

    private static EngineConnection Start(bool isApart, params string[] parts)
    {
        WorkerHost? host = null;
        if (isApart)
            Assert.True(WorkerHost.TryFind(out host, out var problem), problem);
        return EngineConnection.Start<PartsEngine>(host, "parts", TimeSpan.FromSeconds(30), new FakeTimeProvider(), parts);
    }
}

/// <summary>Answers each request with its arguments as parts, and with the request as result.</summary>
internal sealed class PartsEngine : IEngineFactory
{
    public const string UntilCancelled = "until cancelled";

    public IEngineServer Open(string[] arguments, WorkerPipe pipe) =>
        arguments.Length > 0 ? new Server(arguments, pipe) : throw new InvalidOperationException("There are no parts.");

    private sealed class Server(string[] parts, WorkerPipe pipe) : IEngineServer
    {
        private volatile bool _isCancelled;

        public void Handle(PipeMessage kind, ReadOnlySpan<byte> content)
        {
            if (kind != PipeMessage.Request)
                throw new InvalidDataException($"This engine does not accept {kind} messages.");
            do
            {
                foreach (var part in parts)
                    pipe.Write(PipeMessage.Part, part);
            }
            while (parts[0] == UntilCancelled && !_isCancelled);
            pipe.Write(PipeMessage.Result, content);
        }

        public void Cancel(int number) => _isCancelled = number == 7;
    }
}
