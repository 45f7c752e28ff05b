using Parley.Protocol;

namespace Parley.Conversation.Tests.Walk;

/// <summary>Random rules of a model and a random setup.</summary>
internal static class WalkOptions
{
    internal static readonly string[] Functions = ["look", "alarm", "plain", "undeclared"];

    internal static ConversationOptions Draw(Random random)
    {
        TurnCoverage[] coverages =
            [TurnCoverage.TurnIncludesOnlyActivity, TurnCoverage.TurnIncludesAllInput, TurnCoverage.TurnIncludesAudioActivityAndAllVideo, TurnCoverage.Unspecified];
        var historyOnly = Chance(5);
        return new ConversationOptions
        {
            Setup = new Setup
            {
                GenerationConfig = new GenerationConfig
                {
                    ResponseModalities = [Chance(4) ? Modality.Text : Modality.Audio],
                    ThinkingConfig = Chance(3) ? new ThinkingConfig { IncludeThoughts = true } : null,
                },
                SystemInstruction = Chance(2) ? new Content { Parts = [new Part { Text = "Be brief." }] } : null,
                Tools = Tools,
                RealtimeInputConfig = new RealtimeInputConfig
                {
                    AutomaticActivityDetection = new AutomaticActivityDetection { Disabled = Chance(3) },
                    ActivityHandling = Chance(3) ? ActivityHandling.NoInterruption : ActivityHandling.StartOfActivityInterrupts,
                    TurnCoverage = coverages[random.Next(coverages.Length)],
                },
                InputAudioTranscription = Chance(2) ? new AudioTranscriptionConfig() : null,
                OutputAudioTranscription = Chance(2) ? new AudioTranscriptionConfig() : null,
                ExplicitVadSignal = Chance(3),
                ContextWindowCompression = Chance(3) ? new ContextWindowCompressionConfig { TriggerTokens = 2_000, SlidingWindow = new SlidingWindow { TargetTokens = 700 } } : null,
                HistoryConfig = historyOnly || Chance(4) ? new HistoryConfig { InitialHistoryInClientContent = true } : null,
            },
            DefaultBehavior = Chance(2) ? Behavior.Blocking : Behavior.NonBlocking,
            DefaultTurnCoverage = coverages[random.Next(3)],
            ClientContentIsHistoryOnly = historyOnly,
            CompletesTurnAfterToolCall = Chance(3),
            InputCancelsCalls = Chance(2),
            InterruptTalksOverUser = Chance(3),
            ReportsInteractionStatus = Chance(3),
            DelaysTurnComplete = Chance(3),
            ContextWindowTokens = 1_000_000,
            MaxOpenCalls = 12,
            MaxHistoryMediaBytes = 4_000,
            MaxFramesPerTurn = 10,
        };

        bool Chance(int oneIn) => random.Next(oneIn) == 0;
    }

    internal static bool IsBlocking(string name, ConversationOptions options) => name switch
    {
        "look" => true,
        "alarm" => false,
        _ => options.DefaultBehavior == Behavior.Blocking,
    };

    private static Tool[] Tools =>
    [
        new Tool
        {
            FunctionDeclarations =
            [
                new FunctionDeclaration { Name = "look", Behavior = Behavior.Blocking },
                new FunctionDeclaration { Name = "alarm", Behavior = Behavior.NonBlocking },
                new FunctionDeclaration { Name = "plain" },
            ],
        },
    ];
}
