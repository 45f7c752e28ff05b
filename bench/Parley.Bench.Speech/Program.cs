using System.CommandLine;
using Parley.Bench.Speech.Conversations;
using Parley.Bench.Speech.Endpointing;
using Parley.Bench.Speech.Engines;
using Parley.Bench.Speech.Interruptions;
using Parley.Bench.Speech.Recognition;
using Parley.Bench.Speech.TurnModels;

return await new RootCommand("Quality and speed of local speech recognition, endpointing and answers")
{
    WordErrorCommand.Create(),
    PhrasesCommand.Create(),
    EndpointingCommand.Create(),
    TurnModelCommand.Create(),
    SentenceEndsCommand.Create(),
    ConversationsCommand.Create(),
    FirstAudioCommand.Create(),
    FirstTurnCommand.Create(),
    BargeInCommand.Create(),
    CancelCommand.Create(),
    MemoryCommand.Create(),
    VoicesCommand.Create(),
    DetectorCost.Create(),
    PipeCost.Create(),
    MemoryCost.Create(),
}.Parse(args).InvokeAsync();
