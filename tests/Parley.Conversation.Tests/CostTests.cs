using System.Text.Json;
using Parley.Protocol;
using Parley.TestKit;

namespace Parley.Conversation.Tests;

/// <summary>Memory of a long conversation, in bytes and entries; time is not measured.</summary>
public sealed class CostTests
{
    private const int Turns = 5_000;
    private const int Tenths = 10;

    // By then the window has been filled several times.
    private const int WarmUp = 200;

    private static readonly FunctionCall[] Look = [new FunctionCall { Name = "look" }];
    private static readonly JsonElement Result = JsonElement.Parse("{}"u8);
    private static readonly byte[] Sound = new byte[9_600];

    [Fact]
    public void The_cost_of_a_turn_does_not_grow_with_the_conversation()
    {
        var effects = new NoEffects();
        var machine = new ConversationMachine(Compressed, effects);
        var bytes = new double[Tenths];
        BytesOf(WarmUp, machine, effects);
        for (var i = 0; i < Tenths; i++)
            bytes[i] = BytesOf(Turns / Tenths, machine, effects);
        Assert.InRange(effects.LongestHistory, 2, 200);
        Assert.InRange(bytes[^1], bytes[0] * 0.95, bytes[0] * 1.05);
    }

    [Fact]
    public void Audio_input_allocates_nothing()
    {
        var machine = new ConversationMachine(Compressed, new NoEffects());
        machine.AudioArrived(320);
        machine.SpeechStarted(0, TimeSpan.Zero);
        var arrived = 1;
        Assert.Equal(0, Allocated.Least(10_000, () =>
        {
            machine.AudioArrived(320);
            arrived++;
        }));
        Assert.Equal(320 * arrived, machine.AudioPosition);
    }

    private static ConversationOptions Compressed => new()
    {
        Setup = new Setup
        {
            Tools = [new Tool { FunctionDeclarations = [new FunctionDeclaration { Name = "look" }] }],
            ContextWindowCompression = new ContextWindowCompressionConfig { TriggerTokens = 2_000, SlidingWindow = new SlidingWindow { TargetTokens = 1_000 } },
        },
    };

    // Average per turn.
    private static double BytesOf(int turns, ConversationMachine machine, NoEffects effects)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < turns; i++)
            Turn(machine, effects);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)turns;
    }

    // Speech, a call, an answer of four chunks, all sent.
    private static void Turn(ConversationMachine machine, NoEffects effects)
    {
        machine.SpeechStarted(machine.AudioPosition, default);
        machine.AudioArrived(16_000);
        machine.SpeechEnded(machine.AudioPosition);
        machine.Recognized(effects.Utterance, "What do you see?", default);
        machine.Called(effects.Generation, Look, default);
        machine.Receive(
            new LiveSessionRequest { ToolResponse = new ToolResponse { FunctionResponses = [new FunctionResponse { Id = effects.CallId, Response = Result }] } },
            default);
        for (var i = 0; i < 4; i++)
        {
            machine.Said(effects.Generation, Sound, "A cat. ", default);
            machine.MediaSent(effects.Generation, effects.Sequence, TimeSpan.Zero);
        }
        machine.Finished(effects.Generation, default);
    }

    private sealed class NoEffects : IConversationEffects
    {
        internal int Generation { get; private set; }

        internal int Utterance { get; private set; }

        internal long Sequence { get; private set; }

        internal string? CallId { get; private set; }

        internal int LongestHistory { get; private set; }

        public void Send(LiveSessionResponse message) => CallId = message.ToolCall?.FunctionCalls![0].Id ?? CallId;

        public void SendMedia(int generation, long sequence, ReadOnlyMemory<byte> pcm, string? text) => Sequence = sequence;

        public void StartGeneration(GenerationRequest request) => (Generation, LongestHistory) = (request.Generation, Math.Max(LongestHistory, request.History.Count));

        public void CancelGeneration(int generation)
        {
        }

        public void StartRecognition(int utterance, long fromSample) => Utterance = utterance;

        public void FinishRecognition(int utterance, long toSample)
        {
        }

        public void SetPlaybackTimer(TimeSpan due)
        {
        }

        public void Checkpoint(ConversationState? state)
        {
        }

        public void Ignored(string what) => Assert.Fail(what);

        public void Close(int code, string reason) => Assert.Fail(reason);
    }
}
