// Says hello to a Live API server and prints the answer. Start one with ./run first.
using Parley.Client;

await using var session = await LiveClient.FromApiKey("parley-dev", new LiveClientOptions { BaseAddress = new Uri("http://127.0.0.1:8080") })
    .ConnectAsync(new LiveSetup { Model = "gemini-3.8-live", OutputTranscription = true });

await session.SendTextAsync("Hello, how are you?");
await foreach (var update in session.ReadAllAsync())
{
    if (update is OutputTranscriptUpdate words)
        Console.Write(words.Text);
    if (update is TurnCompleteUpdate or SessionEndedUpdate)
        break;
}
