using System.CommandLine;
using Parley.Bench.Speech.Conversations;
using Parley.Bench.Speech.Endpointing;
using Parley.Bench.Speech.Engines;
using Parley.Bench.Speech.Recognition;

return await new RootCommand("Quality and speed of local speech recognition, endpointing and answers")
{
    WordErrorCommand.Create(),
    PhrasesCommand.Create(),
    EndpointingCommand.Create(),
    ConversationsCommand.Create(),
    FirstAudioCommand.Create(),
    CancelCommand.Create(),
    MemoryCommand.Create(),
    DetectorCost.Create(),
    PipeCost.Create(),
    MemoryCost.Create(),
}.Parse(args).InvokeAsync();
