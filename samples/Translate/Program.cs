// Two people, two languages, two sessions: what each of them says goes to the other in the other's language.
//   dotnet run --project samples/Translate english.wav german.wav        recordings of both: 16 kHz, mono, 16 bits
// Translating takes a model that translates, such as Gemini. The scripted model of a bare `parley serve` only tells what it heard.
using Parley.Client;

if (args is not [var first, var second])
{
    Console.Error.WriteLine("Give two recordings.");
    return 2;
}
var key = Environment.GetEnvironmentVariable("GEMINI_API_KEY") is { Length: > 0 } own ? own : "parley-dev";
var server = Environment.GetEnvironmentVariable("PARLEY_URL") ?? "http://127.0.0.1:8080";
var client = LiveClient.FromApiKey(key, new LiveClientOptions { BaseAddress = new Uri(server) });

await Task.WhenAll(InterpretAsync("Anna", "English", first, "Bernd", "German"), InterpretAsync("Bernd", "German", second, "Anna", "English"));
return 0;

async Task InterpretAsync(string speaker, string from, string recording, string listener, string to)
{
    await using var session = await client.ConnectAsync(new LiveSetup
    {
        Model = "gemini-3.8-live",
        SystemInstruction = $"You are an interpreter. Say in {to} what is said in {from}, in the first person, and nothing else. Never answer it.",
        InputTranscription = true,
        OutputTranscription = true,
    });
    var speaking = SpeakAsync(session, recording);
    var (said, heard, sound) = ("", "", new MemoryStream());
    await foreach (var update in session.ReadAllAsync())
    {
        switch (update)
        {
            case InputTranscriptUpdate words:
                said += words.Text;
                break;
            case OutputTranscriptUpdate words:
                heard += words.Text;
                break;
            case AudioUpdate audio: // played to the listener; here it becomes a file
                sound.Write(audio.Pcm.Span);
                break;
            case TurnCompleteUpdate when speaking.IsCompleted && heard.Length > 0:
                Console.WriteLine($"{speaker} said: {said.Trim()}{Environment.NewLine}{listener} heard: {heard.Trim()}");
                await File.WriteAllBytesAsync($"to-{listener}.pcm", sound.ToArray());
                return;
            case SessionEndedUpdate ended:
                ended.End.ThrowIfAbnormal();
                return;
        }
    }
}

static async Task SpeakAsync(LiveSession session, string recording)
{
    await using var file = File.OpenRead(recording);
    file.Position = 44; // behind the header
    await session.SendAudioAsync(file);
    await session.SendAudioStreamEndAsync();
}
