using System.Net.WebSockets;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Parley.Server.Tests.Support;

namespace Parley.Server.Tests.Calls;

/// <summary>A model that calls a function of the server before its session is open.</summary>
public sealed class EarlyCallTests : IDisposable
{
    private readonly EarlyModel _model = new();

    public void Dispose() => _model.Dispose();

    [Fact]
    public async Task Call_while_the_session_is_being_opened_is_answered()
    {
        await using var host = await LiveTestHost.StartAsync(_model, services: services => services.AddSingleton<ILiveCallHandler>(new Handler(_model)));
        await using var client = await host.ConnectAsync();
        await client.SendJsonAsync(LiveTestHost.Setup);

        Assert.Contains("\"answer\":42", await Expect.WithinAsync(_model.Answered.Task, "the answer"), StringComparison.Ordinal);
    }

    private sealed class Handler(EarlyModel model) : ILiveCallHandler
    {
        public ValueTask OnCallAsync(LiveCall call, CancellationToken cancellationToken)
        {
            call.AddTool(AIFunctionFactory.Create(
                () =>
                {
                    model.Called.Set();
                    return new { answer = 42 };
                },
                "early"));
            return default;
        }
    }

    private sealed class EarlyModel : IMessageModel, IDisposable
    {
        public ManualResetEventSlim Called { get; } = new();

        public TaskCompletionSource<string> Answered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public MessageAdmission Admit(MessageSetup setup) => new(setup.Setup);

        public ValueTask<ILiveModelSession> StartAsync(LiveModelStart start, ILiveModelOutput output, CancellationToken cancellationToken) => new(new Session(this));

        public void Dispose() => Called.Dispose();
    }

    private sealed class Session(EarlyModel model) : IMessageSession
    {
        public WireMessage Opening { get; } = new("""{"setupComplete":{}}"""u8.ToArray(), WebSocketMessageType.Text);

        public void Open(IMessageOutput output)
        {
            var sending = output.SendAsync("""{"toolCall":{"functionCalls":[{"id":"c1","name":"early"}]}}"""u8.ToArray(), WebSocketMessageType.Text, MessageKind.Tool);
            Assert.True(model.Called.Wait(Expect.Bound, TestContext.Current.CancellationToken));
            Assert.True(sending.IsCompletedSuccessfully);
        }

        public ValueTask ReceiveAsync(in ClientMessage message)
        {
            model.Answered.TrySetResult(System.Text.Encoding.UTF8.GetString(message.Payload.Span));
            return default;
        }

        public ValueTask DisposeAsync() => default;
    }
}
