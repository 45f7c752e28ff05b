using Parley.Bench.Engines;

// What single engines cost: one table each. "dotnet run -c Release --project bench/Parley.Bench.Engines -- vad pipe memory words"
var chosen = args.Length > 0 ? args : ["vad", "pipe", "memory", "words"];
foreach (var name in chosen)
    switch (name)
    {
        case "vad":
            DetectorCost.Print();
            break;
        case "pipe":
            await PipeCost.PrintAsync();
            break;
        case "memory":
            await MemoryCost.PrintAsync();
            break;
        case "words":
            await WordErrors.PrintAsync();
            break;
        default:
            Console.Error.WriteLine($"There is no part \"{name}\". There are vad, pipe, memory, words.");
            return 2;
    }
return 0;
