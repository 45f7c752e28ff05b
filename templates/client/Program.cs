// Asks a Gemini Live server a question and prints the answer: dotnet run -- "What is seven times six?"
using Parley.Client;

var url = Environment.GetEnvironmentVariable("PARLEY_URL");
var key = Environment.GetEnvironmentVariable("GEMINI_API_KEY");
var options = new LiveClientOptions();
if (url is not null || string.IsNullOrEmpty(key))
    options.BaseAddress = new Uri(url ?? "http://127.0.0.1:8080");

await using var session = await LiveClient.FromApiKey(string.IsNullOrEmpty(key) ? "parley-dev" : key, options)
    .ConnectAsync(new LiveSetup { Model = "gemini-3.8-live", OutputTranscription = true });

var answer = await session.AskAsync(args.Length > 0 ? string.Join(' ', args) : "What is seven times six?");
Console.WriteLine(answer.Text);
