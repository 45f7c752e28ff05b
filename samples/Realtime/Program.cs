// A Live session through the realtime abstraction of Microsoft.Extensions.AI, with middleware and continuous audio input.
//   dotnet run --project samples/Realtime question.wav        a recording: 16 kHz, mono, 16 bits
using Microsoft.Extensions.AI;
using Parley.Client;
using Parley.Extensions.AI;

var key = Environment.GetEnvironmentVariable("GEMINI_API_KEY") is { Length: > 0 } own ? own : "parley-dev";
var server = Environment.GetEnvironmentVariable("PARLEY_URL") ?? "http://127.0.0.1:8080";
using var client = LiveClient.FromApiKey(key, new LiveClientOptions { BaseAddress = new Uri(server) })
    .AsRealtimeClient("gemini-3.8-live").AsBuilder()
    .UseOpenTelemetry()
    .UseLiveFunctionInvocation()
    .Build();
await using var session = await client.CreateSessionAsync(new RealtimeSessionOptions
{
    Instructions = "Be brief.",
    Tools = [AIFunctionFactory.Create((string city) => $"rain in {city}", "get_weather")],
});

if (args is [var file])
    await SendRecordingAsync(file);
else
    await AskAsync("Call the function get_weather with {\"city\":\"Oslo\"}");
await foreach (var message in session.GetStreamingResponseAsync())
{
    switch (message)
    {
        case InputAudioTranscriptionRealtimeServerMessage { Type: var type } heard when type == RealtimeServerMessageType.InputAudioTranscriptionCompleted:
            Console.WriteLine($"you: {heard.Transcription?.Trim()}");
            break;
        case ResponseOutputItemRealtimeServerMessage { Item.Contents: [FunctionCallContent call, ..] }:
            Console.WriteLine($"> {call.Name}");
            break;
        case OutputTextAudioRealtimeServerMessage { Type: var type } said when type == RealtimeServerMessageType.OutputAudioTranscriptionDone:
            Console.WriteLine($"model: {said.Text?.Trim()}");
            break;
        case LiveUpdateMessage { Type: var type } when type == LiveMessageTypes.Interrupted:
            Console.WriteLine("(interrupted)");
            break;
        case ResponseCreatedRealtimeServerMessage { Type: var type } done when type == RealtimeServerMessageType.ResponseDone && done.Usage?.OutputTokenCount > 0:
            Console.WriteLine($"{done.Status}, {done.Usage.OutputTokenCount} tokens");
            return;
    }
}

async Task AskAsync(string text)
{
    await session.SendAsync(
        new CreateConversationItemRealtimeClientMessage(new RealtimeConversationItem([new TextContent(text)], role: ChatRole.User)));
    await session.SendAsync(new CreateResponseRealtimeClientMessage());
}

// The server detects where speech begins and ends, so this only sends the audio in real time, 40 ms at a time.
async Task SendRecordingAsync(string wav)
{
    var samples = (await File.ReadAllBytesAsync(wav)).AsMemory(44);
    using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(40));
    for (; samples.Length > 0 && await timer.WaitForNextTickAsync(); samples = samples[Math.Min(1_280, samples.Length)..])
    {
        await session.SendAsync(
            new InputAudioBufferAppendRealtimeClientMessage(new DataContent(samples[..Math.Min(1_280, samples.Length)], "audio/pcm;rate=16000")));
    }
    await session.SendAsync(new InputAudioBufferCommitRealtimeClientMessage());
}
