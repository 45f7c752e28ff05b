// Functions for the model: C# methods that the session invokes; their results and errors go back to the model.
using System.ComponentModel;
using Microsoft.Extensions.AI;
using Parley.Client;

var key = Environment.GetEnvironmentVariable("GEMINI_API_KEY") is { Length: > 0 } own ? own : "parley-dev";
var server = Environment.GetEnvironmentVariable("PARLEY_URL") ?? "http://127.0.0.1:8080";
await using var session = await LiveClient.FromApiKey(key, new LiveClientOptions { BaseAddress = new Uri(server) })
    .ConnectAsync(new LiveSetup
    {
        Model = "gemini-3.8-live",
        OutputTranscription = true,
        Tools = [AIFunctionFactory.Create(TurnOnTheLights, "turn_on_the_lights"), AIFunctionFactory.Create(OpenTheDoor, "open_the_door")],
    });

await session.SendTextAsync("Call the function turn_on_the_lights with {\"room\":\"kitchen\"}");
var (hasAnswer, isSecond) = (false, false);
await foreach (var update in session.ReadAllAsync())
{
    switch (update)
    {
        case ToolCallUpdate calls:
            foreach (var call in calls.Calls)
                Console.WriteLine($"> {call.Name} {call.Args}");
            break;
        case ToolFailedUpdate failed:
            Console.WriteLine($"! {failed.Message}");
            break;
        case OutputTranscriptUpdate words:
            Console.Write(words.Text);
            hasAnswer = true;
            break;
        case TurnCompleteUpdate when !hasAnswer: // the turn of the function call; the answer is the next one
            break;
        case TurnCompleteUpdate when !isSecond:
            Console.WriteLine();
            (hasAnswer, isSecond) = (false, true);
            await session.SendTextAsync("Call the function open_the_door with {\"door\":\"front\"}");
            break;
        case TurnCompleteUpdate or SessionEndedUpdate:
            Console.WriteLine();
            return;
    }
}

[Description("Turns on the lights of a room")]
static string TurnOnTheLights([Description("Such as kitchen")] string room) => $"the lights in the {room} are on";

[Description("Opens a door")]
static async Task<string> OpenTheDoor(string door, CancellationToken cancellationToken) // cancelled if the user interrupts
{
    await Task.Yield();
    cancellationToken.ThrowIfCancellationRequested();
    throw new InvalidOperationException($"the {door} door is stuck");
}
