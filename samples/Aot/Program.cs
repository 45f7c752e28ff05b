// A client compiled ahead of time: dotnet publish samples/Aot -c Release -r linux-x64 -p:PublishAot=true
// The function declares its schema itself, because AIFunctionFactory derives it by reflection.
using System.Text.Json;
using Microsoft.Extensions.AI;
using Parley.Client;

var key = Environment.GetEnvironmentVariable("GEMINI_API_KEY") is { Length: > 0 } own ? own : "parley-dev";
var server = Environment.GetEnvironmentVariable("PARLEY_URL") ?? "http://127.0.0.1:8080";
await using var session = await LiveClient.FromApiKey(key, new LiveClientOptions { BaseAddress = new Uri(server) })
    .ConnectAsync(new LiveSetup { Model = "gemini-3.8-live", OutputTranscription = true, Tools = [new TurnOnTheLights()] });

var answer = await session.AskAsync("Call the function turn_on_the_lights with {\"room\":\"kitchen\"}");
Console.WriteLine(answer.Text);

internal sealed class TurnOnTheLights : AIFunction
{
    public override string Name => "turn_on_the_lights";

    public override string Description => "Turns on the lights of a room";

    public override JsonElement JsonSchema { get; } = JsonElement.Parse("""{"type":"object","properties":{"room":{"type":"string"}},"required":["room"]}""");

    protected override ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken) =>
        ValueTask.FromResult<object?>($"the lights in the {arguments["room"]} are on");
}
