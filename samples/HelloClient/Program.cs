// Says hello to a Live API server and prints the answer. Start one with ./run first.
using Parley.Client;

await using var session = await LiveClient.FromApiKey("parley-dev", new LiveClientOptions { BaseAddress = new Uri("http://127.0.0.1:8080") })
    .ConnectAsync(new LiveSetup { Model = "gemini-3.8-live", OutputTranscription = true });

var answer = await session.AskAsync("Hello, how are you?");
Console.WriteLine(answer.Text);
