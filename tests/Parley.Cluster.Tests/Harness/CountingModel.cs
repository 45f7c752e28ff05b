using System.Text.Json;
using Parley.Protocol;
using Parley.Server;

namespace Parley.Cluster.Tests.Harness;

/// <summary>The upstream of relayed calls: answers with <see cref="Conversation"/>, is not resumable while it does so, and counts tokens.</summary>
internal sealed class CountingModel(Pauses pauses) : ILiveModel
{
    public ValueTask<ILiveModelSession> StartAsync(LiveModelStart start, ILiveModelOutput output, CancellationToken cancellationToken) =>
        new(new CountingSession(pauses, start.ResumeFrom as Conversation ?? new(), output));
}

internal sealed class CountingSession(Pauses pauses, Conversation conversation, ILiveModelOutput output) : ILiveModelSession
{
    private readonly CancellationTokenSource _ended = new();
    private Conversation _conversation = conversation;

    public void Receive(LiveSessionRequest message)
    {
        if (message.RealtimeInput?.Text is { } text)
        {
            output.Checkpoint(null);
            _conversation = _conversation.Ask(text);
            if (!Conversation.CallsFunction(_conversation.Turn))
            {
                _ = AnswerAsync();
                return;
            }
            var id = "call-" + Guid.NewGuid().ToString("n");
            _conversation = _conversation.Call(id);
            output.Send(new LiveSessionResponse
            {
                ToolCall = new ToolCall
                {
                    FunctionCalls = [new FunctionCall { Id = id, Name = Conversation.Function, Args = JsonSerializer.SerializeToElement(new { turn = _conversation.Turn }) }],
                },
            });
        }
        if (message.ToolResponse?.FunctionResponses is not { } responses)
            return;
        foreach (var response in responses)
            _conversation = _conversation.Respond(response.Id ?? "");
        _ = AnswerAsync();
    }

    public void ReceiveAudio(ReadOnlySpan<byte> pcm, int rateHz)
    {
    }

    public void MediaSent(in LiveMedia media)
    {
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        _ended.Dispose();
    }

    private async Task AnswerAsync()
    {
        var answer = _conversation.Answer();
        var ended = _ended.Token;
        Say(answer[..(answer.Length / 2)]);
        try
        {
            await pauses.PassAsync(ended);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        Say(answer[(answer.Length / 2)..]);
        output.Send(new LiveSessionResponse
        {
            ServerContent = new ServerContent { TurnComplete = true },
            UsageMetadata = new UsageMetadata { PromptTokenCount = 3, ResponseTokenCount = answer.Length, TotalTokenCount = answer.Length + 3 },
        });
        output.Checkpoint(_conversation);
    }

    private void Say(string text) =>
        output.Send(new LiveSessionResponse { ServerContent = new ServerContent { ModelTurn = new Content { Role = "model", Parts = [new Part { Text = text }] } } });
}
