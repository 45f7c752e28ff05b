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
        IncludeDetailedErrors = true, // the messages below are meant for the user; without it, the model hears only that a function failed
    });

string[] questions =
[
    "Call the function turn_on_the_lights with {\"room\":\"kitchen\"}",
    "Call the function open_the_door with {\"door\":\"front\"}",
];
foreach (var question in questions)
{
    var answer = await session.AskAsync(question); // the calls, and what the model says about their results
    foreach (var call in answer.ToolCalls)
        Console.WriteLine($"> {call.Name} {call.Args}");
    foreach (var failed in answer.ToolFailures)
        Console.WriteLine($"! {failed.Message}");
    Console.WriteLine(answer.Text);
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
